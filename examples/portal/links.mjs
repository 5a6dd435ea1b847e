// Prints the demo's links: node links.mjs PORTAL PARTNER-TOKEN STAFF-TOKEN
const [portal, partner, staff] = process.argv.slice(2);
console.log(`A partner sees:\n${portal}/#token=${partner}\n`);
console.log(`Staff sees:\n${portal}/staff#token=${staff}`);
