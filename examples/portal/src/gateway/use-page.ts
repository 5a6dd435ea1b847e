// One query is one page: its last good answer, what is wrong now, and a way to ask again.
import { useEffect, useRef, useState } from "react";
import { useQuery, type AnyVariables, type TypedDocumentNode } from "urql";
import { problemOf, type Problem } from "./problem";

export interface Page<Data> {
  /** The newest answer, also while the next one is on its way or has failed. */
  data: Data | null;
  problem: Problem | null;
  loading: boolean;
  ask: () => void;
}

export function usePage<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
  pause = false,
): Page<Data> {
  const [{ data, error, fetching }, ask] = useQuery<Data, AnyVariables>({
    query: query as TypedDocumentNode<Data, AnyVariables>,
    variables,
    pause,
    requestPolicy: "network-only",
  });
  const [shown, setShown] = useState<Data | null>(null);
  useEffect(() => {
    if (data && !error) setShown(data);
  }, [data, error]);
  // urql asks once for who asks the same meanwhile; but an answer on its way may be older than what made us ask again.
  const now = useRef({ fetching, again: false });
  now.current.fetching = fetching;
  const again = () => ask({ requestPolicy: "network-only" });
  useEffect(() => {
    if (fetching || !now.current.again) return;
    now.current.again = false;
    again();
  }, [fetching]);

  return {
    data: shown ?? data ?? null,
    problem: error && !fetching ? problemOf(error) : null,
    loading: pause || fetching,
    ask: () => {
      if (now.current.fetching) now.current.again = true;
      else again();
    },
  };
}
