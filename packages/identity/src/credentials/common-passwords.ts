/**
 * Words and rows of keys that people make long passwords of when they want to be done with it. A list of
 * breached passwords is mostly shorter than what the policy asks for; what is left of it is built from these.
 */
const WORDS = `
password passwort passw0rd p@ssword p@ssw0rd pass word passphrase passcode secret admin administrator root user
username guest test testing tester demo default example sample changeme change letmein let login logmein welcome
hello iloveyou love you qwertyuiop qwerty qwertz qwertzuiop azerty azertyuiop asdfghjkl asdfgh asdf zxcvbnm zxcvbn
zxcv qazwsxedc qazwsx 1qaz2wsx3edc 1qaz2wsx 1q2w3e4r5t6y 1q2w3e4r5t 1q2w3e4r 1q2w3e monkey dragon football baseball
superman batman princess sunshine shadow master michael jesus abcdefghijklmnopqrstuvwxyz abcdef abcd abc the this not
very new old long good account correct horse battery staple quick brown fox jumps over lazy dog
`;

/** Too short to be taken out of other words, but no secret between two of them. */
const FILLERS = new Set(["a", "i", "is", "in", "it", "me", "my", "to", "be", "or", "and", "of"]);

const longestFirst = WORDS.trim()
  .split(/\s+/)
  .sort((a, b) => b.length - a.length);

/** Fewer letters than this beside well-known words do not make a password of one's own. */
const OWN_LETTERS = 3;

/** Whether a password, in lower case, is nothing but well-known words, rows of keys, counting and repetition. */
export function isCommonPassword(password: string): boolean {
  if (isRepetition(password) || isCounting(password)) return true;
  // A space keeps what stood left and right of a word from becoming a word.
  const rest = longestFirst.reduce((text, word) => text.replaceAll(word, " "), password);
  const own = rest
    .split(/[\s\p{P}\p{S}]+/u)
    .filter((part) => !FILLERS.has(part))
    .join("");
  if (own.length < OWN_LETTERS) return true;
  return /^\d+$/.test(own) && (own.length < 8 || isCounting(own));
}

/** `abababababababab`, `aaaaaaaaaaaaaaa`, `12341234123412341`. */
function isRepetition(password: string): boolean {
  return /^(.{1,5}?)\1{2,}.{0,4}$/su.test(password) && new Set(password).size <= 5;
}

/** Characters that all go up, or all down, by one: `abcdefgh`, `987654321098`. */
function isCounting(text: string): boolean {
  const codes = [...text].map((character) => character.codePointAt(0) ?? 0);
  const digits = /^\d+$/.test(text);
  const steps = new Set(
    codes.slice(1).map((code, index) => {
      const step = code - (codes[index] ?? 0);
      // From 9 to 0 and back is counting on.
      return digits && Math.abs(step) === 9 ? -Math.sign(step) : step;
    }),
  );
  return steps.size === 1 && (steps.has(1) || steps.has(-1));
}
