// The schema, as the gateway's introspection describes it.
"use strict";

(() => {
  // Types have at most three wrappers: [T!]!
  const QUERY = `query Schema {
    __schema {
      queryType { name } mutationType { name } subscriptionType { name }
      types {
        kind name description
        fields(includeDeprecated: true) { ...Described isDeprecated deprecationReason args(includeDeprecated: true) { ...Input } type { ...Wrapped } }
        inputFields(includeDeprecated: true) { ...Input }
        interfaces { name }
        possibleTypes { name }
        enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      }
    }
  }
  fragment Described on __Field { name description }
  fragment Input on __InputValue { name description defaultValue isDeprecated deprecationReason type { ...Wrapped } }
  fragment Wrapped on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }`;

  /** Types by name, and the names of the root types. */
  const model = ({ queryType, mutationType, subscriptionType, types }) => ({
    roots: { query: queryType?.name, mutation: mutationType?.name, subscription: subscriptionType?.name },
    types: new Map(types.map((type) => [type.name, type])),
  });

  /** The name of the type inside its wrappers. */
  const named = (type) => (type.ofType ? named(type.ofType) : type.name);

  /** The type in GraphQL notation, in three parts: what precedes its name, the name, and what follows. */
  const written = (type) => {
    if (type.kind === "NON_NULL") {
      const [before, name, after] = written(type.ofType);
      return [before, name, `${after}!`];
    }
    if (type.kind === "LIST") {
      const [before, name, after] = written(type.ofType);
      return [`[${before}`, name, `${after}]`];
    }
    return ["", type.name, ""];
  };

  const isRequired = (input) => input.type.kind === "NON_NULL" && input.defaultValue === null;

  const TYPENAME = {
    name: "__typename",
    description: "The name of the object's type.",
    args: [],
    type: { kind: "NON_NULL", ofType: { kind: "SCALAR", name: "String" } },
    isDeprecated: false,
  };

  /** A type's field, including the one that all types have. */
  const field = (type, name) =>
    name === TYPENAME.name ? TYPENAME : (type?.fields?.find((candidate) => candidate.name === name) ?? null);

  /** The results of a search for some letters, the best first. */
  const search = (schema, words, most) => {
    const wanted = words.trim().toLowerCase();
    if (!wanted) return [];
    const found = [];
    const consider = (name, entry, penalty) => {
      const at = name.toLowerCase().indexOf(wanted);
      if (at < 0) return;
      const rank = name.length === wanted.length ? 0 : at === 0 ? 1 : 2;
      found.push({ ...entry, name, rank: rank * 10 + penalty });
    };
    for (const type of schema.types.values()) {
      if (type.name.startsWith("__")) continue;
      consider(type.name, { kind: "type", type }, 0);
      for (const member of type.fields ?? []) {
        const isRoot = Object.values(schema.roots).includes(type.name);
        consider(member.name, { kind: "field", type, field: member }, isRoot ? 1 : 2);
        for (const argument of member.args) consider(argument.name, { kind: "argument", type, field: member }, 4);
      }
      for (const member of type.inputFields ?? []) consider(member.name, { kind: "input", type, field: member }, 3);
      for (const value of type.enumValues ?? []) consider(value.name, { kind: "value", type }, 3);
    }
    found.sort((one, other) => one.rank - other.rank || one.name.localeCompare(other.name));
    return found.slice(0, most);
  };

  window.tributary.schema = { QUERY, TYPENAME, model, named, written, isRequired, field, search };
})();
