// What is tried, one after the other; what fails leaves a picture.
import path from "node:path";

export function stepsIn(pictures) {
  const names = [];
  async function step(name, act, window) {
    try {
      await act();
      names.push(name);
    } catch (error) {
      const picture = path.join(pictures, "portal-failed.png");
      await window?.page.screenshot({ path: picture, fullPage: true }).catch(() => {});
      throw new Error(`${name}: ${error.message}\n${window?.complaints.join("\n") ?? ""}\nSee ${picture}`);
    }
  }
  return { names, step };
}

export const heading = (page, name) => page.getByRole("heading", { name, level: 1 }).waitFor();
/** Opens an address with a token; another one in the same window would load nothing anew. */
export async function visit(page, address, token) {
  await page.goto("about:blank");
  await page.goto(`${address}#token=${token}`);
}
/** A link of the navigation. */
export const turnTo = (page, name) => page.getByRole("navigation").getByRole("link", { name, exact: true }).click();
/** The figures have come. */
export const loaded = (page) => page.locator(".foot").waitFor();
