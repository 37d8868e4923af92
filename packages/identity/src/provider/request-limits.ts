/** Most parameters of a request, and most characters of one value; a token hint is the longest of them. */
const MOST_PARAMETERS = 64;
const LONGEST_NAME = 128;
const LONGEST_VALUE = 4096;

/** Bytes of a form or JSON body. */
export const LONGEST_BODY = 56 * 1024;

// Line breaks, NUL and other controls have no place in any parameter, and end up in headers and logs.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

/** Why a request's parameters are refused before anything looks at them; `undefined` if they are not. */
export function parameterProblem(parameters: URLSearchParams): string | undefined {
  let count = 0;
  for (const [name, value] of parameters) {
    count += 1;
    if (count > MOST_PARAMETERS) return `there are more than ${MOST_PARAMETERS} parameters`;
    if (name.length > LONGEST_NAME) return "the name of a parameter is too long";
    if (CONTROL.test(name)) return "the name of a parameter contains control characters";
    if (value.length > LONGEST_VALUE) return `a parameter has more than ${LONGEST_VALUE} characters`;
    if (CONTROL.test(value)) return "a parameter contains control characters";
  }
  return undefined;
}
