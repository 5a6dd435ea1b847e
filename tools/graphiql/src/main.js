// GraphiQL with Tributary's tabs, and the token of its link in the headers pane.
import "graphiql/setup-workers/vite";
// Not graphiql/style.css, which brings fonts that are a sixth of the page.
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "graphiql/graphiql.css";
import "./page.css";

import { GraphiQL } from "graphiql";
import { createElement, useCallback, useEffect, useRef, useState } from "react";
import { createRoot } from "react-dom/client";

import { defaultTabs } from "./tabs.js";
import {
  EVENTS,
  ONE_ANSWER,
  ask,
  headersAtStart,
  keepHeaders,
  parseHeaders,
  results,
  storage,
  tabsFor,
} from "./transport.js";

// GraphiQL asks for the schema once before its headers pane exists, hence without a token: the headers known here
// are sent along.
let headers = headersAtStart;
const send = (operation, options, terms) => ask(operation, options?.headers ?? parseHeaders(headers), terms);

const isSubscription = ({ operationName }, document) =>
  (document?.definitions ?? []).some(
    (definition) =>
      definition.operation === "subscription" && (!operationName || definition.name?.value === operationName),
  );

// Subscriptions use an event stream: a browser's WebSocket could not send the headers of the pane.
const listen = (operation, options) => {
  const control = new AbortController();
  async function* heard() {
    try {
      yield* results(await send(operation, options, { accept: EVENTS, signal: control.signal }));
    } catch (error) {
      if (!control.signal.aborted) throw error;
    }
  }
  // Stopping must not wait for the next event.
  const iterator = heard();
  const stop = iterator.return.bind(iterator);
  iterator.return = (value) => {
    control.abort();
    return stop(value);
  };
  return iterator;
};

const createFetcher = () => async (operation, options) => {
  if (isSubscription(operation, options?.documentAST)) return listen(operation, options);
  return (await send(operation, options, { accept: ONE_ANSWER })).json();
};

const tabs = tabsFor(defaultTabs);

function Page() {
  // The latest headers become the default of every tab without its own: a token is pasted only once.
  const [defaultHeaders, setDefaultHeaders] = useState(headersAtStart);
  const [fetcher, setFetcher] = useState(() => createFetcher());
  const schemaLoaded = useRef(false);

  const onEditHeaders = useCallback((text) => {
    headers = text;
    keepHeaders(text);
    setDefaultHeaders(text);
  }, []);
  const onSchemaChange = useCallback(() => {
    schemaLoaded.current = true;
  }, []);

  // A new fetcher makes GraphiQL ask for the schema again: wanted when a token was pasted and there is none yet,
  // but only once the typing has paused.
  useEffect(() => {
    if (defaultHeaders === headersAtStart || !parseHeaders(defaultHeaders)) return undefined;
    const timer = setTimeout(() => schemaLoaded.current || setFetcher(() => createFetcher()), 800);
    return () => clearTimeout(timer);
  }, [defaultHeaders]);

  return createElement(
    GraphiQL,
    {
      fetcher,
      storage,
      defaultTabs: tabs,
      defaultHeaders,
      onEditHeaders,
      onSchemaChange,
      defaultEditorToolsVisibility: "headers",
      isHeadersEditorEnabled: true,
      // Off, so that restored tabs have no headers of their own and use the defaults above.
      shouldPersistHeaders: false,
      showPersistHeadersSettings: false,
    },
    createElement(GraphiQL.Logo, null, "Tributary"),
  );
}

createRoot(document.getElementById("page")).render(createElement(Page));
