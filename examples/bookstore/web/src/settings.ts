/** Where everything is. The development command sets these; the defaults are its usual ports. */
const env = import.meta.env;

export const settings = {
  issuer: env.VITE_HALLPASS_ISSUER ?? "http://localhost:4300",
  clientId: env.VITE_HALLPASS_CLIENT_ID ?? "bookstore-web",
  audience: env.VITE_HALLPASS_AUDIENCE ?? "https://api.bookstore.example",
  apiUrl: env.VITE_API_URL ?? "http://localhost:4301",
};
