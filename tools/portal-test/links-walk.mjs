// The page of links: made, copied, shown as a code, followed, and switched off.
import { amountsIn, fits, quiet } from "./browser.mjs";
import { act, ask, check, equal, makePartner, tokenOf } from "./gateway.mjs";
import { heading, loaded, turnTo, visit } from "./steps.mjs";

const SCOPES = ["partners:read", "campaigns:read", "links:read", "links:write", "events:read", "commissions:read"];
const RANGE = { from: "2020-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z" };

/** Key, status, clicks and earnings of the links. */
async function figures(token) {
  const { viewer } = await ask(
    token,
    `query($from: DateTime!, $to: DateTime!) { viewer { partner { links(first: 20) { nodes {
      key status performance(from: $from, to: $to) { clicks customers earned { amount currency } } } } } } }`,
    RANGE,
  );
  return viewer.partner.links.nodes.map(({ key, status, performance: [all] }) => [
    key,
    status,
    String(all?.clicks ?? 0),
    String(all?.customers ?? 0),
    (all?.earned ?? []).map(({ amount, currency }) => `${amount} ${currency}`),
  ]);
}

async function shown(page) {
  const rows = [];
  for (const row of await page.locator("[data-link]").all()) {
    const cells = row.locator("td");
    rows.push([
      await row.getAttribute("data-link"),
      await row.locator("[data-status-of]").getAttribute("data-status-of"),
      await cells.nth(1).innerText(),
      await cells.nth(2).innerText(),
      await amountsIn(cells.nth(3)),
    ]);
  }
  return rows;
}

export async function walkAlongLinks({ chromium, home, step }) {
  const partner = await makePartner();
  const destination = { id: partner.campaign.id, destinationUrl: "https://shop.example/" };
  await act("updateCampaign", destination, "campaign { id }");
  const token = await tokenOf(partner.id, SCOPES);
  const own = await chromium.windowOf({ permissions: ["clipboard-read", "clipboard-write"] });
  const { page } = own;
  const stepHere = (name, act) => step(name, act, own);
  const row = page.locator('[data-link="autumn"]');

  await stepHere("a partner makes a link, and what is wrong with another one is said", async () => {
    await visit(page, `${home}/links`, token);
    await heading(page, "Links");
    await loaded(page);
    const make = async (key) => {
      await page.getByRole("button", { name: "New link" }).click();
      await page.getByLabel("The end of its address").fill(key);
      await page.getByRole("button", { name: "Make it" }).click();
    };
    await make("autumn");
    await row.waitFor();
    await make("autumn");
    await page.getByRole("alert").getByText("taken").waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    equal(await shown(page), await figures(token), "links");
  });

  let address;
  await stepHere("its address is copied, and shown as a code", async () => {
    await row.getByRole("button", { name: "Copy: autumn" }).click();
    await row.getByRole("button", { name: "Copied: autumn" }).waitFor();
    address = await page.evaluate(() => navigator.clipboard.readText());
    await row.getByRole("button", { name: "QR code: autumn" }).click();
    const code = page.getByRole("img", { name: address });
    await code.waitFor();
    check((await code.evaluate((image) => image.decode().then(() => image.naturalWidth))) > 0, "no picture");
    await page.getByRole("button", { name: "Close" }).click();
  });

  await stepHere("clicks, customers and earnings are those of the API, and fit", async () => {
    for (let times = 0; times < 3; times += 1) {
      const answer = await fetch(address, { redirect: "manual", headers: { "user-agent": "Mozilla/5.0" } });
      equal(answer.status, 302, "the status of the link");
    }
    const sale = {
      externalId: `link-${partner.id}`,
      kind: "CHARGE",
      customerExternalId: `customer-${partner.id}`,
      amount: { amount: "80.00", currency: "EUR" },
      touches: [{ linkKey: "autumn" }],
    };
    await act("recordEvent", sale, "event { id }");
    const deadline = Date.now() + 20_000;
    while ((await figures(token))[0][2] !== "3") check(Date.now() < deadline, "the clicks are not counted");
    await page.reload();
    await loaded(page);
    equal(await shown(page), await figures(token), "links");
    equal((await figures(token))[0].slice(2), ["3", "1", ["10.00 EUR"]], "what the link brought");
    equal(await page.locator("[data-clicks]").getAttribute("data-clicks"), "3", "clicks in all");
    await page.locator(".plot svg").first().waitFor();
    await fits(page, "links");
  });

  await stepHere("a link is switched off and on again", async () => {
    await row.getByRole("button", { name: "Switch off: autumn" }).click();
    await row.locator('[data-status-of="DISABLED"]').waitFor();
    equal(await shown(page), await figures(token), "links");
    await row.getByRole("button", { name: "Switch on: autumn" }).click();
    await row.locator('[data-status-of="ACTIVE"]').waitFor();
    quiet(own, home, token);
  });

  await stepHere("with a link that only reads, links are shown and cannot be made", async () => {
    await visit(page, `${home}/`, partner.token);
    await heading(page, "Overview");
    await turnTo(page, "Links");
    await row.waitFor();
    equal(await page.getByRole("button", { name: "New link" }).count(), 0, "buttons");
    equal(await row.getByRole("button", { name: "Switch off: autumn" }).count(), 0, "switches");
  });
  await own.close();
}
