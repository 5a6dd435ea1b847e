// Our own explorer, which replaces GraphiQL if its files are not available. It needs nothing but the gateway.
"use strict";

(() => {
  const { make, debounce, arrows } = window.tributary.elements;
  const { operations } = window.tributary.language;
  const { headersAtStart, keepHeaders, parseHeaders, ask, ONE_ANSWER } = window.tributary.transport;
  const { QUERY, model } = window.tributary.schema;
  const { completions } = window.tributary.complete;
  const { insertion, operation: written } = window.tributary.insert;
  const { createEditor, createDocs, createResults, createTabs } = window.tributary;

  const SCHEMA_ID = "schema";

  const startExplorer = (root, notice) => {
    let schema = null;
    let headersText = headersAtStart;
    document.title = "Tributary: explorer";

    const tabs = createTabs({ onopen: (tab) => {
      results.clear();
      query.show(tab.query);
      variables.show(tab.variables);
      if (tab.variables) lower.open(0);
      chooseOperation();
    } });

    const query = createEditor({
      id: "query", label: "Operation in GraphQL", language: "graphql", text: tabs.current().query,
      complete: (text, cursor) => (schema ? completions(schema, text, cursor) : null),
      oninput: (text) => {
        tabs.edit({ query: text });
        chooseOperation();
      },
    });
    const variables = createEditor({
      id: "variables", label: "Variables as JSON", language: "json", text: tabs.current().variables,
      oninput: (text) => tabs.edit({ variables: text }),
    });
    const headers = createEditor({
      id: "headers", label: "Headers as JSON", language: "json", text: headersText,
      oninput: (text) => {
        headersText = text;
        keepHeaders(text);
        if (!schema) loadSchemaSoon();
      },
    });

    const runButton = make("button", { type: "button", className: "run", title: "Ctrl-Enter", onclick: () => (results.isRunning() ? results.stop() : run()) });
    const showRunning = (isRunning) => {
      runButton.textContent = isRunning ? "\u25a0 Stop" : "\u25b6 Run";
      runButton.classList.toggle("running", isRunning);
    };
    showRunning(false);
    const results = createResults({ onrunning: showRunning });

    // Which operation to run matters only if there are several.
    const choice = make("select", { "aria-label": "Operation to run", hidden: true });
    const chooseOperation = () => {
      const named = operations(query.area.value).filter(({ name }) => name);
      const before = choice.value;
      choice.replaceChildren(...named.map(({ name }) => make("option", { value: name }, name)));
      if (named.some(({ name }) => name === before)) choice.value = before;
      choice.hidden = named.length < 2;
    };
    query.area.addEventListener("click", () => {
      const around = operations(query.area.value).find(({ start, end }) => start <= query.area.selectionStart && query.area.selectionStart <= end);
      if (around?.name) choice.value = around.name;
    });

    const readVariables = () => {
      try {
        const read = JSON.parse(variables.area.value.trim() || "{}");
        if (read && typeof read === "object" && !Array.isArray(read)) return read;
        results.say("bad", "The variables must be a JSON object.");
      } catch (error) {
        results.say("bad", `The variables are not JSON: ${error.message}`);
      }
      lower.open(0);
      variables.area.focus();
      return null;
    };
    const run = () => {
      const read = readVariables();
      if (!read) return;
      const sent = parseHeaders(headersText);
      if (!sent) {
        results.say("bad", "The headers are not JSON.");
        lower.open(1);
        headers.area.focus();
        return;
      }
      const all = operations(query.area.value);
      const chosen = all.length > 1 ? all.find(({ name }) => name === choice.value) : all[0];
      const asked = { query: query.area.value, variables: read };
      if (chosen?.name) asked.operationName = chosen.name;
      results.run(asked, sent, chosen?.kind === "subscription");
    };

    const loadSchema = async () => {
      const sent = parseHeaders(headersText);
      if (!sent) return;
      try {
        const response = await ask({ query: QUERY, operationName: "Schema" }, sent, { accept: ONE_ANSWER });
        const answer = await response.json();
        if (!answer.data?.__schema) throw new Error(answer.errors?.[0]?.message ?? `status ${response.status}`);
        schema = model(answer.data.__schema);
        docs.setSchema(schema);
      } catch (error) {
        docs.setProblem(`The gateway does not tell the schema: ${error.message}. A token belongs into the headers.`);
      }
    };
    const loadSchemaSoon = debounce(800, loadSchema);

    const insert = (type, field) => {
      const change = insertion(schema, query.area.value, query.area.selectionStart, type.name, field);
      const kind = Object.keys(schema.roots).find((root) => schema.roots[root] === type.name);
      if (change && !change.text) results.say("", `${field.name} is there already.`);
      else if (change) query.replace(change.start, change.end, change.text);
      else if (kind) tabs.add(written(schema, kind, field));
      else results.say("bad", `The operation selects nothing of ${type.name} yet: put in a field that returns it first.`);
    };
    const docs = createDocs({ insert, reload: loadSchema });

    const lower = createLower([["Variables", variables], ["Headers", headers]]);
    // The first thing missing is a token.
    lower.open(tabs.current().variables ? 0 : 1);

    const layout = make("div", { className: "columns" },
      make("section", { className: "edit", id: "panel", role: "tabpanel", "aria-label": "Operation" },
        make("div", { className: "bar" }, runButton, choice), query.element, lower.element),
      results.element, docs.element);
    docs.element.id = SCHEMA_ID;
    const toggle = make("button", { type: "button", className: "plain", "aria-controls": SCHEMA_ID, "aria-expanded": "true", onclick: () => {
      docs.element.hidden = !docs.element.hidden;
      toggle.setAttribute("aria-expanded", String(!docs.element.hidden));
      layout.classList.toggle("wide", docs.element.hidden);
    } }, "Schema");

    const hint = notice && make("div", { className: "notice", role: "note" }, make("span", {}, notice),
      make("button", { type: "button", className: "close", "aria-label": "Dismiss", onclick: () => hint.remove() }, "\u00d7"));
    root.classList.add("explorer");
    root.replaceChildren(...[
      make("header", {}, make("h1", {}, "Tributary"), tabs.element, toggle), hint, layout,
    ].filter(Boolean));

    document.addEventListener("keydown", (event) => {
      const isCommand = event.ctrlKey || event.metaKey;
      if (isCommand && event.key === "Enter") {
        event.preventDefault();
        run();
      } else if (isCommand && event.key.toLowerCase() === "k") {
        event.preventDefault();
        if (docs.element.hidden) toggle.click();
        docs.search.focus();
      }
    });
    chooseOperation();
    loadSchema();
  };

  /** The editors below the query, one at a time. */
  const createLower = (editors) => {
    const list = make("div", { className: "bar", role: "tablist", "aria-label": "Beside the operation", onkeydown: (event) => arrows(event, (index) => open(index)) });
    const buttons = editors.map(([name], index) =>
      make("button", { type: "button", role: "tab", className: "plain", onclick: () => open(index) }, name));
    list.append(...buttons);
    const open = (chosen) =>
      editors.forEach(([, editor], index) => {
        editor.element.hidden = index !== chosen;
        buttons[index].setAttribute("aria-selected", String(index === chosen));
        buttons[index].tabIndex = index === chosen ? 0 : -1;
      });
    return { element: make("div", { className: "lower" }, list, ...editors.map(([, editor]) => editor.element)), open };
  };

  window.tributary.startExplorer = startExplorer;
})();
