// What a developer does in the explorer of our own, where GraphiQL's files cannot be had:
// node explorer.mjs CHROMIUM SCREENSHOT [refused|silent|unasked]
// The last says how the CDN behaves: it cannot be reached, it never answers, or nobody asks it.
import { check, open } from "./browser.mjs";

const cdn = process.argv[4] ?? "refused";
const { page, url, token, screenshot, complaints, foreign, expectFailure, recordCommission, step, done } = await open();

const query = page.getByLabel("Operation in GraphQL");
const variables = page.getByLabel("Variables as JSON");
const headers = page.getByLabel("Headers as JSON");
const schema = page.getByRole("complementary", { name: "Schema" });
const status = page.getByRole("status").first();
const result = page.getByRole("region", { name: "Result" });
const tabs = page.getByRole("tablist", { name: "Operations" }).getByRole("tab");
const runButton = page.getByRole("button", { name: /^▶ Run$/ });

const answered = () => page.waitForResponse((response) => response.request().method() === "POST");

/** Runs the open tab by the keyboard and gives the answer. */
async function run() {
  const answer = answered();
  await page.keyboard.press("Control+Enter");
  return (await answer).json();
}

await step("the page loads, and says why it is not GraphiQL", async () => {
  const began = Date.now();
  const response = await page.goto(`${url}#token=${token}`, { waitUntil: "commit" });
  const policy = response.headers()["content-security-policy"] ?? "";
  check(policy.startsWith("default-src 'none'"), `its policy is ${policy}`);
  await runButton.waitFor();
  check(Date.now() - began < 15_000, "it took too long");
  check((await page.getByRole("note").count()) === (cdn === "unasked" ? 0 : 1), "the notice");
  check(!page.url().includes("token"), `the address still shows the token: ${page.url()}`);
  check((await headers.inputValue()).includes(token), "the headers do not hold the token");
});

await step("the first tab's simulation says 74.98, with status and time", async () => {
  const answer = await run();
  check(!answer.errors, JSON.stringify(answer));
  await result.getByText("74.98").first().waitFor();
  check(/^200 .*\d ms .* B .*cost \d+$/.test(await status.innerText()), await status.innerText());
  await schema.getByRole("heading", { name: "Schema" }).waitFor();
  await page.screenshot({ path: screenshot });
});

const shown = await page.evaluate(() => window.tributary.defaultTabs.map((tab) => tab.query));
for (const [index, text] of shown.entries()) {
  const name = await tabs.nth(index).innerText();
  await step(`the tab ${name} is GraphiQL's, and runs`, async () => {
    await tabs.nth(index).click();
    check((await query.inputValue()) === text, "its query is another");
    check(text.includes(name), "its title is not its operation");
    if (!/^subscription/m.test(text)) {
      const answer = await run();
      check(!answer.errors && answer.data, JSON.stringify(answer));
      return;
    }
    const begun = answered();
    await runButton.click();
    const response = await begun;
    check(response.headers()["content-type"].startsWith("text/event-stream"), "the answer is no stream");
    await status.getByText("no event yet").waitFor();
    await recordCommission();
    await result.getByText("12.34").first().waitFor();
    await status.getByText("1 event").waitFor();
    expectFailure(response.request());
    await page.getByRole("button", { name: /^■ Stop$/ }).click();
    await status.getByText("Stopped").waitFor();
  });
}

await step("the schema is searched, and leads from type to type", async () => {
  await page.keyboard.press("Control+k");
  await page.keyboard.type("partnergroup");
  await schema.getByRole("button", { name: "PartnerGroup", exact: true }).first().click();
  await schema.getByRole("heading", { name: "type PartnerGroup" }).waitFor();
  await schema.getByText("A classification of partners").waitFor();
  await schema.getByRole("button", { name: "PartnerGroupRule", exact: true }).first().click();
  await schema.getByRole("heading", { name: "PartnerGroupRule" }).waitFor();
  await schema.getByRole("button", { name: /^PartnerGroup .$/ }).click();
  await schema.getByRole("heading", { name: "type PartnerGroup" }).waitFor();
});

await step("what is typed is completed from the schema", async () => {
  await page.getByRole("button", { name: "New tab" }).click();
  await query.click();
  await page.keyboard.type("query Typed {");
  await page.keyboard.press("Enter");
  await page.keyboard.type("partners(fir");
  await page.getByRole("option", { name: /^first/ }).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("1) { nod");
  await page.getByRole("option", { name: /^nodes/ }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.type(" { id } } }");
  const text = await query.inputValue();
  check(text === "query Typed {\n  partners(first: 1) { nodes { id } } }", text);
  check((await tabs.last().innerText()) === "Typed", "the tab is not called so");
  const answer = await run();
  check(answer.data?.partners.nodes.length === 1, JSON.stringify(answer));
});

await step("every field and argument of the tabs is offered where it stands, and none at a name", async () => {
  const missed = await page.evaluate(async () => {
    const { defaultTabs, transport, schema, complete, language } = window.tributary;
    const headers = transport.parseHeaders(transport.headersAtStart);
    const response = await transport.ask({ query: schema.QUERY }, headers, { accept: transport.ONE_ANSWER });
    const found = schema.model((await response.json()).data.__schema);
    return defaultTabs.flatMap(({ query }) => {
      const { name, kind } = language.operations(query)[0];
      const words = language.tokens(query).filter((token) => token.kind === "name" && token.text !== kind);
      return words.filter(({ text, start, end }) => {
        const begun = query.slice(0, start) + text[0] + query.slice(end);
        const offered = complete.completions(found, begun, start + 1)?.candidates.some((one) => one.name === text) ?? false;
        return offered === (text === name);
      }).map(({ text }) => text);
    });
  });
  check(missed.length === 0, missed.join(" "));
});

await step("fields are put into the query out of the schema", async () => {
  await schema.getByRole("button", { name: "Put name into the query" }).click();
  await status.getByText("selects nothing of PartnerGroup").waitFor();
  await page.getByRole("searchbox").fill("Partner");
  await schema.getByRole("button", { name: "Partner", exact: true }).first().click();
  await schema.getByRole("button", { name: "Put group into the query" }).click();
  await schema.getByRole("button", { name: "PartnerGroup", exact: true }).first().click();
  await schema.getByRole("button", { name: "Put description into the query" }).click();
  const text = (await query.inputValue()).replace(/\s+/g, " ");
  check(text === "query Typed { partners(first: 1) { nodes { id group { id name currency description } } } }", text);
  const answer = await run();
  check(!answer.errors && "group" in answer.data.partners.nodes[0], JSON.stringify(answer));
  // It is an edit as any other.
  await query.press("Control+z");
  check(!(await query.inputValue()).includes("description"), "it is not undone");
});

await step("a root's field that fits nowhere gets a tab of its own", async () => {
  await page.getByRole("searchbox").fill("simulatePartnerGroup");
  await schema.getByRole("button", { name: "Put simulatePartnerGroup into the query" }).first().click();
  check((await query.inputValue()).startsWith("mutation SimulatePartnerGroup {"), await query.inputValue());
});

await step("variables that are not JSON are said to be so, and not sent", async () => {
  await page.getByRole("tab", { name: "Variables" }).click();
  await variables.fill("{ first: 1");
  await page.keyboard.press("Control+Enter");
  await status.getByText("The variables are not JSON").waitFor();
  await variables.fill("");
});

await step("of several operations the chosen one runs", async () => {
  await page.getByRole("button", { name: "New tab" }).click();
  await query.fill("query One { viewer { subject } }\nquery Two($n: Int) { partners(first: $n) { totalCount } }");
  await variables.fill('{ "n": 1 }');
  await page.getByLabel("Operation to run").selectOption("Two");
  const answer = await run();
  check(answer.data?.partners.totalCount > 0, JSON.stringify(answer));
});

await step("the tabs are there after a reload", async () => {
  const before = await tabs.allInnerTexts();
  await page.reload({ waitUntil: "commit" });
  await schema.getByRole("heading", { name: "Schema" }).waitFor();
  check((await tabs.allInnerTexts()).join() === before.join(), "they are others");
});

await step("it can be used without a mouse, and read in the dark", async () => {
  await tabs.first().focus();
  await page.keyboard.press("ArrowRight");
  check((await tabs.nth(1).getAttribute("aria-selected")) === "true", "the arrow key does not go to the next tab");
  const nameless = await page.evaluate(() =>
    [...document.querySelectorAll("button, input, textarea, select")]
      .filter((control) => !control.textContent.trim() && !control.ariaLabel && control.localName !== "textarea")
      .map((control) => control.outerHTML),
  );
  check(nameless.length === 0, `without a name: ${nameless.join(" ")}`);
  await page.emulateMedia({ colorScheme: "dark" });
  const ground = await page.evaluate(() => getComputedStyle(document.getElementById("page")).backgroundColor);
  check(ground.match(/\d+/g).every((part) => Number(part) < 64), `the ground is ${ground}`);
  const answer = await run();
  check(answer.data, JSON.stringify(answer));
  await page.screenshot({ path: screenshot.replace(/\.png$/, "-dark.png") });
});

await step("nothing complained, and nothing but the gateway and the CDN was asked", async () => {
  const others = new Set(foreign().map((address) => new URL(address).host));
  check([...others].join() === (cdn === "unasked" ? "" : "cdn.jsdelivr.net"), `others: ${[...others].join(" ")}`);
  check(complaints.length === 0, "it complained");
});

// What the gateway refuses, it answers with an error status, which is a complaint anywhere else.
await step("a token that the gateway refuses is said to be refused", async () => {
  await page.getByRole("tab", { name: "Headers" }).click();
  await headers.fill('{ "Authorization": "Bearer x" }');
  await run();
  await status.getByText(/^401 .*1 error$/).waitFor();
  await page.reload({ waitUntil: "commit" });
  await schema.getByText("The gateway does not tell the schema").waitFor();
  await page.getByRole("tab", { name: "Headers" }).click();
  await headers.fill(JSON.stringify({ Authorization: `Bearer ${token}` }));
  await schema.getByRole("heading", { name: "Schema" }).waitFor();
});

await done(`the explorer (CDN ${cdn})`);
