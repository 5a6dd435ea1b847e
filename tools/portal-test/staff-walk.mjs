// Every page as staff: figures, a payout run from its preview to its settlement, a partner's status, a backtest.
import path from "node:path";
import { asked, fits, quiet } from "./browser.mjs";
import { act, ask, check, equal, exported, makeOwed } from "./gateway.mjs";
import { downloaded } from "./partner-walk.mjs";
import {
  backtestFigures,
  busiestCampaign,
  partners,
  preview,
  programme,
  run,
  shownOfBacktest,
} from "./staff-figures.mjs";
import { heading, loaded, turnTo, visit } from "./steps.mjs";

export async function walkAsStaff({ chromium, home, step, staff, pictures }) {
  const office = await chromium.windowOf({ acceptDownloads: true, permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = office;
  const stepHere = (name, act) => step(name, act, office);

  await stepHere("the programme's page takes one query, and its figures are those of the API", async () => {
    await visit(page, `${home}/staff`, staff);
    await heading(page, "Programme");
    await page.locator(".plot svg").waitFor();
    equal(asked(office.requests), { queries: 1, streams: 0 }, "what it asks");
    equal(await programme.shown(page), await programme.api(staff), "figures");
    await page.screenshot({ path: path.join(pictures, "portal-staff.png") });
    await fits(page, "the programme");
  });

  await stepHere("partners in the order of what is to be paid, with the API's figures", async () => {
    await turnTo(page, "Partners");
    await loaded(page);
    await page.getByLabel("Order").selectOption("PAYABLE-EUR");
    const expected = await partners.api(staff, "EUR");
    await page
      .locator("[data-partner]")
      .first()
      .and(page.locator(`[data-partner="${expected[0][0]}"]`))
      .waitFor();
    equal(await partners.shown(page), expected, "figures");
    await fits(page, "partners");
  });

  await stepHere("a partner is found by name, and the address remembers it", async () => {
    await page.getByLabel("Name or external id").fill("nordwind");
    await page.keyboard.press("Enter");
    await page.getByText("1 partner", { exact: true }).waitFor();
    await page.reload();
    await page.getByText("1 partner", { exact: true }).waitFor();
    equal(await page.getByLabel("Name or external id").inputValue(), "nordwind", "what is looked for");
  });

  await stepHere("suspending shows at once, and is taken back if the gateway refuses", async () => {
    const row = page.locator("[data-partner]").first();
    const suspend = async () => {
      await row.getByRole("button", { name: /^Suspend/ }).click();
      await page.getByRole("dialog").getByLabel("Reason").fill("Trying it out");
      await page.getByRole("dialog").getByRole("button", { name: "Suspend" }).click();
    };
    let answer;
    const hold = async (route) => {
      if (!route.request().postData()?.includes("SuspendPartner")) return route.continue();
      await new Promise((resolve) => (answer = resolve));
      return route.abort();
    };
    await page.route("**/graphql", hold);
    await suspend();
    await row.locator('[data-status-of="SUSPENDED"]').waitFor();
    answer();
    await row.locator('[data-status-of="ACTIVE"]').waitFor();
    await page.getByRole("alert").getByText("The gateway cannot be reached").waitFor();
    await page.unroute("**/graphql");
    office.complaints.length = 0;

    await suspend();
    await row.locator('[data-status-of="SUSPENDED"]').waitFor();
    await row.getByRole("button", { name: /^Activate/ }).click();
    await row.locator('[data-status-of="ACTIVE"]').waitFor();
    const id = await row.getAttribute("data-partner");
    const status = async () =>
      (await ask(staff, "query($id: ID!) { partner(id: $id) { status } }", { id })).partner.status;
    await page.waitForFunction(() => document.querySelector("table").getAttribute("aria-busy") === "false");
    equal(await status(), "ACTIVE", "the status that the gateway has");
  });

  await stepHere("a copied link opens the portal as that partner", async () => {
    await page.getByRole("button", { name: /^Copy link/ }).click();
    await page.getByText("Copied, for an hour").first().waitFor();
    const address = await page.evaluate(() => navigator.clipboard.readText());
    const guest = await chromium.windowOf();
    await guest.page.goto(address);
    await guest.page.getByText("Nordwind Medien").waitFor();
    await guest.close();
  });

  await stepHere("a run is previewed with the API's figures, which changes nothing, and then run", async () => {
    await makeOwed();
    await turnTo(page, "Payout runs");
    await loaded(page);
    const before = await page.locator("[data-run]").count();
    await page.getByRole("button", { name: "Preview" }).click();
    await page.locator("[data-line]").first().waitFor();
    equal(await preview.shown(page), await preview.api(staff), "the preview");
    await fits(page, "the preview of a run");
    await page.screenshot({ path: path.join(pictures, "portal-payout-run.png") });
    await page.getByRole("button", { name: "Run", exact: true }).click();
    await page.getByRole("button", { name: "Create the payouts" }).click();
    await page.waitForURL(/run=/);
    await page.locator("[data-payout]").first().waitFor();
    equal(await page.locator("[data-run]").count(), before + 1, "runs");
    equal(await run.shown(page), await run.api(staff, runIn(page)), "payouts");
    await fits(page, "a run");
  });

  await stepHere("its payment file is the gateway's, and what a format leaves out is named", async () => {
    const runId = runIn(page);
    equal(
      await downloaded(page, "Save the file"),
      await exported(staff, "payout-file", { runId, format: "csv" }),
      "the file",
    );
    await page.getByLabel("For").selectOption("paypal");
    equal(
      await downloaded(page, "Save the file in EUR"),
      await exported(staff, "payout-file", { runId, format: "paypal", currency: "EUR" }),
      "the file for PayPal",
    );
    await page.getByText("not in this file").waitFor();
  });

  await stepHere("a file of results settles what it names, and the rest is settled at once", async () => {
    const runId = runIn(page);
    const [[first]] = await run.api(staff, runId);
    const file = `id,status,reference\n${first},FAILED,account closed\nanother,PAID,\n`;
    const input = page.getByLabel("Or a CSV file");
    await input.setInputFiles({ name: "answer.csv", mimeType: "text/csv", buffer: Buffer.from(file) });
    await page.getByText("1 payout of this run found.").waitFor();
    await page.getByText("1 other lines are ignored.").waitFor();
    await page.getByRole("button", { name: "Record it" }).last().click();
    await page.locator(`[data-payout="${first}"] [data-status-of="FAILED"]`).waitFor();
    await page.getByText("1 payout settled.").waitFor();
    await page.getByRole("button", { name: "All pending ones were paid" }).click();
    await page.getByRole("dialog").getByLabel("Reference").fill("transfer 1");
    await page.getByRole("dialog").getByRole("button", { name: "Record it" }).click();
    await page.locator('[data-payout] [data-status-of="PENDING"]').first().waitFor({ state: "detached" });
    const payouts = await run.api(staff, runId);
    equal(await run.shown(page), payouts, "payouts");
    equal(payouts.filter(([, status]) => status === "PAID").length, payouts.length - 1, "those paid");
  });

  await stepHere("back leads to the runs, and an unknown run is told", async () => {
    await page.getByRole("link", { name: "The next run" }).click();
    await page.getByRole("button", { name: "Preview" }).waitFor();
    await page.goBack();
    await page.locator("[data-payout]").first().waitFor();
    await page.goto(`${home}/staff/payout-runs?run=run_01m8786gcefqkr02xyetskbfzz`);
    await page.getByText("There is no such run.").waitFor();
  });

  await stepHere("staff tries another rate, and sees what the API says it would have cost", async () => {
    await turnTo(page, "Backtests");
    await loaded(page);
    await fits(page, "backtests before the first");
    const region = page.getByRole("region", { name: "What would it have cost?" });
    await region.getByLabel("Campaign").selectOption(await busiestCampaign(staff));
    await region.getByLabel("Percent of every sale").fill("31.5");
    await region.getByLabel("also for partners").check();
    await region.getByRole("button", { name: "Work it out" }).click();
    const result = page.locator("[data-backtest]");
    await result.locator(".plot svg").waitFor();
    const expected = await backtestFigures(staff, await result.getAttribute("data-backtest"));
    check(expected.changed.length > 0, "nobody gains or loses");
    await result.locator("[data-changed]").first().waitFor();
    equal(await shownOfBacktest(result), expected, "figures");
    await fits(page, "a backtest");
    await page.reload();
    await result.locator(".plot svg").waitFor();
    await page.screenshot({ path: path.join(pictures, "portal-backtest.png"), fullPage: true });
  });

  await stepHere("nothing but the gateway was asked, and nothing complained", () => quiet(office, home, staff));
  await office.close();
}

const runIn = (page) => new URL(page.url()).searchParams.get("run");
