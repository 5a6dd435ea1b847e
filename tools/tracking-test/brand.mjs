// The brand: a shop with the script on its pages, and a checkout of another origin that records what was sold.
import { createServer } from "node:http";
import { act, GATEWAY } from "./gateway.mjs";

const TENANT = process.env.TENANT;
const run = Date.now().toString(36);
let orders = 0;

/** The shop's page: one that asks for consent first, and one that finds the link's key in the address and sends it along,
 * for visitors who block scripts. */
function page(address, checkout, integrity) {
  const attribute = address.pathname === "/asks-first" ? ' data-consent="required"' : "";
  const found = address.pathname === "/blocked" ? address.searchParams.get("ref") : "";
  const key = (found ?? "").replace(/[^\w-]/g, "");
  return `<!doctype html><title>Shop</title>
<script src="${GATEWAY}/t/1.js" data-tenant="${TENANT}"${attribute} integrity="${integrity}" crossorigin async></script>
<form method="post" action="${checkout}/order"><input name="visitor" type="hidden"><input name="ref" type="hidden" value="${key}">
<button onclick="this.form.visitor.value = window.tributary?.visitor() ?? ''">Buy for 80.00</button></form>`;
}

/** Records the order: the brand's server has the token, its pages have none. */
async function record(form) {
  orders += 1;
  const externalId = `order-${run}-${orders}`;
  const visitor = form.get("visitor");
  const input = {
    externalId,
    kind: "CHARGE",
    customerExternalId: `customer-of-${visitor || externalId}`,
    amount: { amount: "80.00", currency: "EUR" },
    ...(visitor && { visitorId: visitor }),
    ...(!visitor && form.get("ref") && { touches: [{ linkKey: form.get("ref") }] }),
  };
  await act("recordEvent", input, "event { id }");
  return externalId;
}

async function listen(answer) {
  const server = createServer((request, response) => {
    answer(request).then(
      (text) => response.writeHead(200, { "content-type": "text/html" }).end(text),
      (error) => response.writeHead(500, { "content-type": "text/plain" }).end(String(error)),
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Opens both; the shop is another site than the checkout and the gateway, so that it has cookies of its own. */
export async function open(integrity) {
  const till = await listen(async (request) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    return `<!doctype html><title>Thank you</title><p id="order">${await record(new URLSearchParams(body))}</p>`;
  });
  const checkout = `http://127.0.0.1:${till.address().port}`;
  const shop = await listen(async ({ url }) => page(new URL(url, "http://localhost"), checkout, integrity));
  return {
    shop: `http://localhost:${shop.address().port}`,
    close: () => [shop, till].forEach((server) => server.close()),
  };
}
