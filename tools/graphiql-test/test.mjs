// Opens the GraphiQL page in headless Chromium, as a developer without a network would: node test.mjs CHROMIUM SCREENSHOT
import { chromium } from "playwright-core";

const [executablePath, screenshot] = process.argv.slice(2);
const { DEMO_URL: url, DEMO_ADMIN_TOKEN: token } = process.env;
const home = new URL(url).host;

const browser = await chromium.launch({
  executablePath,
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
page.setDefaultTimeout(30_000);

const requests = [];
const complaints = [];
page.on("console", (message) => {
  if (["error", "warning"].includes(message.type())) complaints.push(`console ${message.type()}: ${message.text()}`);
});
page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
// The one request that fails as it should: the stream that the page stops.
let stopped = null;
page.on("requestfailed", (request) => {
  if (request !== stopped) complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
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
// All but the gateway is out of reach. What the page holds in itself (data:) is no request.
await page.route(/^https?:/, (route) => {
  const { host } = new URL(route.request().url());
  requests.push(route.request().url());
  return host === home ? route.continue() : route.abort();
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

function check(holds, text) {
  if (!holds) throw new Error(text);
}

const editor = page.locator(".graphiql-query-editor");
const result = page.locator(".result-window");
const execute = page.getByRole("button", { name: /^Execute query/ });

/** Runs the open tab and gives the answer's text. */
async function run() {
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await execute.click();
  return (await answered).json();
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

/** Runs the open tab, which listens, until it shows a commission that somebody else enters. */
async function hear() {
  const begun = page.waitForResponse((response) => response.request().method() === "POST");
  await execute.click();
  const response = await begun;
  check(response.headers()["content-type"].startsWith("text/event-stream"), "the answer is no stream");
  const { partners } = await ask("{ partners(first: 1, filter: { status: [ACTIVE] }) { nodes { id } } }");
  const input = { partnerId: partners.nodes[0].id, amount: { amount: "12.34", currency: "EUR" }, reason: "heard?" };
  const document = `mutation($input: CreateManualCommissionInput!) {
    createManualCommission(input: $input) { userErrors { code message field } } }`;
  const { createManualCommission } = await ask(document, { input });
  check(createManualCommission.userErrors.length === 0, JSON.stringify(createManualCommission));
  await result.getByText("12.34").first().waitFor();
  stopped = response.request();
  await page.getByRole("button", { name: /^Stop query/ }).click();
  await execute.waitFor();
}

try {
  await step("the page loads", async () => {
    const response = await page.goto(`${url}#token=${token}`);
    const policy = response.headers()["content-security-policy"] ?? "";
    check(policy.startsWith("default-src 'none'"), `its policy is ${policy}`);
    await editor.getByText("SimulatePartnerGroup").first().waitFor();
    check(!page.url().includes("token"), `the address still shows the token: ${page.url()}`);
  });

  await step("the documentation explorer shows PartnerGroup", async () => {
    await page.getByRole("button", { name: "Show Documentation Explorer" }).click();
    const search = page.locator(".graphiql-doc-explorer").getByRole("combobox");
    await search.click();
    await search.pressSequentially("PartnerGroup");
    await page.getByRole("option").getByText("PartnerGroup", { exact: true }).first().click();
    await page.locator(".graphiql-doc-explorer-title", { hasText: /^PartnerGroup$/ }).waitFor();
    await page.locator(".graphiql-doc-explorer-content").getByText("A classification of partners").waitFor();
    await page.locator(".graphiql-doc-explorer-content").getByText("PartnerGroupRule", { exact: true }).waitFor();
  });

  await step("the default tab's simulation says 74.98", async () => {
    const answer = await run();
    check(!answer.errors, JSON.stringify(answer));
    await result.getByText("74.98").first().waitFor();
    await page.screenshot({ path: screenshot });
  });

  const tabs = page.getByRole("tablist").getByRole("tab");
  const count = await tabs.count();
  for (let index = 1; index < count; index += 1) {
    const name = (await tabs.nth(index).innerText()).trim();
    await step(`the tab ${name} runs`, async () => {
      await tabs.nth(index).click();
      // GraphiQL finds out a moment later which operation the tab has.
      await page.waitForFunction((found) => sessionStorage.getItem("graphiql:operationName") === found, name);
      if (name === "CommissionChanged") return hear();
      const answer = await run();
      check(!answer.errors && answer.data, JSON.stringify(answer));
    });
  }

  await step("nothing but the gateway was asked, and nothing complained", async () => {
    check(count >= 5 && stopped, `${count} tabs`);
    const foreign = requests.filter((address) => new URL(address).host !== home);
    check(foreign.length === 0, `requests to others: ${foreign.join(" ")}`);
    check(complaints.length === 0, "it complained");
  });
} finally {
  await browser.close();
}
console.log(`ok GraphiQL in Chromium ${browser.version()}, ${requests.length} requests, all to the gateway:`);
for (const name of steps) console.log(`   ${name}`);
