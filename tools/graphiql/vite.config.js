import { readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "vite";

// Identifies what a bundle was made from: the gateway's build makes it anew when any of these files has changed.
// build/graphiql.rs reads the same files in the same order.
const inputs = {
  name: "inputs",
  generateBundle() {
    const files = ["package-lock.json", "package.json", "vite.config.js", "index.html"];
    files.push(...readdirSync("src").sort().map((name) => `src/${name}`));
    const source = files.map((name) => readFileSync(name, "utf8")).join("");
    this.emitFile({ type: "asset", fileName: "inputs", source });
  },
};

export default defineConfig({
  // The page is /graphql, its files are below /graphiql; relative, so that it also works behind a proxy's path prefix.
  base: "./",
  build: {
    assetsDir: "graphiql",
    // What the bundled packages' licences demand to accompany their code.
    license: { fileName: "graphiql/licenses.md" },
    // The editor is that large.
    chunkSizeWarningLimit: 4_000,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // "use client" says something to servers that render React, of which there is none here.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
  plugins: [inputs],
});
