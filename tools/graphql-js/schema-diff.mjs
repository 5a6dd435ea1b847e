// What changed between two schemas, by graphql-js's own rules, and which recorded documents that breaks:
// node schema-diff.mjs OLD NEW [MANIFEST]. The exit code is 1 if something breaks: with a manifest, one of its documents.
import { readFileSync } from "node:fs";
import { buildSchema, findBreakingChanges, findDangerousChanges, parse, validate } from "graphql";

const [oldFile, newFile, manifestFile] = process.argv.slice(2);
const read = (file) => buildSchema(readFileSync(file, "utf8"));
const [before, after] = [read(oldFile), read(newFile)];

const breaking = findBreakingChanges(before, after);
for (const { type, description } of breaking) console.log(`breaks     ${type}: ${description}`);
for (const { type, description } of findDangerousChanges(before, after)) {
  console.log(`dangerous  ${type}: ${description}`);
}

/** The texts of a manifest: of Apollo's format, or an object from hashes to texts. */
function documents(manifest) {
  const { format, operations } = manifest;
  if (format === "apollo-persisted-query-manifest") return operations.map(({ body }) => body);
  return Object.values(manifest);
}

/** Why a document is invalid; empty if it is not. */
function problems(schema, text) {
  try {
    return validate(schema, parse(text)).map(({ message }) => message);
  } catch (error) {
    return [error.message];
  }
}

if (manifestFile) {
  const texts = documents(JSON.parse(readFileSync(manifestFile, "utf8")));
  const broken = texts.filter((text) => problems(before, text).length === 0 && problems(after, text).length > 0);
  for (const text of broken) {
    const [, name] = text.match(/\b(?:query|mutation|subscription)\s+(\w+)/) ?? [, text.slice(0, 40)];
    for (const message of problems(after, text)) console.log(`document   ${name}: ${message}`);
  }
  console.log(`${broken.length} of ${texts.length} recorded documents break`);
  process.exitCode = broken.length > 0 ? 1 : 0;
} else {
  process.exitCode = breaking.length > 0 ? 1 : 0;
}
