// Opens every page of the portal as a partner and as staff, and the door: node test.mjs CHROMIUM FOLDER-FOR-PICTURES
import { open } from "./browser.mjs";
import { signIn, walkThroughDoor } from "./door-walk.mjs";
import { walkAlongLinks } from "./links-walk.mjs";
import { walkAsPartner, walkThroughDemo } from "./partner-walk.mjs";
import { walkAsStaff } from "./staff-walk.mjs";
import { stepsIn } from "./steps.mjs";

const [executablePath, pictures] = process.argv.slice(2);
const { PORTAL_URL: home, PROVIDER_URL: provider, DEMO_ADMIN_TOKEN: staff, DEMO_PARTNER_TOKEN: demo } = process.env;
const chromium = await open(executablePath, home, [provider]);
const { names, step } = stepsIn(pictures);
const surroundings = { chromium, home, step, staff, demo, pictures };
try {
  // What the documentation shows comes first, while the demo is as it was made.
  await walkThroughDemo(surroundings);
  await walkAsPartner(surroundings);
  await walkAlongLinks(surroundings);
  await walkThroughDoor(surroundings);
  await signIn(surroundings);
  await walkAsStaff(surroundings);
} finally {
  await chromium.close();
}
console.log(`ok the portal in Chromium ${chromium.version}:`);
for (const name of names) console.log(`   ${name}`);
