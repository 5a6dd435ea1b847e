// Starts GraphiQL on the endpoint that served this page. First-party and separate from the HTML, so that the
// Content-Security-Policy needs to allow no inline script.
"use strict";

(() => {
  // What one types into GraphiQL includes tokens, and GraphiQL keeps headers with its history: so it stores in
  // sessionStorage, which ends with the browser's tab, and two tabs with different tokens do not mix.
  const storage = window.sessionStorage;
  const HEADERS_KEY = "tributary:headers";

  const headersPane = (token) => JSON.stringify({ Authorization: `Bearer ${token}` }, null, 2);

  // `serve --demo` prints links that end in #token=...: a fragment is never sent to a server, and it is dropped
  // from the address so that the token does not stay in the browser's history.
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (token) {
    history.replaceState(null, "", location.pathname + location.search);
    storage.setItem(HEADERS_KEY, headersPane(token));
  }
  // A second such link pasted into the same tab changes only the fragment, which loads nothing by itself.
  window.addEventListener("hashchange", () => location.reload());

  const root = document.getElementById("graphiql");
  if (!window.React || !window.ReactDOM || !window.GraphiQL) {
    root.textContent =
      "GraphiQL's files could not be loaded. Without access to the CDN, run scripts/graphiql-assets and build again.";
    return;
  }

  const parseHeaders = (text) => {
    try {
      return JSON.parse(text || "{}");
    } catch {
      return null;
    }
  };

  // GraphiQL asks for the schema once before its headers pane exists, hence without a token: the headers known here
  // are sent along. The preflight header tells the gateway that no foreign page made this request.
  const headersAtStart = storage.getItem(HEADERS_KEY) ?? headersPane("PASTE-A-TOKEN");
  let headers = headersAtStart;
  const ask = (operation, options, more) =>
    fetch(location.pathname, {
      method: "POST",
      ...more,
      headers: {
        "content-type": "application/json",
        "graphql-require-preflight": "1",
        ...(options?.headers ?? parseHeaders(headers)),
        ...more.headers,
      },
      body: JSON.stringify(operation),
    });

  const isSubscription = ({ operationName }, document) =>
    (document?.definitions ?? []).some(
      (definition) =>
        definition.operation === "subscription" && (!operationName || definition.name?.value === operationName),
    );

  // Subscriptions come as an event stream: a browser's WebSocket could not send the headers pane.
  const listen = (operation, options) => {
    const control = new AbortController();
    async function* results() {
      const accept = { accept: "text/event-stream" };
      try {
        const response = await ask(operation, options, { headers: accept, signal: control.signal });
        if (!response.headers.get("content-type")?.startsWith("text/event-stream")) {
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
      } catch (error) {
        if (!control.signal.aborted) throw error;
      }
    }
    // To stop must not wait for the next event.
    const iterator = results();
    const stop = iterator.return.bind(iterator);
    iterator.return = (value) => {
      control.abort();
      return stop(value);
    };
    return iterator;
  };

  const createFetcher = () => async (operation, options) => {
    if (isSubscription(operation, options?.documentAST)) return listen(operation, options);
    const accept = { accept: "application/graphql-response+json, application/json;q=0.9" };
    return (await ask(operation, options, { headers: accept })).json();
  };

  // Short lines: the editor shows about 45 characters on a laptop.
  const defaultTabs = [
    {
      query: `# What would a partner earn? Ctrl-Enter runs it.
# Nothing is stored, and each step is explained.
# Amounts and percentages are strings: exact.
mutation SimulatePartnerGroup {
  simulatePartnerGroup(input: {
    rules: [
      { newCustomerTimeTier: {
          maxMonths: 3, percentage: "25" } }
      { recurring: { percentage: "10" } }
    ]
    scenarios: [{
      chargeAmount: "299.90"
      customerMonths: 2
      partnerLtv: "4500"
      qualifiedCustomers: 12
    }]
  }) {
    results {
      finalFee { amount currency }
      effectivePercentage
      explanation {
        source outcome detail amount
      }
    }
    userErrors { code field message }
  }
}
`,
    },
    {
      query: `# What a portal shows: what a partner has earned,
# why, and how far the next tier is.
query PartnerPortal($search: String) {
  partners(
    first: 1
    filter: { search: $search }
  ) {
    nodes {
      name
      balances {
        currency accrued approved paid payable
      }
      tierProgress {
        tier metric value goal
        campaign { name }
      }
      commissions(first: 5) {
        nodes {
          kind
          status
          amount { amount currency }
          campaign { name }
          matureAt
          explanation { outcome detail amount }
        }
      }
      payouts(first: 5) {
        nodes {
          status
          amount { amount currency }
          createdAt
        }
      }
      deals(first: 5) {
        nodes {
          name
          value { amount currency }
          stage { label outcome }
        }
      }
    }
  }
}
`,
      variables: JSON.stringify({ search: "Blue Harbor" }, null, 2),
    },
    {
      query: `# Why did this earn nothing?
query WhyNothing(
  $from: DateTime!
  $to: DateTime!
) {
  eventDecisionTotals(from: $from, to: $to) {
    reason
    count
    amounts { amount currency }
  }
  events(
    first: 10
    filter: { earned: false }
  ) {
    nodes {
      externalId
      occurredAt
      amount { amount currency }
      attribution {
        partner { name }
        campaign { name }
      }
      decision {
        reason
        components { reason detail }
      }
    }
  }
}
`,
      // A year back, and today.
      variables: JSON.stringify(
        { from: `${new Date().getFullYear() - 1}-01-01T00:00:00Z`, to: new Date().toISOString() },
        null,
        2,
      ),
    },
    {
      query: `# Partners and what is linked to them.
# The next page: set "after" to this endCursor.
query PartnersPage(
  $first: Int
  $after: String
  $filter: PartnerFilter
) {
  partners(
    first: $first
    after: $after
    filter: $filter
  ) {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      name
      email
      type
      status
      group { name default }
      tier { label }
      categories { label }
      commissionSnapshots {
        version
        source
        createdAt
        supersededAt
        campaign { name }
        terms {
          basis value currency trigger
        }
      }
      campaigns(first: 5) {
        nodes { name status }
      }
    }
  }
}
`,
      variables: JSON.stringify({ first: 10, after: null, filter: { status: ["ACTIVE"] } }, null, 2),
    },
    {
      query: `# Whose token is this? What may it do?
query WhoAmI {
  viewer {
    subject
    scopes
    tenant {
      name slug baseCurrency timeZone
    }
    partner { id name status }
  }
}
`,
    },
    {
      query: `# Runs until it is stopped: another tab may record
# an event, and its commission shows here.
subscription CommissionChanged {
  commissionChanged {
    id
    kind
    status
    amount { amount currency }
    partner { name }
    transitions { from to actor at }
  }
}
`,
    },
    {
      query: `# Campaigns and what they promise.
query Campaigns {
  campaigns(first: 20) {
    totalCount
    nodes {
      id
      name
      status
      startsAt
      endsAt
      holdbackDays
      advertiser { name }
      terms {
        basis
        value
        currency
        trigger
        eventType
        recurringMonths
      }
    }
  }
}
`,
    },
  ];

  const h = React.createElement;

  function Page() {
    // The latest headers become the default of every tab that has none of its own: a token is pasted once.
    const [defaultHeaders, setDefaultHeaders] = React.useState(headersAtStart);
    const [fetcher, setFetcher] = React.useState(() => createFetcher());
    const schemaLoaded = React.useRef(false);

    const onEditHeaders = React.useCallback((text) => {
      headers = text;
      storage.setItem(HEADERS_KEY, text);
      setDefaultHeaders(text);
    }, []);
    const onSchemaChange = React.useCallback(() => {
      schemaLoaded.current = true;
    }, []);

    // A new fetcher makes GraphiQL ask for the schema again: wanted when a token was pasted and there is none yet,
    // but only once the typing has paused.
    React.useEffect(() => {
      if (defaultHeaders === headersAtStart || !parseHeaders(defaultHeaders)) return undefined;
      const timer = setTimeout(() => schemaLoaded.current || setFetcher(() => createFetcher()), 800);
      return () => clearTimeout(timer);
    }, [defaultHeaders]);

    return h(
      GraphiQL,
      {
        fetcher,
        storage,
        defaultTabs,
        defaultHeaders,
        onEditHeaders,
        onSchemaChange,
        defaultEditorToolsVisibility: "headers",
        isHeadersEditorEnabled: true,
        // Off: tabs then come back without headers of their own, and take the default ones above.
        shouldPersistHeaders: false,
        showPersistHeadersSettings: false,
      },
      h(GraphiQL.Logo, null, "Tributary"),
    );
  }

  ReactDOM.createRoot(root).render(h(Page));
})();
