/** What the verifier says, apart from how it decides: loaded with the first refusal, or the first explanation. */
export { explain, explainUnverified } from "./explain.ts";
export { wordsFor } from "./sentences.ts";
