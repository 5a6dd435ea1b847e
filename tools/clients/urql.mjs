// urql: pages through partners with its document cache and persisted queries; a mutation makes it ask again.
import { Client, cacheExchange, fetchExchange, gql } from "@urql/core";
import { persistedExchange } from "@urql/exchange-persisted";
import { allPartners, equal, headers, passed, recordingFetch, run, url } from "./gateway.mjs";

const PAGE = 9;
const PARTNERS = gql(`
  query UrqlPartners_${run}($first: Int!, $after: String) {
    partners(first: $first, after: $after) {
      nodes { id name status }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
const RENAME = gql`
  mutation UrqlRename($id: ID!, $name: String!) {
    updatePartner(input: { id: $id, name: $name }) { partner { id name } userErrors { code message field } }
  }
`;

const { fetch: recording, sent } = recordingFetch();
const client = new Client({
  url,
  fetch: recording,
  fetchOptions: { headers },
  preferGetMethod: false,
  exchanges: [
    cacheExchange,
    persistedExchange({ preferGetForPersistedQueries: false, enableForMutation: true }),
    fetchExchange,
  ],
});

/** All pages, one after the other; and where they came from. */
async function walk() {
  const [nodes, outcomes] = [[], []];
  for (let after = null; ; ) {
    const result = await client.query(PARTNERS, { first: PAGE, after }).toPromise();
    if (result.error) throw result.error;
    const { partners } = result.data;
    nodes.push(...partners.nodes);
    outcomes.push(result.operation.context.meta?.cacheOutcome);
    if (!partners.pageInfo.hasNextPage) return { nodes, outcomes };
    if (outcomes.length > 100) throw new Error("the pages do not end");
    after = partners.pageInfo.endCursor;
  }
}

const expected = await allPartners();
const pageCount = Math.ceil(expected.length / PAGE);

const first = await walk();
const ids = first.nodes.map((partner) => partner.id);
equal(ids, expected, "the pages together are all partners, in their order");
equal(
  sent.map(({ method, query, hash }) => `${method} ${query ? "text and" : "only"} ${hash ? "hash" : "nothing"}`),
  ["POST only hash", "POST text and hash", ...Array(pageCount - 1).fill("POST only hash")],
  "the text travels once, when the gateway does not know its hash yet",
);

const before = sent.length;
const second = await walk();
equal(second.nodes, first.nodes, "the second walk shows the same");
equal(second.outcomes, Array(pageCount).fill("hit"), "the second walk comes from the cache");
equal(sent.length, before, "the second walk sends nothing");

const [partner] = first.nodes;
const name = `${partner.name} (renamed by urql)`;
const renamed = await client.mutation(RENAME, { id: partner.id, name }).toPromise();
if (renamed.error) throw renamed.error;
equal(renamed.data.updatePartner.userErrors, [], "the mutation finds nothing to mend");
const third = await walk();
equal(third.nodes[0], { ...partner, name }, "after the mutation the cache shows the new name");
await client.mutation(RENAME, { id: partner.id, name: partner.name }).toPromise();

passed("urql", `${ids.length} partners in ${pageCount} pages, ${sent.length} POSTs, ${sent.filter(({ query }) => query).length} with the text`);
