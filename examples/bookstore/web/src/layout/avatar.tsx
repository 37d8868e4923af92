import { useState } from "react";

interface AvatarProps {
  name: string;
  picture?: string | null | undefined;
}

/**
 * A face, or initials where there is none. Always beside a written name, so it says nothing itself: the initials are
 * drawn by the style sheet, for text would have to be part of the name of the button they are in.
 */
export function Avatar({ name, picture }: AvatarProps) {
  const [missing, setMissing] = useState<string>();
  const shown = picture && picture !== missing;
  return (
    <span className="avatar" aria-hidden="true" data-initials={shown ? undefined : initials(name)}>
      {shown && <img src={picture} alt="" referrerPolicy="no-referrer" onError={() => setMissing(picture)} />}
    </span>
  );
}

function initials(name: string): string {
  const words = name.split(/[\s@.]+/u).filter(Boolean);
  const first = words[0]?.at(0) ?? "?";
  const last = name.includes("@") || words.length < 2 ? "" : (words.at(-1)?.at(0) ?? "");
  return (first + last).toUpperCase();
}
