// Hears of changes for as long as the page is open.
import { stringifyDocument, type AnyVariables, type TypedDocumentNode } from "urql";
import type { Client, NetworkError } from "graphql-sse";
import { useEffect, useRef, useState } from "react";
import { problemOfCode } from "./problem";

export type Hearing = "starting" | "listening" | "interrupted";

interface Handlers<Data> {
  heard: (data: Data) => void;
  /** It listens again: what happened meanwhile was not heard, and is to be asked for. */
  resumed: () => void;
  /** The token is not good any more. */
  refused: () => void;
}

/** How long the page waits for the stream's head before it asks: listening first, it misses nothing in between. */
const PATIENCE = 2000;
/** Doubled with each failure in a row, to half a minute; halved at random, so that not all pages come back at once. */
const AGAIN = 1000;
const pauseAfter = (failures: number) => Math.min(30_000, AGAIN * 2 ** failures) * (0.5 + Math.random() / 2);

/** `variables` of null: there is nothing to hear yet, or no longer. */
export function useLive<Data, Variables extends AnyVariables>(
  listener: Client,
  document: TypedDocumentNode<Data, Variables>,
  handlers: Handlers<Data>,
  variables: Variables | null = {} as Variables,
): Hearing {
  const asked = JSON.stringify(variables);
  const [hearing, setHearing] = useState<Hearing>("starting");
  const latest = useRef(handlers);
  latest.current = handlers;

  useEffect(() => {
    if (variables === null) return;
    let [stop, again, over, late, failures] = [() => {}, 0, false, false, 0];
    const patience = window.setTimeout(() => {
      late = true;
      setHearing((now) => (now === "starting" ? "interrupted" : now));
    }, PATIENCE);
    // The stream's end is none of the page's: the network went, the replica ended, or it was too slow a listener.
    const ended = () => {
      if (over) return;
      setHearing((now) => (now === "starting" ? now : "interrupted"));
      again = window.setTimeout(listen, pauseAfter(failures));
      failures += 1;
    };
    const listen = () => {
      stop = listener.subscribe<Data>(
        { query: stringifyDocument(document), variables: variables ?? undefined },
        {
          next: ({ data, errors }) => {
            const problems = (errors ?? []).map(problemOfCode);
            if (problems.some(({ kind }) => kind === "refused")) latest.current.refused();
            else if (data) latest.current.heard(data);
          },
          error: (error) => {
            if ((error as Partial<NetworkError<Response>> | null)?.response?.status === 401) latest.current.refused();
            else ended();
          },
          complete: ended,
        },
        {
          connected: () => {
            setHearing("listening");
            if (late) latest.current.resumed();
            [late, failures] = [true, 0];
          },
        },
      );
    };
    listen();
    return () => {
      over = true;
      window.clearTimeout(patience);
      window.clearTimeout(again);
      stop();
    };
  }, [listener, document, asked]);

  return hearing;
}
