// Headless Chromium on the demo's page, with nothing but the gateway in reach. Whatever the page complains of is kept.
import { chromium } from "playwright-core";
import { CHROMIUM_FLAGS } from "../chromium.mjs";

const [executablePath, screenshot, others = "refused"] = process.argv.slice(2);
const { DEMO_URL: url, DEMO_ADMIN_TOKEN: token } = process.env;
const home = new URL(url).host;

export function check(holds, text) {
  if (!holds) throw new Error(text);
}

/** Asks the gateway without the page. */
async function ask(query, variables = {}) {
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ query, variables }),
  });
  const answer = await response.json();
  check(!answer.errors, JSON.stringify(answer));
  return answer.data;
}

/** Enters a commission of 12.34, which those who listen hear of. */
async function recordCommission() {
  const { partners } = await ask("{ partners(first: 1, filter: { status: [ACTIVE] }) { nodes { id } } }");
  const input = { partnerId: partners.nodes[0].id, amount: { amount: "12.34", currency: "EUR" }, reason: "heard?" };
  const document = `mutation($input: CreateManualCommissionInput!) {
    createManualCommission(input: $input) { userErrors { code message field } } }`;
  const { createManualCommission } = await ask(document, { input });
  check(createManualCommission.userErrors.length === 0, JSON.stringify(createManualCommission));
}

/** `others`, the third argument, says what becomes of requests to others: they are refused, or never answered. */
export async function open() {
  const browser = await chromium.launch({
    executablePath,
    args: CHROMIUM_FLAGS,
  });
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, colorScheme: "light" });
  page.setDefaultTimeout(30_000);

  const requests = [];
  const complaints = [];
  const isForeign = (address) => /^https?:/.test(address) && new URL(address).host !== home;
  page.on("console", (message) => {
    // That the others cannot be reached is what is wanted.
    if (["error", "warning"].includes(message.type()) && !isForeign(message.location().url ?? "")) {
      complaints.push(`console ${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
  // The requests that fail as they should: streams that the page stops.
  const expected = new Set();
  page.on("requestfailed", (request) => {
    if (!expected.has(request) && !isForeign(request.url())) {
      complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
    }
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  await page.exposeFunction("violated", (text) => complaints.push(`content security policy: ${text}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      window.violated(`${event.effectiveDirective} forbids ${event.blockedURI} at ${event.sourceFile}:${event.lineNumber}`);
    });
  });
  // What the page holds in itself (data:) is no request.
  await page.route(/^https?:/, (route) => {
    requests.push(route.request().url());
    if (!isForeign(route.request().url())) return route.continue();
    return others === "silent" ? undefined : route.abort();
  });

  const steps = [];
  async function step(name, act) {
    try {
      await act();
      steps.push(name);
    } catch (error) {
      await page.screenshot({ path: screenshot });
      throw new Error(`${name}: ${error.message}\nThe page complains:\n${complaints.join("\n")}\nSee ${screenshot}`);
    }
  }
  async function done(what) {
    const version = browser.version();
    await browser.close();
    console.log(`ok ${what} in Chromium ${version}, ${requests.length} requests:`);
    for (const name of steps) console.log(`   ${name}`);
  }

  return {
    page,
    url,
    token,
    screenshot,
    complaints,
    foreign: () => requests.filter(isForeign),
    expectFailure: (request) => expected.add(request),
    recordCommission,
    step,
    done,
  };
}
