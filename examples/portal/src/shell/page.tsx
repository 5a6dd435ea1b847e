// What all pages have in common: a title, and below it the figures, or what is in their place.
import { useEffect, useRef, type ReactNode } from "react";
import type { Page as Asked } from "../gateway/use-page";
import { graphql, read, type FragmentType } from "../generated";
import type { ShellFragment } from "../generated/graphql";
import { HOME } from "../pages";
import { Bones } from "../ui/skeleton";
import { Trouble } from "../ui/trouble";
import { useTexts } from "../words/texts";
import { go, hasMoved } from "./address";
import { usePortal } from "./portal";

/** Each page's query spreads it in its `viewer`. */
export const SHELL = graphql(`
  fragment Shell on Viewer {
    tenant {
      name
      timeZone
      baseCurrency
    }
    partner {
      id
      name
    }
  }
`);

interface PageProps<Data> {
  asked: Asked<Data>;
  /** Beside the title. */
  aside?: ReactNode;
  /** What is shown of the answer. Days and months are those of the tenant's time zone. */
  children: (data: Data, viewer: ShellFragment) => ReactNode;
}

export function Page<Data extends { viewer: FragmentType<typeof SHELL> }>({ asked, aside, children }: PageProps<Data>) {
  const { entry, refuse, meet } = usePortal();
  const { words } = useTexts();
  const { data, problem, ask } = asked;
  const viewer = data ? read(SHELL, data.viewer) : null;
  const side = viewer && (viewer.partner ? "partner" : "staff");
  const refused = problem?.kind === "refused";
  useEffect(() => {
    if (refused) refuse();
  }, [refused]);
  useEffect(() => {
    if (viewer && side === entry.side) meet(viewer);
    // A link opens the first page, whosever it is; only the answer says on which side it belongs.
    if (side && side !== entry.side) go(HOME[side], "replace");
  }, [viewer, side]);

  const isHere = data !== null && viewer !== null && side === entry.side;
  return (
    <>
      <PageHead aside={aside} />
      {problem && !refused && <Trouble problem={problem} onRetry={ask} stale={isHere} />}
      {isHere ? children(data, viewer) : !problem && <Bones />}
      {isHere && <p className="foot">{words.shell.timeZone(viewer.tenant.timeZone.replaceAll("_", " "))}</p>}
    </>
  );
}

/** The title. Whoever comes from another page begins to read here, also with a screen reader. */
export function PageHead({ aside }: { aside?: ReactNode }) {
  const { entry } = usePortal();
  const { words } = useTexts();
  const title = words.pages[entry.title];
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    // The first page takes no focus: its reader begins at the top of the window.
    if (hasMoved()) heading.current?.focus();
  }, []);
  return (
    <div className="page-head">
      <h1 ref={heading} tabIndex={-1}>
        {title}
      </h1>
      {aside}
    </div>
  );
}
