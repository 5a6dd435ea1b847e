// What a developer without a network does in GraphiQL: node graphiql.mjs CHROMIUM SCREENSHOT
import { check, open } from "./browser.mjs";

const { page, url, token, screenshot, complaints, foreign, expectFailure, recordCommission, step, done } = await open();

const editor = page.locator(".graphiql-query-editor");
const result = page.locator(".result-window");
const execute = page.getByRole("button", { name: /^Execute query/ });

/**
 * Waits until GraphiQL has read the open tab's document: it names the operation to run only then, a moment after the
 * editor shows it, and stores the document at the same time.
 */
function hasRead(name) {
  return page.waitForFunction((name) => sessionStorage.getItem("graphiql:query")?.includes(name), name);
}

/** Runs the open tab and gives the answer's text. */
async function run() {
  const answered = page.waitForResponse((response) => response.request().method() === "POST");
  await execute.click();
  return (await answered).json();
}

/** Runs the open tab, which listens, until it shows a commission that somebody else enters. */
async function hear() {
  const begun = page.waitForResponse((response) => response.request().method() === "POST");
  await execute.click();
  const response = await begun;
  check(response.headers()["content-type"].startsWith("text/event-stream"), "the answer is no stream");
  await recordCommission();
  await result.getByText("12.34").first().waitFor();
  expectFailure(response.request());
  await page.getByRole("button", { name: /^Stop query/ }).click();
  await execute.waitFor();
}

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
    await editor.getByText(name).first().waitFor();
    await hasRead(name);
    if (name === "CommissionChanged") return hear();
    const answer = await run();
    check(!answer.errors && answer.data, JSON.stringify(answer));
  });
}

await step("nothing but the gateway was asked, and nothing complained", async () => {
  check(count >= 5, `${count} tabs`);
  check(foreign().length === 0, `requests to others: ${foreign().join(" ")}`);
  check(complaints.length === 0, "it complained");
});

await done("GraphiQL");
