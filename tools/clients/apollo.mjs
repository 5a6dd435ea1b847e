// Apollo Client: pages through partners with its cache and automatic persisted queries, and keeps the cache true after
// a mutation.
import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from "@apollo/client/core";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { relayStylePagination } from "@apollo/client/utilities";
import { createHash } from "node:crypto";
import { allPartners, equal, headers, passed, recordingFetch, run, url } from "./gateway.mjs";

const PAGE = 7;
const PARTNERS = gql(`
  query ApolloPartners_${run}($first: Int!, $after: String) {
    partners(first: $first, after: $after, orderBy: { field: NAME, direction: ASC }) {
      totalCount
      edges { cursor node { id name group { id name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
`);
const RENAME = gql`
  mutation ApolloRename($id: ID!, $name: String!) {
    updatePartner(input: { id: $id, name: $name }) { partner { id name } userErrors { code message field } }
  }
`;

function client(useGETForHashedQueries, customHeaders = {}) {
  const recording = recordingFetch();
  const sha256 = (text) => createHash("sha256").update(text).digest("hex");
  const persisted = new PersistedQueryLink({ sha256, useGETForHashedQueries });
  const http = new HttpLink({ uri: url, headers: { ...headers, ...customHeaders }, fetch: recording.fetch });
  const cache = new InMemoryCache({
    typePolicies: { Query: { fields: { partners: relayStylePagination(["filter", "orderBy"]) } } },
  });
  return { client: new ApolloClient({ cache, link: ApolloLink.from([persisted, http]) }), sent: recording.sent };
}

/** Fetches page after page into the cache, and gives what the cache then holds. */
async function walk(apollo) {
  const pages = apollo.watchQuery({ query: PARTNERS, variables: { first: PAGE } });
  const watching = pages.subscribe({ error: (error) => console.error(error) });
  let page = (await apollo.query({ query: PARTNERS, variables: { first: PAGE } })).data.partners;
  for (let more = 0; page.pageInfo.hasNextPage; more += 1) {
    if (more > 100) throw new Error("the pages do not end");
    const fetched = await pages.fetchMore({ variables: { after: page.pageInfo.endCursor } });
    page = fetched.data.partners;
  }
  watching.unsubscribe();
  return apollo.readQuery({ query: PARTNERS, variables: { first: PAGE } }).partners;
}

const expected = await allPartners();
const pageCount = Math.ceil(expected.length / PAGE);

const { client: apollo, sent } = client(false);
const walked = await walk(apollo);
const ids = walked.edges.map((edge) => edge.node.id);
equal(ids.length, new Set(ids).size, "no partner comes twice");
equal([...ids].sort(), [...expected].sort(), "the pages together are all partners");
equal(walked.totalCount, expected.length, "totalCount");
equal(
  sent.map(({ method, query, hash }) => `${method} ${query ? "text and" : "only"} ${hash ? "hash" : "nothing"}`),
  ["POST only hash", "POST text and hash", ...Array(pageCount - 1).fill("POST only hash")],
  "the text travels once, when the gateway does not know its hash yet",
);

const before = sent.length;
const again = (await apollo.query({ query: PARTNERS, variables: { first: PAGE }, fetchPolicy: "cache-first" })).data.partners;
equal(again.edges.map((edge) => edge.node.id), ids, "the second walk shows the same");
equal(sent.length, before, "the second walk sends nothing");

const { node } = walked.edges[0];
const name = `${node.name} (renamed by Apollo)`;
const { data: renamed } = await apollo.mutate({ mutation: RENAME, variables: { id: node.id, name } });
equal(renamed.updatePartner.userErrors, [], "the mutation finds nothing to mend");
const beforeReading = sent.length;
const cached = apollo.readQuery({ query: PARTNERS, variables: { first: PAGE } }).partners.edges;
equal(cached.find((edge) => edge.node.id === node.id).node.name, name, "the mutation's answer updates the cache");
equal(sent.length, beforeReading, "reading the cache sends nothing");
await apollo.mutate({ mutation: RENAME, variables: { id: node.id, name: node.name } });

// By GET, as it is done in front of caches: now the gateway knows the hash, and no body is sent at all.
const { client: getting, sent: got } = client(true, { "apollo-require-preflight": "true" });
equal((await walk(getting)).edges.map((edge) => edge.node.id), ids, "the walk by GET shows the same");
equal(got.map(({ method, query }) => `${method} ${query}`), Array(pageCount).fill("GET null"), "GETs of hashes only");

apollo.stop();
getting.stop();
passed("Apollo Client", `${ids.length} partners in ${pageCount} pages, ${sent.length} POSTs, ${sent.filter(({ query }) => query).length} with the text, ${got.length} GETs`);
