// Follows links to a brand's page and buys: node test.mjs CHROMIUM|FIREFOX EXECUTABLE INTEGRITY. The integrity is the one
// that the documentation tells brands to use.
import puppeteer from "puppeteer-core";
import { CHROMIUM_FLAGS } from "../chromium.mjs";
import { open } from "./brand.mjs";
import { act, check, clicksOf, creditOf, equal, GATEWAY, until } from "./gateway.mjs";

const [browserName, executablePath, integrity] = process.argv.slice(2);
const brand = await open(integrity);
const browser = await puppeteer.launch({
  browser: browserName,
  executablePath,
  args: browserName === "chrome" ? CHROMIUM_FLAGS : [],
});
const run = Date.now().toString(36);
await act("updateTenant", { trackingOrigins: [brand.shop] }, "tenant { trackingOrigins }");

async function partner(name) {
  const input = { name: `${name} ${run}`, email: `${name.toLowerCase()}-${run}@links.example`, sendInvite: false };
  const { partner } = await act("createPartner", input, "partner { id status }");
  if (partner.status !== "ACTIVE") await act("activatePartner", { id: partner.id }, "partner { id }");
  return partner.id;
}
const [ann, bob] = [await partner("Ann"), await partner("Bob")];
let links = 0;

/** A campaign that pays 10 %, and a link of each of these partners. */
async function linked(attribution, path = "/", partners = [ann, bob]) {
  links += 1;
  const campaign = {
    name: `Links ${run} ${links}`,
    terms: [{ basis: "PERCENT", value: "10" }],
    destinationUrl: `${brand.shop}${path}?page=1`,
    attribution,
  };
  const { campaign: made } = await act("createCampaign", campaign, "campaign { id }");
  const keys = [];
  for (const partnerId of partners) {
    const { link } = await act("createLink", { partnerId, campaignId: made.id }, "link { id key }");
    keys.push({ ...link, address: `${GATEWAY}/r/${process.env.TENANT}/${link.key}` });
  }
  return keys;
}

/** A window of a visitor whom nobody has seen before; `sent` are the messages of the script. */
async function visit() {
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  const sent = [];
  page.on("request", (request) => {
    if (request.url().startsWith(`${GATEWAY}/t/`) && request.method() === "POST") sent.push(request.url());
  });
  return { page, sent, close: () => context.close() };
}

const ready = (page) => page.waitForFunction(() => window.tributary);
const cookie = (page) => page.evaluate(() => document.cookie);
const visitorOf = (page) => page.evaluate(() => window.tributary.visitor());

/** Follows a link, and waits until its click is known to be the visitor's. */
async function follow({ page }, link, clicks) {
  await page.goto(link.address);
  await ready(page);
  const visitor = await visitorOf(page);
  await until(() => clicksOf(visitor), (found) => found === clicks, `clicks of ${visitor}`);
  return visitor;
}

async function buy(page) {
  await page.click("button");
  const order = await page.waitForSelector("#order");
  return creditOf(await order.evaluate((found) => found.textContent));
}

const credited = (event, to, link, what) => {
  const { attribution, commissions } = event;
  equal([attribution?.via, attribution?.partner.id, attribution?.link?.id], ["LINK", to, link.id], what);
  equal(commissions.nodes.map(({ amount }) => amount.amount), ["8.00"], `${what}: what it earned`);
};

const steps = {
  async "a link, a page and a checkout of three origins: the link's partner earns"() {
    const [link] = await linked({});
    const visitor = await visit();
    const id = await follow(visitor, link, 1);
    equal(await cookie(visitor.page), `tributary_visitor=${id}`, "the shop's cookie");
    equal(visitor.page.url(), `${brand.shop}/?page=1`, "the address without the click");
    credited(await buy(visitor.page), ann, link, "the sale");
    await visitor.close();
  },
  async "where consent is required, nothing is kept or sent before it, and all is deleted after it is withdrawn"() {
    const [link] = await linked({}, "/asks-first");
    const visitor = await visit();
    await visitor.page.goto(link.address);
    await ready(visitor.page);
    equal([await cookie(visitor.page), await visitorOf(visitor.page), visitor.sent], ["", null, []], "before consent");
    await visitor.page.evaluate(() => window.tributary.consent(true));
    const id = await visitorOf(visitor.page);
    await until(() => clicksOf(id), (found) => found === 1, "the click after consent");
    await visitor.page.evaluate(() => window.tributary.consent(false));
    equal([await cookie(visitor.page), await visitorOf(visitor.page)], ["", null], "after consent is withdrawn");
    await visitor.close();
  },
  async "Global Privacy Control is as good as a page that requires consent"() {
    const [link] = await linked({});
    const visitor = await visit();
    await visitor.page.evaluateOnNewDocument(() => {
      Object.defineProperty(Navigator.prototype, "globalPrivacyControl", { get: () => true });
    });
    await visitor.page.goto(link.address);
    await ready(visitor.page);
    equal([await cookie(visitor.page), await visitorOf(visitor.page), visitor.sent], ["", null, []], "without consent");
    const { attribution, decision } = await buy(visitor.page);
    equal([attribution, decision.reason], [null, "UNATTRIBUTED"], "a sale of nobody known");
    await visitor.close();
  },
  async "of two partners' links, the campaign's model decides: LAST, or FIRST"() {
    for (const [model, to] of [
      ["LAST", 1],
      ["FIRST", 0],
    ]) {
      const two = await linked({ model });
      const visitor = await visit();
      await follow(visitor, two[0], 1);
      await follow(visitor, two[1], 2);
      credited(await buy(visitor.page), [ann, bob][to], two[to], model);
      await visitor.close();
    }
  },
  async "where the script is blocked, the brand sends the link's key with the sale"() {
    const [link] = await linked({}, "/blocked");
    const visitor = await visit();
    await visitor.page.setRequestInterception(true);
    visitor.page.on("request", (request) =>
      request.url().endsWith("/t/1.js") ? request.abort() : request.continue(),
    );
    await visitor.page.goto(link.address);
    equal(await visitor.page.evaluate(() => typeof window.tributary), "undefined", "the script");
    credited(await buy(visitor.page), ann, link, "the sale");
    await visitor.close();
  },
  async "a visitor's id is never taken from an address, and one of the brand's server is kept"() {
    const visitor = await visit();
    await visitor.page.goto(`${brand.shop}/?tributary_visitor=somebody-else`);
    await ready(visitor.page);
    check((await visitorOf(visitor.page)) !== "somebody-else", "the id of the address was taken");
    await visitor.page.evaluate(() => {
      document.cookie = "tributary_visitor=from-the-server;path=/";
    });
    await visitor.page.reload();
    await ready(visitor.page);
    equal(await visitorOf(visitor.page), "from-the-server", "the server's id");
    await visitor.close();
  },
};

try {
  for (const [name, step] of Object.entries(steps)) {
    await step().catch((error) => {
      throw new Error(`${name}: ${error.message}`, { cause: error });
    });
    console.log(`ok ${name} (${await browser.version()})`);
  }
} finally {
  await browser.close();
  brand.close();
}
