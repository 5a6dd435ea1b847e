import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";

/** The built page may talk to its own origin, to the gateway and to the identity provider, and to nobody else. */
function contentSecurityPolicy(...addresses: string[]): Plugin {
  const others = addresses
    .filter((address) => /^https?:/.test(address))
    .map((address) => ` ${new URL(address).origin}`);
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self'${others.join("")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
  return {
    name: "content-security-policy",
    apply: "build",
    transformIndexHtml: () => [
      { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policy }, injectTo: "head-prepend" },
    ],
  };
}

export default defineConfig(({ mode }) => {
  const settings = { ...loadEnv(mode, import.meta.dirname, ["VITE_", "PORTAL_"]), ...process.env };
  // Where nothing else is said the page asks its own origin, and what serves the page hands that on to the gateway.
  const gateway = { target: settings.PORTAL_GATEWAY ?? "http://127.0.0.1:8080" };
  const proxy = { "/graphql": gateway, "/export": gateway };
  return {
    plugins: [react(), contentSecurityPolicy(settings.VITE_GATEWAY ?? "", settings.VITE_ISSUER ?? "")],
    server: { proxy },
    preview: { proxy },
    build: {
      target: "es2022",
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [
              // The plot is most of the code and none of the first paint.
              { name: "plot", test: /node_modules\/(recharts|victory|d3|@reduxjs|immer|react-redux)/ },
              // What most pages share comes in one piece instead of twenty.
              { name: "shared", test: /src\/(format|gateway|shell|sign-in|words|ui\/(?!bars|plot))/ },
            ],
          },
        },
      },
    },
  };
});
