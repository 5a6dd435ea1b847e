// Documents that a gateway with this data can answer: fields of the schema with arguments that fit the rows, aliases,
// split selections, fragments, conditions, and now and then what must fail.

import { getNamedType, getNullableType, isAbstractType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, parse, validate } from "graphql";
import { schema } from "./gateway.mjs";
import { mapping } from "./mapping.mjs";
import { idOf } from "./values-of-rows.mjs";

const LEFT = new Set([...mapping.computed, "Query._service"]);
const UNDRAWN = new Set(mapping.undrawn);

/** What the arguments are drawn from. */
export class Choices {
  constructor(tables, foreign) {
    this.tables = tables;
    this.foreign = foreign;
    this.drawn = new Map();
    this.nodes = Object.entries(mapping.types).filter(([, { table, prefix }]) => table && prefix && tables.get(table)?.length);
  }

  /** Of some fields the one that was drawn least. */
  rarest(type, fields, names) {
    const often = ({ name }) => (this.drawn.get(`${type.name}.${name}`) ?? 0) + (names.includes(`${type.name}.${name}`) ? 5 : 0);
    return fields.reduce((one, other) => (often(other) < often(one) ? other : one));
  }

  row(random, type) {
    const { table, key } = mapping.types[type];
    const rows = this.tables.get(table).filter((row) => !key || row[key]);
    return rows.length ? random.pick(rows) : undefined;
  }

  id(random, type) {
    const { prefix, key } = mapping.types[type];
    if (random.chance(0.04)) return idOf(prefix, "0190000000007000800000000000000f");
    if (random.chance(0.04) && this.foreign[type]) return random.pick(this.foreign[type]);
    const row = this.row(random, type);
    return row ? idOf(prefix, row[key ?? "id"]) : idOf(prefix, "0190000000007000800000000000000f");
  }

  anyId(random) {
    if (random.chance(0.02)) return "nonsense";
    return this.id(random, random.pick(this.nodes)[0]);
  }
}

/** The types that an argument's name names. */
const NAMED = {
  couponId: "Coupon", linkId: "Link",
  partnerId: "Partner", campaignId: "Campaign", groupId: "PartnerGroup", tierId: "PartnerTier", categoryId: "PartnerCategory", advertiserId: "Advertiser",
  customerId: "Customer", stageId: "PaymentStage", eventId: "Event", dealId: "Deal", payoutId: "Payout", runId: "PayoutRun",
};
const COLUMNS = {
  "CommissionFilter.recipient": ["commission", "recipient"], "CommissionFilter.recipients": ["commission", "recipient"],
  "EventFilter.type": ["event", "type"], "EventFilter.types": ["event", "type"], "EventFilter.externalIds": ["event", "external_id"],
  "CampaignFilter.externalIds": ["campaign", "external_id"], "CustomerFilter.externalIds": ["customer", "external_id"],
  "DealFilter.externalIds": ["deal", "external_id"], "PartnerFilter.externalIds": ["partner", "external_id"],
  "LinkFilter.keys": ["link", "key"], "TouchFilter.visitorIds": ["touch", "visitor_id"],
};
/** Whose moments filters are drawn from, where not those of commissions. */
const MOMENTS = {
  CampaignFilter: ["Campaign", "created_at"], CouponFilter: ["Coupon", "created_at"], CustomerFilter: ["Customer", "acquired_at"], DealFilter: ["Deal", "created_at"],
  EventFilter: ["Event", "recorded_at"], PartnerFilter: ["Partner", "created_at"], PartnershipRequestFilter: ["PartnershipRequest", "created_at"],
  LinkFilter: ["Link", "created_at"], PayoutFilter: ["Payout", "created_at"], TouchFilter: ["Touch", "occurred_at"],
};

export class Question {
  constructor(random, choices, left) {
    Object.assign(this, { random, choices, left, fragments: [], kept: new Map(), names: [], aliases: 0 });
  }

  /** A sound document; a `paged` one begins with a list that may go on. */
  static draw(random, choices, paged) {
    // What cannot be merged is drawn again, smaller.
    for (let size = 90; ; size = Math.max(5, size * 0.9)) {
      const question = new Question(random, choices, size);
      const body = paged ? question.paged() : question.set(schema.getQueryType(), 0);
      const text = [`query Drawn($yes: Boolean!, $no: Boolean!) ${body}`, `fragment Conditions on Query { __typename @include(if: $yes) @skip(if: $no) }`, ...question.fragments].join("\n");
      const used = text.replace("{ ", "{ ...Conditions ");
      if (validate(schema, parse(used)).length > 0) continue;
      for (const name of question.names) choices.drawn.set(name, (choices.drawn.get(name) ?? 0) + 1);
      return used;
    }
  }

  paged() {
    const { random } = this;
    const name = random.pick(Object.keys(mapping.roots).filter((name) => mapping.roots[name].page));
    const field = schema.getQueryType().getFields()[name];
    const below = this.set(getNamedType(field.type), 1).replace("{", "{ pageInfo { hasNextPage endCursor }");
    return `{ ${name}(first: ${1 + random.below(2)}) ${below} }`;
  }

  /** `mixed`: other types may stand in the same place, with other fields of the same name. */
  set(type, depth, mixed = isAbstractType(type)) {
    const { random } = this;
    const count = this.left < 0 ? 1 : 1 + random.below(depth === 0 ? 3 : /Connection$|Edge$/.test(type.name) ? 3 : Math.min(7, this.size(type)));
    return `{ ${Array.from({ length: count }, () => this.selection(type, depth, mixed)).join(" ")} }`;
  }

  size(type) {
    return isAbstractType(type) ? 4 : 1 + Object.keys(type.getFields()).length;
  }

  selection(type, depth, mixed) {
    const { random } = this;
    const condition = random.chance(0.1) ? ` @${random.pick(["skip", "include"])}(if: ${random.pick(["true", "false", "$yes", "$no"])})` : "";
    if (isAbstractType(type) ? random.chance(0.85) && depth < 9 : depth > 0 && this.left > 0 && random.chance(0.2)) {
      const on = isAbstractType(type) ? random.pick(schema.getPossibleTypes(type)) : random.pick([type, ...type.getInterfaces()]);
      const known = this.fragments.filter((text) => text.includes(` on ${on.name} `));
      if (known.length && random.chance(0.3)) return `...${random.pick(known).split(" ")[1]}${condition}`;
      if (random.chance(0.6)) return `... on ${on.name}${condition} ${this.set(on, depth + 1, mixed)}`;
      const body = this.set(on, depth + 1, mixed);
      const name = `F${this.fragments.length}`;
      this.fragments.push(`fragment ${name} on ${on.name} ${body}`);
      return `...${name}${condition}`;
    }
    return this.field(type, depth, condition, mixed);
  }

  field(type, depth, condition, mixed) {
    const { random } = this;
    this.left -= 1;
    let fields = type.getFields ? Object.values(type.getFields()).filter(({ name }) => !LEFT.has(`${type.name}.${name}`)) : [];
    if (depth > 7 || this.left < 0) fields = fields.filter((field) => isLeafType(getNamedType(field.type)));
    else if (depth > 0 && random.chance(0.3)) {
      const links = fields.filter((field) => !isLeafType(getNamedType(field.type)));
      if (links.length) fields = links;
    }
    if (fields.length === 0 || random.chance(0.06)) return `__typename${condition}`;
    const rows = /Connection$|Edge$/.test(type.name) && random.chance(0.7) ? fields.filter(({ name }) => ["nodes", "edges", "node"].includes(name)) : [];
    const field = rows.length ? random.pick(rows) : this.choices.rarest(type, Array.from({ length: 6 }, () => random.pick(fields)), this.names);
    this.names.push(`${type.name}.${field.name}`);
    const [given, isNew] = this.arguments(type, field);
    const alias = this.alias(type, field, isNew, mixed);
    const below = getNamedType(field.type);
    return `${alias}${field.name}${given}${condition}${isLeafType(below) ? "" : ` ${this.set(below, depth + 1)}`}`;
  }

  alias(type, { name }, isNew, mixed) {
    const { random } = this;
    // Other arguments under the same key could not be merged.
    if (isNew) return `${name}${(this.aliases += 1)}: `;
    if (mixed && name !== "id") return `${name}Of${type.name}: `;
    return random.chance(0.15) ? `${random.chance(0.1) ? random.pick(["a", "b"]) : `${name}${random.pick(["", "Too"])}`}: ` : "";
  }

  /** Mostly those that the field had before, so that equal keys may be merged. */
  arguments(type, field) {
    const name = `${type.name}.${field.name}`;
    const isNew = this.kept.has(name) && field.args.length > 0 && this.random.chance(0.2);
    if (isNew) return [this.drawnArguments(type, field), true];
    if (!this.kept.has(name)) this.kept.set(name, this.drawnArguments(type, field));
    return [this.kept.get(name), false];
  }

  drawnArguments(type, field) {
    const { random, choices } = this;
    const { name } = field;
    const has = (argument) => field.args.some((each) => each.name === argument);
    const given = [];
    if (has("first")) {
      const size = random.chance(0.03) ? 0 : 1 + random.below(type.name === "Query" ? 4 : 2);
      if (random.chance(0.85)) given.push(`${random.chance(0.8) ? "first" : "last"}: ${size}`);
    }
    if (type.name === "Query" && mapping.roots[name]?.one) {
      const of = mapping.roots[name].one;
      const external = has("externalId") && random.chance(0.2) ? choices.row(random, of)?.external_id : undefined;
      given.push(typeof external === "string" ? `externalId: ${JSON.stringify(external)}` : `id: "${choices.id(random, of)}"`);
    } else if (type.name === "Query" && name === "node") given.push(`id: "${choices.anyId(random)}"`);
    else if (type.name === "Query" && name === "nodes") given.push(`ids: [${Array.from({ length: 1 + random.below(5) }, () => `"${choices.anyId(random)}"`).join(", ")}]`);
    else if (name === "_entities") given.push(`representations: [${Array.from({ length: 1 + random.below(4) }, () => this.representation()).join(", ")}]`);
    else if (name === "eventDecisionTotals") given.push('from: "2000-01-01T00:00:00Z", to: "2100-01-01T00:00:00Z"');
    for (const argument of field.args) {
      if (["id", "ids", "externalId", "representations", "first", "last", "after", "before", "from", "to"].includes(argument.name)) continue;
      if (random.chance(0.3)) given.push(`${argument.name}: ${this.literal(argument.type, argument.name)}`);
    }
    return given.length ? `(${given.join(", ")})` : "";
  }

  representation() {
    const { random, choices } = this;
    const type = random.pick(["Campaign", "Commission", "Partner", "PartnerGroup"]);
    return `{ __typename: "${random.chance(0.03) ? "Event" : type}", id: "${choices.id(random, type)}" }`;
  }

  literal(type, name, place) {
    const { random, choices } = this;
    const inner = getNullableType(type);
    if (isListType(inner)) return `[${Array.from({ length: 1 + random.below(3) }, () => this.literal(inner.ofType, name, place)).join(", ")}]`;
    if (isEnumType(inner)) return random.pick(inner.getValues()).name;
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields()).filter((field) => !UNDRAWN.has(`${inner.name}.${field.name}`));
      const chosen = fields.filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined) || random.chance(inner.name.endsWith("Order") ? 0.7 : 0.2));
      // Amounts do not compare without their currency.
      const isBare = chosen.some(({ name }) => /^(min|max)(Amount|Value)$/.test(name)) && !chosen.some(({ name }) => name === "currency");
      if (isBare) chosen.push(inner.getFields().currency);
      return `{ ${chosen.map((field) => `${field.name}: ${this.literal(field.type, field.name, `${inner.name}.${field.name}`)}`).join(", ")} }`;
    }
    if (inner.name === "ID") return `"${choices.id(random, NAMED[name.replace(/Ids$/, "Id")])}"`;
    if (inner.name === "Decimal") return `"${random.pick(["-10", "0", "0.005", "5", "12.50", "40"])}"`;
    if (inner.name === "Boolean") return random.pick(["true", "false"]);
    if (inner.name === "CurrencyCode") return `"${random.pick(["EUR", "EUR", "USD", "JPY"])}"`;
    if (inner.name === "DateTime") {
      const [type, column] = MOMENTS[place.split(".")[0]] ?? ["Commission", "accrued_at"];
      return `"${choices.row(random, type)[column].slice(0, 19)}Z"`;
    }
    const values = place.startsWith("PartnerFilter.tag") ? choices.tables.get("partner").flatMap((row) => row.tags) : choices.tables.get(COLUMNS[place][0]).map((row) => row[COLUMNS[place][1]]).filter(Boolean);
    return JSON.stringify(values.length ? random.pick(values) : "none");
  }
}
