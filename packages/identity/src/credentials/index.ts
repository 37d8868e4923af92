export { type AuthenticateInput, type Authentication, authenticate } from "./authenticate.ts";
export { createPasswordHasher, type PasswordHasher, type PasswordHasherOptions } from "./password-hasher.ts";
