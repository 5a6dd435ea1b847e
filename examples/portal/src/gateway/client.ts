// The two ways to the gateway: urql asks, graphql-sse listens. Both send the token as a header, never in an address.
import { createClient as createListener, type Client as Listener } from "graphql-sse";
import { Client, fetchExchange } from "urql";

export interface Gateway {
  client: Client;
  listener: Listener;
}

/** The page's own origin, unless the build was told another one. */
export const ADDRESS = import.meta.env.VITE_GATEWAY ?? "/graphql";

export function connect(token: string): Gateway {
  const headers = { authorization: `Bearer ${token}` };
  return {
    client: new Client({
      url: ADDRESS,
      // A page is one query, so there is nothing to share between queries: no cache stands before the gateway.
      exchanges: [fetchExchange],
      fetchOptions: { headers },
      preferGetMethod: false,
    }),
    listener: createListener({
      url: ADDRESS,
      headers,
      // Whoever listens decides when to try again: a refused token is not to be tried for ever.
      retryAttempts: 0,
    }),
  };
}
