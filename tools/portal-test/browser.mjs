// Chromium, and what it complains about.
import axe from "axe-core";
import { chromium } from "playwright-core";
import { CHROMIUM_FLAGS } from "../chromium.mjs";
import { check } from "./gateway.mjs";

/** `others` are further addresses that pages may load: the identity provider's. */
export async function open(executablePath, home, others = []) {
  const browser = await chromium.launch({
    executablePath,
    args: CHROMIUM_FLAGS,
  });
  const hosts = [home, ...others].map((address) => new URL(address).host);

  /** A window of its own, with its own session; `complaints` and `requests` grow while it is used. */
  async function windowOf(options = {}) {
    const context = await browser.newContext({
      viewport: { width: 1280, height: 900 },
      locale: "en-GB",
      colorScheme: "light",
      reducedMotion: "reduce",
      ...options,
    });
    const page = await context.newPage();
    page.setDefaultTimeout(60_000);
    const [complaints, requests] = [[], []];
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type()))
        complaints.push(`console ${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`uncaught: ${error}`));
    await page.exposeFunction("violated", (text) => complaints.push(`content security policy: ${text}`));
    await page.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) =>
        window.violated(`${event.effectiveDirective} forbids ${event.blockedURI}`),
      );
    });
    await page.route(/^https?:/, (route) => {
      const request = route.request();
      requests.push({
        url: request.url(),
        method: request.method(),
        accept: request.headers().accept ?? "",
        body: request.postData() ?? "",
      });
      return hosts.includes(new URL(request.url()).host) ? route.continue() : route.abort();
    });
    return { page, complaints, requests, close: () => context.close() };
  }

  return { windowOf, version: browser.version(), close: () => browser.close() };
}

/** What the page asked of the gateway: queries and streams. */
export function asked(requests) {
  const operations = requests.filter(({ method, url }) => method === "POST" && url.endsWith("/graphql"));
  return {
    queries: operations.filter(({ body }) => JSON.parse(body).query.includes("query ")).length,
    streams: operations.filter(({ body }) => JSON.parse(body).query.includes("subscription ")).length,
  };
}

export function quiet({ complaints, requests }, home, token) {
  check(complaints.length === 0, `the page complains:\n${complaints.join("\n")}`);
  const host = new URL(home).host;
  const foreign = requests.filter(({ url }) => new URL(url).host !== host);
  check(foreign.length === 0, `requests to others: ${foreign.map(({ url }) => url).join(" ")}`);
  check(!requests.some(({ url }) => url.includes(token.slice(-20))), "a token stands in an address");
}

/** The exact values of the amounts in a part of the page, having checked that each is shown with just its digits. */
export async function amountsIn(locator) {
  const found = await locator
    .locator("data.amount")
    .evaluateAll((all) => all.map((one) => [one.value, one.textContent]));
  for (const [value, shown] of found) {
    const digits = (text) => text.replace(/\D/g, "");
    check(
      digits(value) === digits(shown) && value.startsWith("-") === /[-−]/.test(shown),
      `${value} is shown as ${shown}`,
    );
  }
  return found.map(([value]) => value);
}

/** Nothing on the page is in the way of somebody who cannot see it, or only with contrast, or uses no mouse. */
export async function accessible(page, what) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  const told = violations.map(
    ({ id, help, nodes }) =>
      `${id} (${help}):\n    ${nodes.map(({ html, failureSummary }) => `${html}\n      ${failureSummary}`).join("\n    ")}`,
  );
  check(violations.length === 0, `${what} is hard to use for some:\n  ${told.join("\n  ")}`);
}

/** At both widths and in both colour schemes: nothing sticks out of the page, and nobody is shut out. */
export async function fits(page, what) {
  for (const [width, height] of [
    [390, 844],
    [1280, 900],
  ]) {
    await page.setViewportSize({ width, height });
    // Plots are drawn anew for the width that there is.
    await page.waitForFunction((most) => document.documentElement.scrollWidth <= most, width);
    for (const plot of await page.locator(".plot svg.recharts-surface").all()) {
      const [inner, outer] = [await plot.boundingBox(), await page.locator(".panel:has(.plot)").first().boundingBox()];
      check(inner.x >= outer.x && inner.x + inner.width <= outer.x + outer.width, `${what}: the plot leaves its card`);
    }
    for (const colorScheme of ["dark", "light"]) {
      await page.emulateMedia({ colorScheme });
      await accessible(page, `${what}, ${width} pixels wide, ${colorScheme}`);
    }
  }
}
