// Where the cursor is in a query: in which type's selection, in which field's arguments. A walk over the tokens that
// tolerates incomplete input.
"use strict";

(() => {
  const { tokens } = window.tributary.language;
  const { field, named } = window.tributary.schema;

  const KINDS = ["query", "mutation", "subscription"];

  /** A place within brackets: what may be typed there, and what was last read. */
  const place = (kind, more) => ({ kind, type: null, inputs: [], current: null, wants: null, pending: null, ...more });

  /**
   * Reads a document up to `end`. Returns the places that are open there, outermost first, and all selections that were
   * read: their type, the fields in them, and where their braces are.
   */
  const walk = (schema, text, end = text.length) => {
    const type = (name) => schema.types.get(name) ?? null;
    const inputsOf = (input) => (input ? (type(named(input.type))?.inputFields ?? []) : []);
    const open = [place("document")];
    const selections = [];
    const read = tokens(text).filter((token) => token.kind !== "comment" && token.end <= end);

    const enter = (token) => {
      const top = open.at(-1);
      if (token.text === "(") {
        if (top.kind === "document") open.push(place("variables"));
        else open.push(place("arguments", { inputs: top.ofDirective ? [] : (top.current?.args ?? []) }));
      } else if (token.text === "[") {
        open.push(place("list", { current: top.current, wants: "value" }));
      } else if (top.kind === "document" || top.kind === "selection") {
        const inner = top.kind === "document" ? (top.pending ?? type(schema.roots.query)) : top.pending;
        const next = inner ?? (top.current ? type(named(top.current.type)) : null);
        const selection = { type: next, open: token.end, close: null, fields: [] };
        selections.push(selection);
        open.push(place("selection", { type: next, selection }));
        top.pending = null;
      } else {
        open.push(place("arguments", { inputs: inputsOf(top.current) }));
      }
    };

    read.forEach((token, index) => {
      const top = open.at(-1);
      const before = read[index - 1];
      const follows = read[index + 1]?.text;
      if (token.kind === "sign" && "{([".includes(token.text)) return enter(token);
      if (token.kind === "sign" && "})]".includes(token.text)) {
        if (open.length > 1) open.pop();
        if (top.selection) top.selection.close = token.start;
        const outer = open.at(-1);
        outer.wants = outer.kind === "list" ? "value" : null;
        if (token.text !== ")") outer.ofDirective = false;
        return undefined;
      }
      if (token.kind === "directive") top.ofDirective = true;
      if (token.text === ":") top.wants = "value";
      else if (token.text === "...") {
        top.wants = "spread";
        top.pending = top.type;
      } else if (token.kind !== "sign" && token.kind !== "directive" && top.kind !== "list") {
        const wanted = top.wants;
        top.wants = null;
        if (top.kind === "document") {
          // A name may be any word, even one that is a keyword elsewhere.
          if (wanted === "type") top.pending = type(token.text);
          else if (wanted !== "name" && token.text === "on") top.wants = "type";
          else if (wanted !== "name" && [...KINDS, "fragment"].includes(token.text)) {
            top.pending = type(schema.roots[token.text]);
            top.wants = "name";
          }
        } else if (top.kind === "selection") {
          if (before?.text === "on" && read[index - 2]?.text === "...") top.pending = type(token.text);
          else if (token.text === "on" && wanted === "spread") top.wants = "type";
          else if (wanted === "spread") top.pending = null;
          else if (follows !== ":") {
            top.current = field(top.type, token.text);
            top.selection.fields.push(token.text);
            top.pending = null;
            top.ofDirective = false;
          }
        } else if (top.kind === "arguments" && wanted !== "value") {
          top.current = top.inputs.find((input) => input.name === token.text) ?? null;
        }
      }
      return undefined;
    });
    return { open, selections };
  };

  /** The place of the cursor, and the beginning of the word typed there. */
  const at = (schema, text, cursor) => {
    const around = tokens(text).find((token) => token.start < cursor && cursor <= token.end);
    if (around && ["comment", "string", "number"].includes(around.kind)) {
      const isOver = around.kind === "string" && cursor === around.end && around.text.length > 1;
      if (!isOver) return null;
    }
    const isWord = around && ["name", "variable"].includes(around.kind);
    const start = isWord ? around.start : cursor;
    const { open } = walk(schema, text, start);
    return { place: open.at(-1), prefix: text.slice(start, cursor), start };
  };

  window.tributary.cursor = { walk, at };
})();
