interface ImportMetaEnv {
  /** The gateway's address, where it is not the page's own origin: https://gateway.example/graphql */
  readonly VITE_GATEWAY?: string;
}
