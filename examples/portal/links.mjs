// Prints the demo's links: node links.mjs PORTAL GATEWAY PARTNER-TOKEN STAFF-TOKEN
const [portal, gateway, partner, staff] = process.argv.slice(2);

// Terms are a campaign's, and a link says whose it shows first: one on the way to a tier is the most to look at.
const response = await fetch(gateway, {
  method: "POST",
  headers: { authorization: `Bearer ${partner}`, "content-type": "application/json" },
  body: JSON.stringify({
    query:
      "query Links { viewer { partner { tierProgress { value campaign { id } } campaigns(first: 1) { nodes { id } } } } }",
  }),
});
const { data } = await response.json();
const { tierProgress = [], campaigns } = data?.viewer?.partner ?? {};
const begun = tierProgress.find(({ value }) => Number(value) > 0) ?? tierProgress[0];
const campaign = begun?.campaign?.id ?? campaigns?.nodes[0]?.id;

console.log(`A partner sees:\n${portal}/${campaign ? `?campaign=${campaign}` : ""}#token=${partner}\n`);
console.log(`Staff sees:\n${portal}/staff#token=${staff}`);
