// A partner's page: asked once the portal listens, so that nothing falls in between, and again after each change.
import { useEffect, useRef } from "react";
import type { AnyVariables, TypedDocumentNode } from "urql";
import { usePortal } from "../shell/portal";
import { usePage, type Page } from "./use-page";

export function useLivePage<Data, Variables extends AnyVariables>(
  query: TypedDocumentNode<Data, Variables>,
  variables: Variables,
): Page<Data> {
  const { live } = usePortal();
  const page = usePage(query, variables, live.hearing === "starting");
  // What was heard before this page was opened is in its first answer.
  const known = useRef(live.heard);
  useEffect(() => {
    if (live.heard === known.current) return;
    known.current = live.heard;
    page.ask();
  }, [live.heard]);
  return page;
}
