// graphql-codegen: builds the typed client of examples/client by its own settings, compiles it strictly, and runs its
// program against the gateway. The argument is a folder with copies of the schema and of the example.
import { codegen } from "@graphql-codegen/core";
import { preset } from "@graphql-codegen/client-preset";
import { buildASTSchema, parse } from "graphql";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { equal, passed, token, url } from "./gateway.mjs";

const [example] = process.argv.slice(2);
const settings = JSON.parse(readFileSync(path.join(example, "codegen.json"), "utf8"));
const schema = parse(readFileSync(path.join(example, settings.schema), "utf8"));
equal(settings.documents, "documents/*.graphql", "where the documents are");
const documents = readdirSync(path.join(example, "documents")).map((name) => {
  const location = path.join(example, "documents", name);
  const rawSDL = readFileSync(location, "utf8");
  return { location, rawSDL, document: parse(rawSDL) };
});

// What the command of @graphql-codegen/cli does, without its hundreds of packages.
for (const [folder, { preset: presetName, presetConfig, config }] of Object.entries(settings.generates)) {
  equal(presetName, "client", "the preset");
  const files = await preset.buildGeneratesSection({
    baseOutputDir: `${path.join(example, folder)}/`,
    schema,
    schemaAst: buildASTSchema(schema),
    documents,
    // The command passes these of the whole file on to each part.
    config: { emitLegacyCommonJSImports: settings.emitLegacyCommonJSImports, importExtension: settings.importExtension, ...config },
    presetConfig,
    plugins: [],
    pluginMap: {},
    pluginContext: {},
  });
  mkdirSync(path.join(example, folder), { recursive: true });
  for (const file of files) writeFileSync(file.filename, await codegen(file));
}

function run(program, ...commandLine) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...commandLine], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${path.basename(program)} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

const tsc = path.resolve("node_modules/typescript/bin/tsc");
run(tsc, "--project", example);

// The types are true only if they refuse what the schema refuses.
const wrong = path.join(example, "wrong.ts");
writeFileSync(
  wrong,
  `import { PartnerDashboardDocument } from "./generated/graphql.js";
   import type { Tributary } from "./tributary.js";
   export const run = async (tributary: Tributary) => {
     await tributary.run(PartnerDashboardDocument, {});
     return (await tributary.run(PartnerDashboardDocument, { id: "par_" })).partner.nmae;
   };`,
);
const refused = spawnSync(process.execPath, [tsc, "--project", example, "--noEmit"], { encoding: "utf8" });
equal(
  [...refused.stdout.matchAll(/wrong\.ts\((\d+),\d+\): error TS(\d+)/g)].map(([, line, code]) => `${line} TS${code}`),
  ["4 TS2345", "5 TS2531", "5 TS2339"],
  `what tsc finds in a program that uses the types wrongly:\n${refused.stdout}`,
);

const printed = run(path.join(example, "built/main.js"), url, token);
for (const line of [
  /^\d+ active partners$/m,
  /^simulated 74\.98 EUR: /m,
  /^.+ earned \d+\.\d\d EUR, payable /m,
  /^payout of \d+\.\d\d EUR to .+: PAID$/m,
  /^heard of \d+\.\d\d EUR: PAID$/m,
  /^.+: accrued \d+\.\d\d, approved \d+\.\d\d, paid \d+\.\d\d EUR$/m,
]) {
  if (!line.test(printed)) throw new Error(`the example's program does not print ${line}:\n${printed}`);
}

passed("graphql-codegen", `${documents.length} files of documents, compiled strictly; the example printed:`);
console.log(printed.trimEnd().replace(/^/gm, "   "));
