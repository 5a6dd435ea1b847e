import react from "@vitejs/plugin-react";
import { defineConfig, loadEnv, type Plugin } from "vite";

/** The built page may talk to its own origin and to the gateway, and to nobody else. */
function contentSecurityPolicy(gateway: string): Plugin {
  const origin = /^https?:/.test(gateway) ? ` ${new URL(gateway).origin}` : "";
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data:",
    `connect-src 'self'${origin}`,
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
  const proxy = { "/graphql": { target: settings.PORTAL_GATEWAY ?? "http://127.0.0.1:8080" } };
  return {
    plugins: [react(), contentSecurityPolicy(settings.VITE_GATEWAY ?? "")],
    server: { proxy },
    preview: { proxy },
    build: {
      target: "es2022",
      rolldownOptions: {
        output: {
          // The plot is most of the code and none of the first paint.
          advancedChunks: {
            groups: [{ name: "plot", test: /node_modules\/(recharts|victory|d3|@reduxjs|immer|react-redux)/ }],
          },
        },
      },
    },
  };
});
