// Runs the audits of graphql-http against a gateway: node audit.mjs URL TOKEN
// Prints a line for each audit that does not hold and a count; exits with 1 if there is one.
import { auditServer } from "graphql-http";

const [url, token] = process.argv.slice(2);

const results = await auditServer({
  url,
  fetchFn: (input, init) =>
    fetch(input, {
      ...init,
      headers: {
        ...init?.headers,
        authorization: `Bearer ${token}`,
        "graphql-require-preflight": "true",
      },
    }),
});

const failed = results.filter((result) => result.status !== "ok");
for (const result of failed) {
  console.log(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
}
console.log(`${results.length - failed.length} of ${results.length}`);
process.exit(failed.length === 0 ? 0 : 1);
