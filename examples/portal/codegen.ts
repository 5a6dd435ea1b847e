import type { CodegenConfig } from "@graphql-codegen/cli";

const config: CodegenConfig = {
  schema: "../../schema.graphql",
  documents: "src/**/*.{ts,tsx}",
  ignoreNoDocuments: true,
  generates: {
    "src/generated/": {
      preset: "client",
      // `read` is how a component opens the fragment that it declared, and nobody else's.
      presetConfig: { fragmentMasking: { unmaskFunctionName: "read" } },
      config: {
        enumsAsTypes: true,
        useTypeImports: true,
        strictScalars: true,
        // Amounts are exact: they stay texts, so that no float ever touches them.
        scalars: {
          CurrencyCode: "string",
          Date: "string",
          DateTime: "string",
          Decimal: { input: "string", output: "string" },
          JSON: "unknown",
          _Any: "unknown",
        },
      },
    },
  },
};

export default config;
