// A typed client in one function: documents carry the types of their variables and of what they answer.
import type { TypedDocumentString } from "./generated/graphql.js";

interface Answer<Data> {
  data?: Data;
  errors?: { message: string; extensions?: { code?: string; requestId?: string } }[];
}

/** The gateway refused the request as a whole, or failed on part of it. */
export class GatewayError extends Error {
  readonly codes: string[];

  constructor(errors: NonNullable<Answer<unknown>["errors"]>) {
    super(errors.map(({ message, extensions }) => `${extensions?.code}: ${message}`).join("\n"));
    this.codes = errors.map(({ extensions }) => extensions?.code ?? "");
  }
}

export class Tributary {
  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  async run<Data, Variables>(document: TypedDocumentString<Data, Variables>, variables: Variables): Promise<Data> {
    const response = await this.post("application/graphql-response+json", document, variables);
    return dataOf((await response.json()) as Answer<Data>);
  }

  /** What a subscription hears, from when this resolves on; until the stream ends, or a loop over it is left. */
  async listen<Data, Variables>(
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
  ): Promise<AsyncGenerator<Data, void>> {
    const stopping = new AbortController();
    const response = await this.post("text/event-stream", document, variables, stopping.signal);
    if (!response.ok || !response.body) throw new GatewayError(((await response.json()) as Answer<Data>).errors ?? []);
    return heard<Data>(response.body, stopping);
  }

  private post<Data, Variables>(
    accept: string,
    document: TypedDocumentString<Data, Variables>,
    variables: Variables,
    signal?: AbortSignal,
  ): Promise<Response> {
    return fetch(this.url, {
      method: "POST",
      headers: { accept, authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify({ query: document.toString(), variables }),
      ...(signal && { signal }),
    });
  }
}

function dataOf<Data>(answer: Answer<Data>): Data {
  if (answer.errors?.length || answer.data === undefined) throw new GatewayError(answer.errors ?? []);
  return answer.data;
}

/** Reads Server-Sent Events: blocks of lines with an empty line behind each. */
async function* heard<Data>(body: ReadableStream<Uint8Array>, stopping: AbortController): AsyncGenerator<Data, void> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const bytes of body) {
      text += decoder.decode(bytes, { stream: true });
      for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
        const lines = text.slice(0, end).split("\n");
        text = text.slice(end + 2);
        const field = (name: string) => lines.find((line) => line.startsWith(`${name}:`))?.slice(name.length + 1).trim();
        if (field("event") === "complete") return;
        if (field("event") === "next") yield dataOf(JSON.parse(field("data") ?? "{}") as Answer<Data>);
      }
    }
  } finally {
    stopping.abort();
  }
}

/** The payload of a mutation that found nothing to mend. */
export function done<Payload extends { userErrors: { code: string; message: string; field?: string[] | null }[] }>(
  payload: Payload | null | undefined,
): Payload {
  if (!payload) throw new Error("the mutation failed");
  if (payload.userErrors.length > 0) {
    throw new Error(payload.userErrors.map(({ code, message, field }) => `${code} ${field?.join(".")}: ${message}`).join("\n"));
  }
  return payload;
}
