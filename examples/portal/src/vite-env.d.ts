/// <reference types="vite/client" />

/** What a build may be told; README.md explains each. */
interface ImportMetaEnv {
  readonly VITE_GATEWAY?: string;
  readonly VITE_ISSUER?: string;
  readonly VITE_CLIENT_ID?: string;
  readonly VITE_SCOPE?: string;
  readonly VITE_AUDIENCE?: string;
}
