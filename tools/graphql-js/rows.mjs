// The rows of a tenant, read with SQL: all tables that have a tenant, each as a list of objects by column. Ids are 32
// hexadecimal digits, moments RFC 3339 texts to the microsecond, JSON is parsed.

import { spawnSync } from "node:child_process";

/** Reads them from the database of this address; `tenant` is a slug. */
export async function read(url, tenant) {
  const tables = url.startsWith("postgres") ? await fromPostgres(url, tenant) : fromSqlite(url, tenant);
  const tidied = new Map(Object.entries(tables).map(([name, rows]) => [name, rows.map(tidy)]));
  // Events are filtered, and seen by partners, by what they are credited to now.
  const credited = new Map(tidied.get("attribution").map((attribution) => [attribution.id, attribution]));
  for (const event of tidied.get("event")) {
    const { partner_id = null, campaign_id = null } = credited.get(event.primary_attribution_id) ?? {};
    Object.assign(event, { partner_id, campaign_id });
  }
  return tidied;
}

const JSON_COLUMNS = new Set(["items", "refunded_items", "tracking_origins", "link_hosts", "attribution", 
  "minimum_payouts", "tags", "rules", "terms", "metadata", "proposal", "explanation", "fields", "plan", "tier_ids", "category_ids", "partner_ids", "campaign_ids",
  "advertiser_ids", "goals", "modifiers", "components", "made_with",
]);
const MOMENT = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00(?::?00)?)$/;

function tidy(row) {
  const value = (name, value) => {
    if (JSON_COLUMNS.has(name) && typeof value === "string") return JSON.parse(value);
    const moment = typeof value === "string" && value.match(MOMENT);
    return moment ? `${moment[1]}T${moment[2]}.${(moment[3] ?? "").padEnd(6, "0")}Z` : value;
  };
  const tidied = Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, value(name, cell)]));
  // A line of a run is known by its place.
  if (tidied.run_id && tidied.position) tidied.id = `${tidied.run_id} ${tidied.position}`;
  return tidied;
}

/** Node has no SQLite of its own before version 22; Python has. */
const PYTHON = `
import json, sqlite3, sys
database = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True)
database.row_factory = sqlite3.Row
plain = lambda cell: cell.hex() if isinstance(cell, bytes) else cell
rows = lambda text, *values: [{name: plain(row[name]) for name in row.keys()} for row in database.execute(text, values)]
database.execute("BEGIN")
tenants = rows("SELECT * FROM tenant WHERE slug = ?", sys.argv[2])
tenant = bytes.fromhex(tenants[0]["id"])
tables = {"tenant": tenants}
for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%tenant_id %'").fetchall():
    tables[name] = rows(f"SELECT * FROM {name} WHERE tenant_id = ?", tenant)
print(json.dumps(tables))
`;

function fromSqlite(url, tenant) {
  const file = url.replace(/^sqlite:\/\//, "").replace(/\?.*$/, "");
  const ran = spawnSync("python3", ["-c", PYTHON, file, tenant], { encoding: "utf8", maxBuffer: 2 ** 30 });
  if (ran.status !== 0) throw new Error(`python3 cannot read ${file}: ${ran.stderr ?? ran.error}`);
  return JSON.parse(ran.stdout);
}

async function fromPostgres(url, tenant) {
  const { default: pg } = await import("pg");
  // Texts and numbers as they come: dates of JavaScript end at milliseconds. Amounts of the data fit its numbers.
  const types = { getTypeParser: (oid) => ({ 16: (text) => text === "t", 17: (text) => text.slice(2), 20: Number, 21: Number, 23: Number, 114: JSON.parse, 3802: JSON.parse, 2950: (text) => text.replaceAll("-", "") })[oid] ?? ((text) => text) };
  const client = new pg.Client({ connectionString: url, types });
  await client.connect();
  try {
    await client.query("SET TIME ZONE 'UTC'");
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const tables = { tenant: (await client.query("SELECT * FROM tenant WHERE slug = $1", [tenant])).rows };
    const names = await client.query("SELECT table_name AS name FROM information_schema.columns WHERE column_name = 'tenant_id' AND table_schema = 'public'");
    for (const { name } of names.rows) {
      tables[name] = (await client.query(`SELECT * FROM ${name} WHERE tenant_id = (SELECT id FROM tenant WHERE slug = $1)`, [tenant])).rows;
    }
    return tables;
  } finally {
    await client.end();
  }
}
