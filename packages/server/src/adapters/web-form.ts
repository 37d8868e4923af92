import { LONGEST_FORM, type ReadForm } from "../routes.ts";

/** Reads the form of a web-standard request. */
export function webForm(request: Request): ReadForm {
  return async () => {
    if (request.body === null || request.bodyUsed) return undefined;
    const reader = request.body.getReader();
    const decoder = new TextDecoder();
    let size = 0;
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > LONGEST_FORM) {
        await reader.cancel();
        return undefined;
      }
      text += decoder.decode(value, { stream: true });
    }
  };
}
