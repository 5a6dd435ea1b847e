// Every page as a partner: figures, addresses, the keyboard, languages, and what happens while somebody looks.
import path from "node:path";
import { amountsIn, asked, fits, quiet } from "./browser.mjs";
import { act, campaignOf, check, equal, exported, makePartner, sell } from "./gateway.mjs";
import { earnings, overview, payouts, statement, terms } from "./partner-figures.mjs";
import { heading, loaded, turnTo, visit } from "./steps.mjs";

const live = (page) => page.getByText("Live", { exact: true }).waitFor();

export async function walkAsPartner({ chromium, home, step }) {
  const partner = await makePartner();
  const own = await chromium.windowOf({ acceptDownloads: true });
  const { page } = own;
  const stepHere = (name, act) => step(name, act, own);

  await stepHere(
    "a partner's page takes one query and one subscription, and its address forgets the token",
    async () => {
      await visit(page, `${home}/`, partner.token);
      await heading(page, "Overview");
      await live(page);
      await loaded(page);
      equal(asked(own.requests), { queries: 1, streams: 1 }, "what it asks");
      check(!page.url().includes("token"), `the address still shows the token: ${page.url()}`);
      await page.getByText(partner.name, { exact: true }).waitFor();
    },
  );

  await stepHere("the overview's figures are those of the API", async () =>
    equal(await overview.shown(page), await overview.api(partner.token), "figures"),
  );

  await stepHere("a commission recorded meanwhile appears without reload, and all sums with it", async () => {
    await page.evaluate(() => (window.stayed = true));
    const commission = await sell(partner.id, partner.campaign.id, "480.00");
    await page.locator(`[data-commission="${commission.id}"].fresh`).waitFor();
    check(await page.evaluate(() => window.stayed), "the page was loaded anew");
    equal(await overview.shown(page), await overview.api(partner.token), "figures");
    equal(asked(own.requests), { queries: 2, streams: 1 }, "what it asked in all");
    check((await page.getByRole("status").first().innerText()).includes("New commission"), "screen readers are told");
  });

  await stepHere("the keyboard opens a commission's explanation", async () => {
    const row = page.locator("[data-commission]").first();
    await row.locator("summary").focus();
    await page.keyboard.press("Enter");
    await row
      .getByText(/12.5 %/)
      .first()
      .waitFor();
  });

  await stepHere("the overview fits, and is for everybody", () => fits(page, "the overview"));

  await stepHere(
    "the navigation loads nothing anew, takes one query a page, and moves the focus to the title",
    async () => {
      const before = asked(own.requests);
      await turnTo(page, "Earnings");
      await loaded(page);
      equal(asked(own.requests), { queries: before.queries + 1, streams: before.streams }, "what it asked");
      equal(await page.evaluate(() => document.activeElement.textContent), "Earnings", "what has the focus");
      check(await page.evaluate(() => window.stayed), "the page was loaded anew");
      equal(new URL(page.url()).pathname, "/earnings", "the address");
      equal(await page.title(), "Earnings · Lumen Partner Programme", "the title");
    },
  );

  await stepHere("earnings are those of the API, also those of one status, whose address can be reloaded", async () => {
    equal(await earnings.shown(page), await earnings.api(partner.token), "figures");
    await page.getByLabel("Status").selectOption("PAID");
    await page.locator('[data-commission] [data-status-of="APPROVED"]').first().waitFor({ state: "detached" });
    equal(await earnings.shown(page), await earnings.api(partner.token, "PAID"), "figures of those paid");
    await page.reload();
    await loaded(page);
    equal(await page.getByLabel("Status").inputValue(), "PAID", "the status after a reload");
    equal(await earnings.shown(page), await earnings.api(partner.token, "PAID"), "figures after a reload");
    await page.goBack();
    await page.locator('[data-commission] [data-status-of="APPROVED"]').first().waitFor();
    equal(await page.getByLabel("Status").inputValue(), "", "the status after going back");
    await page.goBack();
    await heading(page, "Overview");
    await page.goForward();
    await heading(page, "Earnings");
  });

  await stepHere("earnings are saved as the file that the gateway exports", async () => {
    await loaded(page);
    equal(await downloaded(page, "Save as CSV"), await exported(partner.token, "commissions", {}), "the file");
  });

  await stepHere("earnings fit, and are for everybody", () => fits(page, "earnings"));

  await stepHere("terms say in words what a sale earns, and how far the tiers are", async () => {
    await turnTo(page, "Terms");
    await loaded(page);
    await page.waitForURL(/campaign=/);
    await page.getByText("12.5% of every sale").waitFor();
    const text = await page.locator("main").innerText();
    for (const words of ["10% more commission", "20 conversions"])
      check(text.includes(words), `no ${words} in: ${text}`);
    equal(await terms.shown(page), await terms.api(partner.token, partner.campaign.id), "figures");
    await fits(page, "terms");
  });

  await stepHere("German is a choice that is remembered, with amounts as Germans write them", async () => {
    await turnTo(page, "Overview");
    await page.getByLabel("Language").selectOption("de");
    await heading(page, "Übersicht");
    await loaded(page);
    equal(await page.evaluate(() => document.documentElement.lang), "de", "the page's language");
    check(/^-?[\d.]+,\d\d\s(€|EUR)$/.test(await page.locator("data.amount").first().innerText()), "the first amount");
    // The digits are still exactly the API's.
    equal(await overview.shown(page), await overview.api(partner.token), "figures");
    await page.reload();
    await heading(page, "Übersicht");
    await loaded(page);
    await fits(page, "the overview in German");
    for (const name of ["Links", "Einnahmen", "Auszahlungen und Auszüge", "Konditionen"]) {
      await turnTo(page, name);
      await heading(page, name);
      await loaded(page);
      await page.waitForFunction(() => document.documentElement.scrollWidth <= 1280);
    }
    await page.getByLabel("Sprache").selectOption("en");
    await heading(page, "Terms");
  });

  await stepHere("nothing but the gateway was asked, and nothing complained", () => quiet(own, home, partner.token));

  await stepHere("a gateway that is away is told, and asking again mends it", async () => {
    await page.route("**/graphql", (route) => route.abort());
    await page.reload();
    await page.getByText("The gateway cannot be reached").waitFor();
    await page.unroute("**/graphql");
    await page.getByRole("button", { name: "Try again" }).click();
    await loaded(page);
  });

  await stepHere("before an answer there is the title, and what it will be in", async () => {
    let answer;
    const held = new Promise((resolve) => (answer = resolve));
    await page.route("**/graphql", async (route) => {
      await held;
      await route.continue();
    });
    await page.reload();
    await heading(page, "Terms");
    await page.getByRole("status", { name: "Loading" }).waitFor();
    answer();
    await loaded(page);
    await page.unroute("**/graphql");
  });

  await stepHere("an address without a page leads back", async () => {
    await page.goto(`${home}/nowhere`);
    await heading(page, "There is no such page");
    await page.getByRole("link", { name: "To the first page" }).click();
    await heading(page, "Overview");
  });

  await stepHere("a partner that is suspended is shown the door", async () => {
    await act("suspendPartner", { id: partner.id, reason: "Trying it out" }, "partner { id }");
    await page.reload();
    await heading(page, "Your access has ended");
    check((await page.locator("data").count()) === 0, "figures are left behind the door");
    await page.reload();
    await heading(page, "Partner portal");
  });
  await own.close();
}

/** The demo's partner: what the documentation shows. */
export async function walkThroughDemo({ chromium, home, step, demo, pictures }) {
  const shown = await chromium.windowOf();
  const { page } = shown;
  const picture = (name) => page.screenshot({ path: path.join(pictures, `${name}.png`) });

  await step(
    "the demo's partner sees the API's figures, in light, in dark and on a phone",
    async () => {
      await visit(page, `${home}/`, demo);
      await live(page);
      await page.locator(".plot svg").first().waitFor();
      equal(await overview.shown(page), await overview.api(demo), "figures");
      await picture("portal");
      await page.emulateMedia({ colorScheme: "dark" });
      await picture("portal-dark");
      await page.emulateMedia({ colorScheme: "light" });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.waitForFunction(() => document.documentElement.scrollWidth <= 390);
      await picture("portal-phone");
      quiet(shown, home, demo);
    },
    shown,
  );
  await step(
    "payouts and last month's statement are the API's, at an address that can be reloaded",
    async () => {
      await page.setViewportSize({ width: 1280, height: 900 });
      await turnTo(page, "Payouts and statements");
      await loaded(page);
      equal(await payouts.shown(page), await payouts.api(demo), "payouts");
      const before = asked(shown.requests).queries;
      const region = page.getByRole("region", { name: "Your statement" });
      await region.getByLabel("Month").selectOption({ index: 1 });
      await region.locator("[data-statement]").first().waitFor();
      equal(asked(shown.requests).queries - before, 1, "queries that it takes");
      const figures = await statement(demo);
      check(figures.length > 4, "nothing moved");
      equal(await amountsIn(region), figures, "figures");
      await page.reload();
      await region.locator("[data-statement]").first().waitFor();
      equal(await amountsIn(region), figures, "figures after a reload");
      await fits(page, "payouts and statements");
      quiet(shown, home, demo);
    },
    shown,
  );
  await step(
    "a link may name the campaign whose terms it shows",
    async () => {
      const campaign = await campaignOf(demo);
      await visit(page, `${home}/terms?campaign=${campaign}`, demo);
      await page.locator(".tier").first().waitFor();
      equal(await terms.shown(page), await terms.api(demo, campaign), "goals");
    },
    shown,
  );
  await shown.close();
}

/** What a button saves. */
export async function downloaded(page, name) {
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name }).click()]);
  let text = "";
  for await (const piece of await download.createReadStream()) text += piece;
  return text;
}
