// Writes a field of the schema into a query: with its required arguments, and with enough selections to be valid.
"use strict";

(() => {
  const { named, isRequired } = window.tributary.schema;
  const { walk } = window.tributary.cursor;

  // Valid placeholders, to be overwritten with the intended value; other scalars are written as strings.
  const PLACEHOLDERS = {
    Int: () => "0",
    Float: () => "0",
    Boolean: () => "false",
    JSON: () => "{}",
    Decimal: () => '"0"',
    Date: () => JSON.stringify(new Date().toISOString().slice(0, 10)),
    DateTime: () => JSON.stringify(new Date().toISOString()),
  };
  // Fields that distinguish objects, and fields that every payload has.
  const TELLING = ["id", "name", "amount", "currency", "code", "message", "label"];
  const DEEPEST = 3;

  const placeholder = (schema, type, depth) => {
    if (type.kind === "NON_NULL") return placeholder(schema, type.ofType, depth);
    if (type.kind === "LIST") return `[${placeholder(schema, type.ofType, depth)}]`;
    const of = schema.types.get(type.name);
    if (of?.kind === "ENUM") return of.enumValues[0].name;
    if (of?.kind !== "INPUT_OBJECT") return PLACEHOLDERS[type.name]?.() ?? '""';
    const required = depth < DEEPEST ? of.inputFields.filter(isRequired) : [];
    return required.length ? `{ ${written(schema, required, depth + 1)} }` : "{}";
  };
  const written = (schema, inputs, depth) =>
    inputs.map((input) => `${input.name}: ${placeholder(schema, input.type, depth)}`).join(", ");

  const isLeaf = (schema, field) => ["SCALAR", "ENUM"].includes(schema.types.get(named(field.type))?.kind);
  const isFree = (field) => !field.isDeprecated && !field.args.some(isRequired);

  /** The lines that select a few fields of a type. */
  const selection = (schema, typeName, indent, depth) => {
    const type = schema.types.get(typeName);
    const free = (type?.fields ?? []).filter(isFree);
    const lines = [];
    const inner = (name) => {
      const field = free.find((candidate) => candidate.name === name);
      if (field && depth < DEEPEST) lines.push(...lineOf(schema, field, indent, depth + 1));
      return field;
    };
    const isPage = inner("nodes");
    const leaves = isPage ? [] : free.filter((field) => isLeaf(schema, field));
    const telling = leaves.filter((field) => TELLING.includes(field.name));
    lines.push(...(telling.length ? telling : leaves.slice(0, 3)).map((field) => indent + field.name));
    if (inner("userErrors")) {
      const result = free.find((field) => field.name !== "userErrors" && !isLeaf(schema, field));
      if (result) inner(result.name);
    }
    if (lines.length === 0) {
      const first = free.find((field) => !isLeaf(schema, field));
      if (first) inner(first.name);
    }
    return lines.length ? lines : [`${indent}__typename`];
  };

  const lineOf = (schema, field, indent, depth) => {
    const required = field.args.filter(isRequired);
    const line = indent + field.name + (required.length ? `(${written(schema, required, 0)})` : "");
    if (isLeaf(schema, field)) return [line];
    return [`${line} {`, ...selection(schema, named(field.type), `${indent}  `, depth), `${indent}}`];
  };

  /**
   * The change that adds a field of a type to a document: replace `start` to `end` by `text`. In the selection that
   * contains the cursor, or else in the first of the type. `null`: the document has no selection of the type; without text:
   * the field is selected already.
   */
  const insertion = (schema, document, cursor, typeName, field) => {
    const closed = walk(schema, document).selections.filter((found) => found.type?.name === typeName && found.close !== null);
    const around = closed.filter((found) => found.open <= cursor && cursor <= found.close);
    const into = around.at(-1) ?? closed[0];
    if (!into) return null;
    if (into.fields.includes(field.name)) return {};
    const before = document.slice(0, into.open);
    const indent = before.slice(before.lastIndexOf("\n") + 1).match(/^ */)[0];
    const lines = lineOf(schema, field, `${indent}  `, 0).join("\n");
    const content = document.slice(into.open, into.close).trimEnd();
    const start = into.open + content.length;
    return { start, end: into.close, text: `\n${lines}\n${indent}` };
  };

  /** A document that selects one field of a root. */
  const operation = (schema, kind, field) =>
    `${kind} ${field.name[0].toUpperCase()}${field.name.slice(1)} {\n${lineOf(schema, field, "  ", 0).join("\n")}\n}\n`;

  window.tributary.insert = { insertion, operation };
})();
