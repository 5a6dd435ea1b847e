// Apollo Federation: the gateway's subgraph composes with a second one that extends its partners, and Apollo's gateway
// answers queries that go through both.
import { ApolloGateway, LocalGraphQLDataSource, RemoteGraphQLDataSource } from "@apollo/gateway";
import composition from "@apollo/composition";
import { buildSubgraphSchema } from "@apollo/subgraph";
import { parse } from "graphql";
import { readFileSync } from "node:fs";
import { ask, equal, headers, passed, url } from "./gateway.mjs";

const { _service, partners, campaigns } = await ask(
  "{ _service { sdl } partners(first: 3) { nodes { id name group { name } } } campaigns(first: 1) { nodes { id name } } }",
);
const reviewsTypes = parse(readFileSync(new URL("reviews.graphql", import.meta.url), "utf8"));

const composed = composition.composeServices([
  { name: "tributary", url, typeDefs: parse(_service.sdl) },
  { name: "reviews", url: "http://reviews.example/graphql", typeDefs: reviewsTypes },
]);
equal(composed.errors?.map(String) ?? [], [], "the subgraphs compose");
equal(composed.hints.map(String), [], "composition has nothing to remark");
for (const entity of ["Partner", "PartnerGroup", "Campaign", "Commission"]) {
  const joined = new RegExp(`type ${entity} [^{]*@join__type\\(graph: TRIBUTARY, key: "id"\\)`);
  if (!joined.test(composed.supergraphSdl)) throw new Error(`${entity} has no key in the supergraph`);
}

// A review of a partner that there is, one of another, and one of a partner that nobody may see.
const [first, second] = partners.nodes;
const [campaign] = campaigns.nodes;
const nobody = "par_01h2xcejqtf2nbrexx3vqjhp41";
const reviews = [
  { stars: 5, partner: { id: first.id }, campaign: { id: campaign.id } },
  { stars: 2, partner: { id: second.id }, campaign: null },
  { stars: 1, partner: { id: nobody }, campaign: null },
];
const reviewsSchema = buildSubgraphSchema({
  typeDefs: reviewsTypes,
  resolvers: {
    Query: { latestReviews: () => reviews },
    Partner: {
      __resolveReference: ({ id }) => ({ id }),
      reviews: ({ id }) => reviews.filter((review) => review.partner.id === id),
    },
  },
});

/** What the gateway in front asked Tributary for. */
const asked = [];
class Tributary extends RemoteGraphQLDataSource {
  willSendRequest({ request }) {
    asked.push(request);
    for (const [name, value] of Object.entries(headers)) request.http.headers.set(name, value);
  }
}

const quiet = { debug() {}, info() {}, warn: console.error, error: console.error };
const gateway = new ApolloGateway({
  supergraphSdl: composed.supergraphSdl,
  logger: quiet,
  buildService: ({ name }) => (name === "reviews" ? new LocalGraphQLDataSource(reviewsSchema) : new Tributary({ url })),
});
const { executor } = await gateway.load();

async function through(query) {
  const { data, errors } = await executor({
    request: { query, variables: {} },
    document: parse(query),
    operationName: null,
    queryHash: query,
    context: {},
    metrics: {},
    logger: quiet,
    schema: gateway.schema,
    cache: new Map(),
    overallCachePolicy: { restrict() {}, policyIfCacheable: () => null },
  });
  equal(errors ?? [], [], `no errors in the answer to ${query}`);
  return JSON.parse(JSON.stringify(data));
}

equal(
  (await through("{ latestReviews { stars partner { name group { name } } campaign { name } } }")).latestReviews,
  [
    { stars: 5, partner: { name: first.name, group: first.group }, campaign: { name: campaign.name } },
    { stars: 2, partner: { name: second.name, group: second.group }, campaign: null },
    { stars: 1, partner: null, campaign: null },
  ],
  "reviews lead to Tributary's partners and campaigns",
);
equal(
  asked.every(({ query }) => query.includes("_entities(representations:")),
  true,
  "Apollo's gateway asks for entities",
);
const entityRequests = asked.length;
equal(
  (await through("{ partners(first: 3) { nodes { id reviews { stars } } } }")).partners.nodes,
  partners.nodes.map(({ id }) => ({ id, reviews: reviews.filter((r) => r.partner.id === id).map(({ stars }) => ({ stars })) })),
  "Tributary's partners have the other subgraph's reviews",
);
await gateway.stop();

passed("federation", `4 entities composed; ${entityRequests} requests of entities through Apollo's gateway, ${reviews.length} reviews`);
