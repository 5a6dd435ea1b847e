// Documents drawn from the schema: mostly sound, with fragments, variables, aliases and directives.

import { getNamedType, isAbstractType, isLeafType, isObjectType, isNonNullType } from "graphql";
import { schema } from "./gateway.mjs";
import { json, literal, required } from "./values.mjs";

const composites = Object.values(schema.getTypeMap()).filter(
  (type) => (isObjectType(type) || isAbstractType(type)) && !type.name.startsWith("__"),
);
const objectsOf = (type) => (isAbstractType(type) ? schema.getPossibleTypes(type) : [type]);
const overlapping = (type) => composites.filter((other) => objectsOf(other).some((object) => objectsOf(type).includes(object)));

export function draw(random) {
  return new Drawing(random).draw();
}

class Drawing {
  constructor(random) {
    this.random = random;
    this.fragments = [];
    this.variables = new Map();
    this.left = 60;
  }

  draw() {
    const { random } = this;
    const kind = random.chance(0.8) ? "query" : "mutation";
    const root = kind === "query" ? schema.getQueryType() : schema.getMutationType();
    const body = this.set(root, 0);
    const declared = [...this.variables].map(([name, { type, initial }]) => `$${name}: ${type}${initial ? ` = ${initial}` : ""}`);
    const values = {};
    for (const [name, { type, of }] of this.variables) if (isNonNullType(type) || random.chance(0.7)) values[name] = json(of);
    const name = random.chance(0.7) ? " Drawn" : "";
    const head = name || declared.length || kind !== "query" ? `${kind}${name}${declared.length ? `(${declared.join(", ")})` : ""} ` : "";
    const parts = random.shuffled([head + body, ...this.fragments]);
    return { text: parts.join("\n"), values };
  }

  set(type, depth) {
    const { random } = this;
    const count = 1 + random.below(depth === 0 ? 2 : 3);
    const items = Array.from({ length: count }, () => this.selection(type, depth));
    return `{ ${items.join(" ")} }`;
  }

  selection(type, depth) {
    const { random } = this;
    const directive = random.chance(0.1) ? this.directive() : "";
    if (depth < 8 && this.left > 0 && random.chance(0.25)) {
      const on = random.chance(0.3) ? type : random.pick(overlapping(type));
      if (random.chance(0.3)) return `... ${on === type && random.chance(0.5) ? "" : `on ${on.name}`}${directive} ${this.set(on, depth + 1)}`;
      // The same fragment may be spread again.
      const known = this.fragments.filter((text) => text.includes(` on ${on.name} `));
      if (known.length && random.chance(0.4)) return `...${random.pick(known).split(" ")[1]}${directive}`;
      const name = `F${this.fragments.length}`;
      const index = this.fragments.push(`fragment ${name} on ${on.name} `) - 1;
      // Put down first, so that nothing inside spreads it.
      this.fragments[index] = "";
      const body = this.set(on, depth + 1);
      this.fragments[index] = `fragment ${name} on ${on.name} ${body}`;
      return `...${name}${directive}`;
    }
    return this.field(type, depth, directive);
  }

  field(type, depth, directive) {
    const { random } = this;
    this.left -= 1;
    const alias = random.chance(0.15) ? `${random.pick(["a", "b", "c"])}: ` : "";
    let fields = type.getFields ? Object.values(type.getFields()) : [];
    if (depth > 7 || this.left < 0) fields = fields.filter((field) => isLeafType(getNamedType(field.type)));
    if (fields.length === 0 || random.chance(0.05)) return `${alias}__typename${directive}`;
    const field = random.pick(fields);
    const given = field.args.filter((argument) => required(argument) || random.chance(0.2));
    // One of the two ends of a list.
    const kept = given.some(({ name }) => name === "first") ? given.filter(({ name }) => name !== "last") : given;
    const values = kept.map((argument) => {
      const hole = (wanted, hasDefault) => this.variable(wanted, hasDefault);
      return `${argument.name}: ${literal(random, argument.type, hole, argument.defaultValue !== undefined)}`;
    });
    const inside = values.length ? `(${values.join(", ")})` : "";
    const below = getNamedType(field.type);
    return `${alias}${field.name}${inside}${directive}${isLeafType(below) ? "" : ` ${this.set(below, depth + 1)}`}`;
  }

  /** A variable for a place of this type, now and then. */
  variable(type, hasDefault) {
    const { random } = this;
    if (!random.chance(0.15)) return undefined;
    const bare = isNonNullType(type) ? type.ofType : type;
    const known = [...this.variables].filter(([, { of, initial }]) => `${of}` === `${bare}` && !initial);
    if (known.length && !isNonNullType(type) && random.chance(0.3)) return `$${random.pick(known)[0]}`;
    const name = `v${this.variables.size}`;
    const way = random.below(3);
    const initial = way === 1 ? literal(random, schemaNonNull(bare)) : undefined;
    const strict = isNonNullType(type) ? way !== 1 && !(hasDefault && way === 2) : way === 2;
    this.variables.set(name, { type: strict && !isNonNullType(bare) ? schemaNonNull(bare) : bare, of: bare, initial: initial === "null" ? undefined : initial });
    return `$${name}`;
  }

  directive() {
    const { random } = this;
    const condition = random.chance(0.5) ? random.pick(["true", "false"]) : this.variable(schemaNonNull(schema.getType("Boolean")), false) ?? "true";
    return ` @${random.pick(["skip", "include"])}(if: ${condition})`;
  }
}

import { GraphQLNonNull } from "graphql";

function schemaNonNull(type) {
  return isNonNullType(type) ? type : new GraphQLNonNull(type);
}
