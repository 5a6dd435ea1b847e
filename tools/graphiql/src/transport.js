// How the page sends requests to the gateway that served it, and where it stores what is typed.

// What is typed includes tokens, and GraphiQL keeps headers with its history: so it is stored in sessionStorage, which
// ends with the browser's tab, and two tabs with different tokens do not mix.
export const storage = window.sessionStorage;
const HEADERS_KEY = "tributary:headers";

const headersPane = (token) => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);

// `serve --demo` prints links that end in #token=...: a fragment is never sent to a server, and it is dropped
// from the address so that the token does not stay in the browser's history.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
if (token) {
  history.replaceState(null, "", location.pathname + location.search);
  storage.setItem(HEADERS_KEY, headersPane(token));
}
// Pasting a second such link into the same tab changes only the fragment, which loads nothing by itself.
window.addEventListener("hashchange", () => location.reload());

export const headersAtStart = storage.getItem(HEADERS_KEY) ?? headersPane("PASTE-A-TOKEN");
// Partners are not offered what only staff may run.
const claims = () => {
  try {
    const [, payload] = headersAtStart.match(/\.([\w-]+)\./);
    return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/")));
  } catch {
    return {};
  }
};
const isPartner = Boolean(claims().partner);
/** The tabs for whoever the token is for. */
export const tabsFor = (tabs) =>
  tabs.filter(({ staffOnly }) => !(staffOnly && isPartner)).map(({ query, variables }) => ({ query, variables }));

export const keepHeaders = (text) => storage.setItem(HEADERS_KEY, text);

/** An empty pane means no headers; null: the pane is not JSON. */
export const parseHeaders = (text) => {
  try {
    return JSON.parse(text.trim() || "{}");
  } catch {
    return null;
  }
};

export const ONE_ANSWER = "application/graphql-response+json, application/json;q=0.9";
export const EVENTS = "text/event-stream";

/** Sends an operation. The preflight header shows the gateway that no other site's page made this request. */
export const ask = (operation, headers, { accept, signal }) =>
  fetch(location.pathname, {
    method: "POST",
    signal,
    headers: { "content-type": "application/json", "graphql-require-preflight": "1", ...headers, accept },
    body: JSON.stringify(operation),
  });

/** The results in a subscription's answer, as they arrive; a single one if the answer is not a stream. */
export async function* results(response) {
  if (!response.headers.get("content-type")?.startsWith(EVENTS)) {
    yield await response.json();
    return;
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const events = (text + value).split("\n\n");
    text = events.pop();
    for (const event of events) {
      if (event.startsWith("event: complete")) return;
      const [, data] = event.split("\ndata: ");
      if (data) yield JSON.parse(data);
    }
  }
}
