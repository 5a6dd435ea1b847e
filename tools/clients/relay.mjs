// Relay: its compiler takes fragments, refetchable ones, connections and mutations against schema.graphql without a
// warning, and the gateway answers what it has compiled.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { allPartners, ask, equal, passed } from "./gateway.mjs";

const [schema] = process.argv.slice(2);
mkdirSync("relay/compiled", { recursive: true });
writeFileSync("relay/compiled/package.json", '{ "type": "module" }');
const settings = {
  src: "relay",
  language: "javascript",
  schema,
  artifactDirectory: "relay/compiled",
  eagerEsModules: true,
};
writeFileSync("relay.config.json", JSON.stringify(settings));
// The folder is no repository, so there is no watchman to ask; standard error holds what the compiler has to say.
const compiler = createRequire(import.meta.url)("relay-compiler");
let said;
try {
  said = execFileSync(`${compiler}`, ["relay.config.json"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
} catch (failed) {
  throw new Error(`relay-compiler failed:\n${failed.stdout}${failed.stderr}`);
}
if (/warn|error/i.test(said)) throw new Error(`relay-compiler complains:\n${said}`);

const compiled = readdirSync("relay/compiled")
  .filter((name) => name.endsWith(".graphql.js"))
  .map((name) => name.slice(0, -".graphql.js".length));
equal(
  compiled.sort(),
  [
    "PartnerDetailCreateMutation",
    "PartnerDetailDeleteGroupMutation",
    "PartnerDetailRefetchQuery",
    "PartnerDetail_partner",
    "PartnerListPaginationQuery",
    "PartnerListQuery",
    "PartnerList_list",
    "PartnerList_row",
  ],
  "what was compiled",
);
const text = async (name) => (await import(new URL(`relay/compiled/${name}.graphql.js`, import.meta.url))).default.params.text;

const expected = await allPartners();
const first = await ask(await text("PartnerListQuery"), { filter: null });
const rest = await ask(await text("PartnerListPaginationQuery"), {
  first: 500,
  after: first.partners.pageInfo.endCursor,
});
const ids = [...first.partners.edges, ...rest.partners.edges].map((edge) => edge.node.id);
equal(ids, expected, "the first page and what is loaded after it are all partners");
const { node } = await ask(await text("PartnerDetailRefetchQuery"), { id: ids[0], first: 1 });
equal(node.__typename, "Partner", "a partner refetched by its id");
equal(node.id, ids[0], "a partner refetched by its id");

passed("Relay", `${compiled.length} artifacts compiled, ${ids.length} partners by the compiled queries`);
