// The tokens of GraphQL and JSON, as far as colouring and completion need them.
"use strict";

(() => {
  const { make } = window.tributary.elements;

  // In each, the name of the group that matches is the token's kind.
  const GRAPHQL = new RegExp(
    [
      String.raw`(?<comment>#[^\n]*)`,
      String.raw`(?<string>"""(?:[^"]|"(?!""))*(?:"""|$)|"(?:\\.|[^"\\\n])*"?)`,
      String.raw`(?<variable>\$[_A-Za-z0-9]*)`,
      String.raw`(?<directive>@[_A-Za-z0-9]*)`,
      String.raw`(?<number>-?[0-9][-+.0-9A-Za-z]*)`,
      String.raw`(?<name>[_A-Za-z][_A-Za-z0-9]*)`,
      String.raw`(?<sign>\.\.\.|[^\s,])`,
    ].join("|"),
    "g",
  );
  const JSON_TEXT = new RegExp(
    [
      String.raw`(?<key>"(?:\\.|[^"\\\n])*"(?=\s*:))`,
      String.raw`(?<string>"(?:\\.|[^"\\\n])*"?)`,
      String.raw`(?<number>-?[0-9][-+.0-9A-Za-z]*)`,
      String.raw`(?<keyword>true|false|null)`,
      String.raw`(?<sign>[^\s])`,
    ].join("|"),
    "g",
  );
  const KEYWORDS = new Set(["query", "mutation", "subscription", "fragment", "on", "true", "false", "null"]);

  const tokens = (text, pattern = GRAPHQL) =>
    [...text.matchAll(pattern)].map((match) => ({
      kind: Object.keys(match.groups).find((kind) => match.groups[kind] !== undefined),
      text: match[0],
      start: match.index,
      end: match.index + match[0].length,
    }));

  /** The token that follows tells whether a name is a key or a field; colouring needs no more than that. */
  const colour = (token, next) => {
    if (token.kind !== "name") return token.kind;
    if (KEYWORDS.has(token.text)) return "keyword";
    return next?.text === ":" ? "key" : "name";
  };

  // Colouring longer texts would take the browser longer than it is worth.
  const MOST_COLOURED = 300_000;

  /** The text split into coloured pieces. */
  const coloured = (text, language) => {
    const fragment = document.createDocumentFragment();
    if (text.length > MOST_COLOURED) {
      fragment.append(text);
      return fragment;
    }
    let end = 0;
    const all = tokens(text, language === "json" ? JSON_TEXT : GRAPHQL);
    all.forEach((token, index) => {
      fragment.append(text.slice(end, token.start));
      fragment.append(make("span", { className: `is-${colour(token, all[index + 1])}` }, token.text));
      end = token.end;
    });
    fragment.append(text.slice(end));
    return fragment;
  };

  /** The operations of a document: kind, name (or null), start and end. */
  const operations = (text) => {
    const found = [];
    let depth = 0;
    let current = null;
    let isFragment = false;
    tokens(text).forEach((token, index, all) => {
      if (depth === 0 && token.kind === "name") {
        if (["query", "mutation", "subscription"].includes(token.text) && !current) {
          const name = all[index + 1];
          current = { kind: token.text, name: name?.kind === "name" ? name.text : null, start: token.start };
        } else if (token.text === "fragment" && !current) isFragment = true;
      }
      if (token.kind !== "sign") return;
      if ("{([".includes(token.text)) {
        if (depth === 0 && token.text === "{" && !current && !isFragment) {
          current = { kind: "query", name: null, start: token.start };
        }
        depth += 1;
      } else if ("})]".includes(token.text)) {
        depth = Math.max(0, depth - 1);
        if (depth === 0 && token.text === "}") {
          if (current) found.push({ ...current, end: token.end });
          current = null;
          isFragment = false;
        }
      }
    });
    if (current) found.push({ ...current, end: text.length });
    return found;
  };

  window.tributary.language = { tokens, coloured, operations };
})();
