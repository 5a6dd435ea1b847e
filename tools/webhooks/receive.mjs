// A receiver that verifies with the npm package standardwebhooks. tell.mjs says what it is told and answers.
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Webhook } from "standardwebhooks";

let webhook;
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const verifies = (body, headers) => {
  try {
    return { message: webhook.verify(body, headers) };
  } catch (error) {
    return { error: String(error) };
  }
};

const server = createServer(async (request, response) => {
  let body = "";
  request.setEncoding("utf8");
  for await (const part of request) body += part;
  const { message, error } = verifies(body, request.headers);
  const forged = verifies(body.replace('"timestamp"', '"timestamp" '), request.headers);
  say({ id: request.headers["webhook-id"], message, error, forgedPasses: !forged.error });
  response.writeHead(error ? 400 : 204).end();
});
server.listen(0, "127.0.0.1", () => say({ url: `http://127.0.0.1:${server.address().port}/hooks?from=node` }));

createInterface({ input: process.stdin })
  .on("line", (secret) => {
    webhook = new Webhook(secret);
    say({ knows: true });
  })
  .on("close", () => process.exit(0));
