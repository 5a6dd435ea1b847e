// Who comes in, and who does not: links of all kinds, and sign-in with an identity provider.
import { accessible, quiet } from "./browser.mjs";
import { act, check, equal, expired, makeNewcomer, tokenOf } from "./gateway.mjs";
import { heading, loaded, visit } from "./steps.mjs";

export async function walkThroughDoor({ chromium, home, step, demo }) {
  const strange = await chromium.windowOf();
  const { page } = strange;
  await step(
    "an expired link and a link without a token are told apart",
    async () => {
      await visit(page, `${home}/`, expired(demo));
      await heading(page, "Your session has ended");
      await page.goto("about:blank");
      await page.goto(`${home}/`);
      await heading(page, "Partner portal");
      await accessible(page, "the door");
    },
    strange,
  );
  await step(
    "a newcomer sees what will be there",
    async () => {
      const newcomer = await makeNewcomer();
      for (const [address, texts] of [
        ["/", ["Nothing yet.", "No commission yet."]],
        ["/earnings", ["Nothing yet.", "No commission yet."]],
        ["/payouts", ["No payout yet."]],
        ["/terms", ["No tiers count"]],
      ]) {
        await visit(page, home + address, newcomer.token);
        for (const text of texts) await page.getByText(text).waitFor();
        await accessible(page, `a newcomer's ${address}`);
      }
      await visit(page, `${home}/`, await tokenOf(newcomer.id, ["partners:read"]));
      await page.getByText("Your access does not open all of this page").waitFor();
    },
    strange,
  );
  await step(
    "each finds the own pages: staff at the partner's address, a partner at the staff's",
    async () => {
      await visit(page, `${home}/`, process.env.DEMO_ADMIN_TOKEN);
      await heading(page, "Programme");
      await visit(page, `${home}/staff/payout-runs`, demo);
      await heading(page, "Overview");
      await loaded(page);
      equal(new URL(page.url()).pathname, "/", "the address");
    },
    strange,
  );
  await strange.close();
}

export async function signIn({ chromium, home, step }) {
  const window = await chromium.windowOf();
  const { page } = window;
  const newcomer = await makeNewcomer();
  const enter = () => page.getByRole("button", { name: "Sign in" }).click();
  await step(
    "a partner signs in with the provider and is back where it began, with nothing left in the address",
    async () => {
      await page.goto(`${home}/payouts`);
      await enter();
      await page.getByLabel("Partner").fill(newcomer.id);
      await page.getByRole("button", { name: "Continue" }).click();
      await heading(page, "Payouts and statements");
      await loaded(page);
      equal(page.url(), `${home}/payouts`, "the address");
      await page.reload();
      await loaded(page);
      check(
        window.requests.every(({ url }) => !url.includes("code_verifier")),
        "the verifier stands in an address",
      );
    },
    window,
  );
  await step(
    "whoever is suspended may sign in again, which helps once the partnership goes on",
    async () => {
      await act("suspendPartner", { id: newcomer.id, reason: "Trying it out" }, "partner { id }");
      await page.reload();
      await heading(page, "Your access has ended");
      // The browser notes the refusal, as it should.
      window.complaints.length = 0;
      await act("activatePartner", { id: newcomer.id }, "partner { id }");
      await enter();
      await page.getByLabel("Partner").fill(newcomer.id);
      await page.getByRole("button", { name: "Continue" }).click();
      await loaded(page);
      await page.getByRole("button", { name: "Leave" }).click();
      await heading(page, "Partner portal");
    },
    window,
  );
  await step(
    "staff signs in the same way",
    async () => {
      await page.goto(`${home}/staff/partners`);
      await enter();
      await page.getByRole("button", { name: "Continue" }).click();
      await heading(page, "Partners");
      await loaded(page);
      await page.getByRole("button", { name: "Leave" }).click();
      await heading(page, "Partner portal");
      equal(window.complaints, [], "complaints");
    },
    window,
  );
  await step(
    "a refusal, and an answer that this tab did not ask for, let nobody in",
    async () => {
      await page.goto(`${home}/`);
      await enter();
      await page.getByRole("button", { name: "Deny" }).click();
      await heading(page, "Signing in did not work");
      await accessible(page, "a refusal");
      await enter();
      await page.getByLabel("Partner").waitFor();
      await page.evaluate(() => (document.querySelector('[name="state"]').value = "another"));
      await page.getByRole("button", { name: "Continue" }).click();
      await heading(page, "Signing in did not work");
      check(!page.url().includes("code="), `the address still shows the code: ${page.url()}`);
    },
    window,
  );
  await window.close();
}
