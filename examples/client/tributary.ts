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
    const response = await fetch(this.url, {
      method: "POST",
      headers: {
        accept: "application/graphql-response+json",
        authorization: `Bearer ${this.token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ query: document.toString(), variables }),
    });
    const answer = (await response.json()) as Answer<Data>;
    if (answer.errors?.length || answer.data === undefined) throw new GatewayError(answer.errors ?? []);
    return answer.data;
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
