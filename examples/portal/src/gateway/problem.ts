// What may be wrong, in the terms of who looks at the page.
import type { CombinedError } from "urql";

export type Problem =
  /** The token is not good, or no longer. */
  | { kind: "refused" }
  /** The token is good, but not for all of this. */
  | { kind: "forbidden"; detail: string }
  /** Asked too often, or the gateway is busy: later it works. */
  | { kind: "busy" }
  | { kind: "unreachable" }
  /** `detail` of null: there was no answer, or none that can be read. */
  | { kind: "failed"; detail: string | null; requestId?: string };

interface Coded {
  message: string;
  extensions?: { code?: unknown; requestId?: unknown } | null;
}

export function problemOf({ graphQLErrors, networkError, response }: CombinedError): Problem {
  const [first] = graphQLErrors;
  if (first) return problemOfCode(first as Coded);
  const status = (response as Response | undefined)?.status;
  if (status === 401) return { kind: "refused" };
  // What stands before a gateway that is away answers 500 to 504 in its place.
  if (networkError && (!status || status >= 500)) return { kind: "unreachable" };
  if (networkError) return { kind: "failed", detail: networkError.message };
  return { kind: "failed", detail: null };
}

export function problemOfCode({ message, extensions }: Coded): Problem {
  switch (extensions?.code) {
    case "UNAUTHENTICATED":
      return { kind: "refused" };
    case "FORBIDDEN":
      return { kind: "forbidden", detail: message };
    case "THROTTLED":
    case "TIMEOUT":
    case "UNAVAILABLE":
      return { kind: "busy" };
    default:
      return { kind: "failed", detail: message, requestId: extensions?.requestId as string | undefined };
  }
}

/** Of an export, which answers with a status, and with the same errors as GraphQL. */
export async function problemOfStatus(response: Response): Promise<Problem> {
  const answer: unknown = await response.json().catch(() => null);
  const [first] = (answer as { errors?: Coded[] } | null)?.errors ?? [];
  if (first) return problemOfCode(first);
  return response.status >= 500 ? { kind: "unreachable" } : { kind: "failed", detail: null };
}
