/// <reference types="vite/client" />

interface ImportMetaEnv {
  readonly VITE_HALLPASS_ISSUER?: string;
  readonly VITE_HALLPASS_CLIENT_ID?: string;
  readonly VITE_HALLPASS_AUDIENCE?: string;
  readonly VITE_API_URL?: string;
}
