// Completions: what may be typed at the cursor.
"use strict";

(() => {
  const { named, written, TYPENAME } = window.tributary.schema;
  const { at } = window.tributary.cursor;
  const { tokens } = window.tributary.language;

  const typed = (type) => written(type).join("");
  const word = (name, detail = "") => ({ name, insert: name, detail });

  const fields = ({ type }) => [...(type.fields ?? []), TYPENAME].map((field) => ({
    ...word(field.name, typed(field.type)),
    isDeprecated: field.isDeprecated,
  }));

  const inputs = ({ inputs: all }) =>
    all.map((input) => ({ ...word(input.name, typed(input.type)), insert: `${input.name}: `, isDeprecated: input.isDeprecated }));

  const values = (schema, { current }, text) => {
    const type = current && schema.types.get(named(current.type));
    const variables = new Set(tokens(text).filter((token) => token.kind === "variable" && token.text.length > 1).map((token) => token.text));
    const literals = type?.kind === "ENUM" ? type.enumValues.map((value) => word(value.name, type.name)) : [];
    const flags = type?.name === "Boolean" ? [word("true"), word("false")] : [];
    return [...literals, ...flags, ...[...variables].map((name) => word(name, "variable"))];
  };

  const conditions = (schema, { type }) => {
    const possible = type.possibleTypes?.map((of) => of.name) ?? [];
    return [...possible, ...(type.interfaces ?? []).map((of) => of.name), type.name].map((name) => word(name));
  };

  const inputTypes = (schema) =>
    [...schema.types.values()]
      .filter((type) => ["SCALAR", "ENUM", "INPUT_OBJECT"].includes(type.kind) && !type.name.startsWith("__"))
      .map((type) => word(type.name));

  const composites = (schema) =>
    [...schema.types.values()]
      .filter((type) => ["OBJECT", "INTERFACE", "UNION"].includes(type.kind) && !type.name.startsWith("__"))
      .map((type) => word(type.name));

  const all = (schema, place, text) => {
    switch (place.kind) {
      case "document":
        if (place.wants === "name") return [];
        if (place.wants === "type") return composites(schema);
        return ["query", "mutation", "subscription", "fragment"].map((name) => word(name));
      case "variables":
        return place.wants === "value" ? inputTypes(schema) : [];
      case "selection":
        if (!place.type) return [];
        if (place.wants === "type") return conditions(schema, place);
        if (place.wants === "spread") return [{ ...word("on"), insert: "on " }];
        return fields(place);
      default:
        return place.wants === "value" ? values(schema, place, text) : inputs(place);
    }
  };

  /** The candidates that begin with what was typed, then those that contain it; and what they replace. `null`: none. */
  const completions = (schema, text, cursor) => {
    const found = at(schema, text, cursor);
    if (!found) return null;
    const prefix = found.prefix.toLowerCase();
    const candidates = all(schema, found.place, text).filter(({ name }) => name.toLowerCase().includes(prefix));
    const rank = ({ name, isDeprecated }) => (name.toLowerCase().startsWith(prefix) ? 0 : 1) + (isDeprecated ? 2 : 0);
    candidates.sort((one, other) => rank(one) - rank(other) || one.name.localeCompare(other.name));
    // A name that is already complete needs no list.
    if (candidates.length === 0 || candidates[0].name === found.prefix) return null;
    return { candidates, start: found.start, prefix: found.prefix };
  };

  window.tributary.complete = { completions };
})();
