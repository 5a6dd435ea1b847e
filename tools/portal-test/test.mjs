// Opens the portal as a partner, as somebody who may not, and as staff: node test.mjs CHROMIUM FOLDER-FOR-PICTURES
import path from "node:path";
import { amountsIn, asked, open, quiet } from "./browser.mjs";
import { act, campaignOf, check, equal, expired, makeNewcomer, makePartner, sell, tokenOf } from "./gateway.mjs";
import {
  backtestFigures,
  busiestCampaign,
  partnerFigures,
  shownOfBacktest,
  shownToPartner,
  shownToStaff,
  staffFigures,
  statementFigures,
} from "./figures.mjs";

const [executablePath, pictures] = process.argv.slice(2);
const { PORTAL_URL: home, DEMO_ADMIN_TOKEN: staff, DEMO_PARTNER_TOKEN: demo } = process.env;
const chromium = await open(executablePath, home);
const steps = [];

async function step(name, act, window) {
  try {
    await act();
    steps.push(name);
  } catch (error) {
    const picture = path.join(pictures, "portal-failed.png");
    await window?.page.screenshot({ path: picture, fullPage: true }).catch(() => {});
    throw new Error(`${name}: ${error.message}\n${window?.complaints.join("\n") ?? ""}\nSee ${picture}`);
  }
}

const link = (token, campaign) => `${home}/${campaign ? `?campaign=${campaign}` : ""}#token=${token}`;
const live = (page) => page.getByText("Live", { exact: true }).waitFor();
const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();

try {
  const partner = await makePartner();

  // --- The partner's page.
  const own = await chromium.windowOf();
  const { page } = own;
  await step(
    "a partner's page takes one query and one subscription, and its address forgets the token",
    async () => {
      await page.goto(link(partner.token, partner.campaign.id));
      await heading(page, partner.name);
      await live(page);
      await page.waitForLoadState("load");
      equal(asked(own.requests), { queries: 1, streams: 1 }, "what it asks");
      check(!page.url().includes("token"), `the address still shows the token: ${page.url()}`);
    },
    own,
  );

  await step(
    "its figures are those of the API",
    async () => {
      equal(await shownToPartner(page), await partnerFigures(partner.token, partner.campaign.id), "figures");
      const text = await page.getByRole("region", { name: "What you get" }).innerText();
      for (const words of ["12.5 % of every sale", "10 % more commission", "20 conversions"])
        check(text.includes(words), `${words} is not in: ${text}`);
    },
    own,
  );

  await step(
    "the keyboard opens a commission's explanation",
    async () => {
      const row = page.locator("[data-commission]").first();
      await row.locator("summary").focus();
      await page.keyboard.press("Enter");
      await row
        .getByText(/12.5 %/)
        .first()
        .waitFor();
    },
    own,
  );

  await step(
    "a commission recorded meanwhile appears without reload, and all sums with it",
    async () => {
      await page.evaluate(() => (window.stayed = true));
      const commission = await sell(partner.id, partner.campaign.id, "480.00");
      await page.locator(`[data-commission="${commission.id}"].fresh`).waitFor();
      check(await page.evaluate(() => window.stayed), "the page was loaded anew");
      equal(await shownToPartner(page), await partnerFigures(partner.token, partner.campaign.id), "figures");
      equal(asked(own.requests), { queries: 2, streams: 1 }, "what it asked in all");
      check((await page.getByRole("status").innerText()).includes("New commission"), "screen readers are told");
    },
    own,
  );

  await step("nothing but the gateway was asked, and nothing complained", () => quiet(own, home, partner.token), own);

  await step(
    "a gateway that is away is told, and asking again mends it",
    async () => {
      await page.route("**/graphql", (route) => route.abort());
      await page.reload();
      await page.getByText("The gateway cannot be reached").waitFor();
      await page.unroute("**/graphql");
      await page.getByRole("button", { name: "Try again" }).click();
      await heading(page, partner.name);
    },
    own,
  );

  await step(
    "a partner that is suspended is shown the door",
    async () => {
      await act("suspendPartner", { id: partner.id, reason: "Trying it out" }, "partner { id }");
      await page.reload();
      await heading(page, "This link no longer opens the portal");
      check((await page.locator("data").count()) === 0, "figures are left behind the door");
      await page.reload();
      await heading(page, "Open the portal with your link");
    },
    own,
  );
  await own.close();

  // --- Others at the door, and those with little.
  const strange = await chromium.windowOf();
  await step(
    "an expired link and a link without a token are told apart",
    async () => {
      await strange.page.goto(link(expired(demo)));
      await heading(strange.page, "Your link has expired");
      await strange.page.goto("about:blank");
      await strange.page.goto(`${home}/`);
      await heading(strange.page, "Open the portal with your link");
    },
    strange,
  );
  await step(
    "a newcomer sees what will be there",
    async () => {
      const newcomer = await makeNewcomer();
      await strange.page.goto("about:blank");
      await strange.page.goto(link(newcomer.token));
      for (const text of ["Nothing yet.", "No commission yet.", "No payout yet."])
        await strange.page.getByText(text).waitFor();
      await strange.page.goto("about:blank");
      await strange.page.goto(link(await tokenOf(newcomer.id, ["partners:read"])));
      await strange.page.getByText("Your link does not open all of this page").waitFor();
    },
    strange,
  );
  await strange.close();

  // --- The demo's partner: what the documentation shows.
  const shown = await chromium.windowOf();
  await step(
    "the demo's partner sees the API's figures, in light, in dark and on a phone",
    async () => {
      const campaign = await campaignOf(demo);
      await shown.page.goto(link(demo, campaign));
      await live(shown.page);
      await shown.page.locator(".plot svg, .series .empty").first().waitFor();
      equal(await shownToPartner(shown.page), await partnerFigures(demo, campaign), "figures");
      await shown.page.screenshot({ path: path.join(pictures, "portal.png") });
      await shown.page.emulateMedia({ colorScheme: "dark" });
      await shown.page.screenshot({ path: path.join(pictures, "portal-dark.png") });
      await shown.page.emulateMedia({ colorScheme: "light" });
      await shown.page.setViewportSize({ width: 390, height: 844 });
      // The plot is drawn anew for the width that there is.
      await shown.page.waitForFunction(() => document.documentElement.scrollWidth <= 390);
      await shown.page.screenshot({ path: path.join(pictures, "portal-phone.png") });
      quiet(shown, home, demo);
    },
    shown,
  );
  await step(
    "last month's statement is asked for once it is opened, and is the API's",
    async () => {
      await shown.page.setViewportSize({ width: 1280, height: 900 });
      const before = asked(shown.requests).queries;
      const region = shown.page.getByRole("region", { name: "Your statement" });
      await region.locator("summary").click();
      await region.locator("[data-statement]").first().waitFor();
      equal(asked(shown.requests).queries - before, 1, "queries that it takes");
      const figures = await statementFigures(demo);
      check(figures.length > 4, "nothing moved");
      equal(await amountsIn(region), figures, "figures");
      quiet(shown, home, demo);
    },
    shown,
  );
  await shown.close();

  // --- Staff.
  const office = await chromium.windowOf();
  await step(
    "the staff's page takes one query, and its figures are those of the API",
    async () => {
      await office.page.goto(`${home}/staff#token=${staff}`);
      await heading(office.page, "Programme at a glance");
      await office.page.locator(".plot svg").waitFor();
      equal(asked(office.requests), { queries: 1, streams: 0 }, "what it asks");
      equal(await shownToStaff(office.page), await staffFigures(staff), "figures");
      await office.page.screenshot({ path: path.join(pictures, "portal-staff.png") });
      quiet(office, home, staff);
    },
    office,
  );
  await step(
    "staff tries another rate, and sees what the API says it would have cost",
    async () => {
      const region = office.page.getByRole("region", { name: "What would it have cost?" });
      await region.locator("summary").first().click();
      await region.getByLabel("Campaign").selectOption(await busiestCampaign(staff));
      await region.getByLabel("Percent of every sale").fill("31.5");
      await region.getByLabel("also for partners").check();
      await region.getByRole("button", { name: "Work it out" }).click();
      const result = region.locator("[data-backtest]");
      await result.locator(".plot svg").waitFor();
      const expected = await backtestFigures(staff, await result.getAttribute("data-backtest"));
      check(expected.changed.length > 0, "nobody gains or loses");
      await result.locator("[data-changed]").first().waitFor();
      equal(await shownOfBacktest(result), expected, "figures");
      await office.page.screenshot({ path: path.join(pictures, "portal-backtest.png"), fullPage: true });
      quiet(office, home, staff);
    },
    office,
  );
  await step(
    "each finds the own page: staff at the partner's address, a partner at the staff's",
    async () => {
      await office.page.goto("about:blank");
      await office.page.goto(link(staff));
      await heading(office.page, "Programme at a glance");
      await office.page.goto("about:blank");
      await office.page.goto(`${home}/staff#token=${demo}`);
      await office.page.getByRole("region", { name: "What you get" }).waitFor();
    },
    office,
  );
  await office.close();
} finally {
  await chromium.close();
}
console.log(`ok the portal in Chromium ${chromium.version}:`);
for (const name of steps) console.log(`   ${name}`);
