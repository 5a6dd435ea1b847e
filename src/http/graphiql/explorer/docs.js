// The schema's documentation, to browse and to search.
"use strict";

(() => {
  const { make, debounce } = window.tributary.elements;
  const { written, search } = window.tributary.schema;

  const MOST_FOUND = 80;
  const ROOTS = { query: "Query", mutation: "Mutation", subscription: "Subscription" };
  const KINDS = {
    OBJECT: "type", INTERFACE: "interface", UNION: "union", ENUM: "enum", INPUT_OBJECT: "input", SCALAR: "scalar",
  };

  /** A description's paragraphs, with `code` between backticks. */
  const described = (text) =>
    (text ?? "").split(/\n\s*\n/).filter(Boolean).map((paragraph) =>
      make("p", {}, paragraph.split(/`([^`]+)`/).map((part, index) => (index % 2 ? make("code", {}, part) : part))));

  const deprecation = ({ isDeprecated, deprecationReason }) =>
    isDeprecated ? make("p", { className: "warning" }, make("strong", {}, "Deprecated. "), deprecationReason ?? "") : null;

  /** `insert` writes a field of a type into the query; `reload` requests the schema again. */
  const createDocs = ({ insert, reload }) => {
    let schema = null;
    // The places visited, of which the last one is shown: type and field names, or nothing for the roots.
    let path = [{}];
    const field = make("input", {
      type: "search", placeholder: "Search the schema", "aria-label": "Search the schema", title: "Ctrl-K",
    });
    const trail = make("nav", { className: "trail", "aria-label": "Looked at before" });
    const body = make("div", { className: "docs-body" });
    const element = make("aside", { className: "docs", "aria-label": "Schema" }, make("div", { className: "docs-head" }, field, trail), body);

    const go = (place) => {
      field.value = "";
      path.push(place);
      show();
      body.scrollTop = 0;
      body.querySelector("h2")?.focus();
    };
    const link = (text, place, className) =>
      make("button", { type: "button", className: `link ${className}`, onclick: () => go(place) }, text);
    const typeLink = (type) => {
      const [before, name, after] = written(type);
      return make("span", { className: "type" }, before, link(name, { type: name }, "is-type"), after);
    };
    const argument = (input) =>
      make("li", {},
        make("div", { className: "signature" },
          make("span", { className: `is-key${input.isDeprecated ? " deprecated" : ""}` }, input.name), ": ", typeLink(input.type),
          input.defaultValue === null ? "" : ` = ${input.defaultValue}`),
        described(input.description), deprecation(input));
    const adder = (type, member) =>
      make("button", {
        type: "button", className: "add", title: `Put ${member.name} into the query`,
        "aria-label": `Put ${member.name} into the query`, onclick: () => insert(type, member),
      }, "+");
    const member = (type, of) =>
      make("li", {},
        make("div", { className: "signature" },
          link(of.name, { type: type.name, field: of.name }, `is-name${of.isDeprecated ? " deprecated" : ""}`),
          of.args.length ? make("span", { className: "quiet" }, `(${of.args.map(({ name }) => name).join(", ")})`) : "",
          ": ", typeLink(of.type), adder(type, of)),
        described(of.description).slice(0, 1), of.isDeprecated ? deprecation(of) : null);
    const list = (title, items) => (items?.length ? [make("h3", {}, title), make("ul", { className: "members" }, items)] : []);
    const heading = (...content) => make("h2", { tabIndex: -1 }, ...content);

    const rootsView = () => [
      heading("Schema"),
      make("p", {}, "Everything that can be asked for begins here."),
      ...list("Roots", Object.entries(ROOTS).filter(([kind]) => schema.roots[kind]).map(([kind]) => {
        const name = schema.roots[kind];
        return make("li", {}, make("div", { className: "signature" }, `${kind}: `, link(name, { type: name }, "is-type")),
          described(schema.types.get(name)?.description).slice(0, 1));
      })),
      ...list("Types", [...schema.types.values()]
        .filter(({ name }) => !name.startsWith("__") && !Object.values(schema.roots).includes(name))
        .sort((one, other) => one.name.localeCompare(other.name))
        .map(({ name, kind }) => make("li", {}, make("div", { className: "signature" },
          link(name, { type: name }, "is-type"), make("span", { className: "quiet" }, ` ${KINDS[kind]}`))))),
    ];
    const typeView = (type) => [
      heading(make("span", { className: "quiet" }, `${KINDS[type.kind]} `), type.name),
      ...described(type.description),
      ...list("Implements", type.interfaces?.map(({ name }) => make("li", {}, link(name, { type: name }, "is-type")))),
      ...list("Is one of", type.possibleTypes?.map(({ name }) => make("li", {}, link(name, { type: name }, "is-type")))),
      ...list("Fields", type.fields?.map((of) => member(type, of))),
      ...list("Input fields", type.inputFields?.map(argument)),
      ...list("Values", type.enumValues?.map((value) => make("li", {},
        make("div", { className: `signature is-key${value.isDeprecated ? " deprecated" : ""}` }, value.name),
        described(value.description), deprecation(value)))),
    ];
    const fieldView = (type, of) => [
      heading(make("span", { className: "quiet" }, `${type.name}.`), of.name),
      make("div", { className: "signature" }, typeLink(of.type), adder(type, of)),
      ...described(of.description), deprecation(of) ?? "",
      ...list("Arguments", of.args.map(argument)),
    ];
    const foundView = (words) => {
      const found = search(schema, words, MOST_FOUND);
      const items = found.map(({ kind, name, type, field: of }) => make("li", {}, make("div", { className: "signature" },
        kind === "type" ? link(name, { type: type.name }, "is-type")
          : kind === "field" ? [make("span", { className: "quiet" }, `${type.name}.`), link(name, { type: type.name, field: of.name }, "is-name"), adder(type, of)]
          : [make("span", { className: "quiet" }, `${type.name}${kind === "argument" ? `.${of.name}` : ""} `),
             link(name, kind === "argument" ? { type: type.name, field: of.name } : { type: type.name }, "is-key")])));
      return [
        make("p", { className: "quiet", role: "status" },
          found.length === MOST_FOUND ? `The first ${MOST_FOUND} that are found` : `${found.length} found`),
        make("ul", { className: "members found" }, items),
      ];
    };

    const show = () => {
      trail.replaceChildren(...path.slice(0, -1).slice(-3).map((place) => {
        const index = path.indexOf(place);
        const text = place.field ?? place.type ?? "Schema";
        return make("button", { type: "button", className: "link", onclick: () => {
          path = path.slice(0, index + 1);
          field.value = "";
          show();
        } }, `${text} \u203a`);
      }));
      if (!schema) return;
      const { type: typeName, field: fieldName } = path.at(-1);
      const type = schema.types.get(typeName);
      const of = type?.fields?.find(({ name }) => name === fieldName);
      body.replaceChildren(...(field.value.trim() ? foundView(field.value) : of ? fieldView(type, of) : type ? typeView(type) : rootsView()));
    };
    field.addEventListener("input", debounce(80, show));

    return {
      element,
      search: field,
      setSchema: (found) => {
        schema = found;
        path = path.filter(({ type }) => !type || schema.types.has(type));
        show();
      },
      /** Why there is no schema. */
      setProblem: (text) => {
        if (schema) return;
        body.replaceChildren(
          make("p", { className: "warning", role: "status" }, text),
          make("button", { type: "button", className: "plain", onclick: reload }, "Ask again"),
        );
      },
    };
  };

  window.tributary.createDocs = createDocs;
})();
