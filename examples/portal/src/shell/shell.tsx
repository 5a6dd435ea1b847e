// The frame around the pages: the bar with the navigation, and the page that the address names.
import { Suspense, useEffect, useMemo, useRef, useState } from "react";
import { Provider } from "urql";
import { connect } from "../gateway/client";
import type { ShellFragment } from "../generated/graphql";
import { HOME, PAGES, type Entry } from "../pages";
import { Bones } from "../ui/skeleton";
import { Boundary } from "../ui/boundary";
import { LanguageSwitch, useTexts } from "../words/texts";
import { Link, usePath } from "./address";
import { Live, useCommissions } from "./live";
import { Mark } from "../ui/mark";
import { NotFound } from "./not-found";
import { PageHead } from "./page";
import { PortalContext, type Portal } from "./portal";

interface ShellProps {
  token: string;
  onLeave: () => void;
  onRefused: () => void;
}

export function Shell({ token, onLeave, onRefused }: ShellProps) {
  const { words } = useTexts();
  const gateway = useMemo(() => connect(token), [token]);
  const [viewer, meet] = useState<ShellFragment | null>(null);
  const path = usePath();
  const entry = PAGES.find((one) => one.path === path);
  const side = entry?.side ?? (path.startsWith(HOME.staff) ? "staff" : "partner");
  // Staff refreshes by hand: a programme's commissions change by the thousand.
  const { live, news } = useCommissions(gateway.listener, side === "partner", onRefused);
  const title = entry ? words.pages[entry.title] : words.shell.notFound;
  useEffect(() => {
    document.title = [title, viewer?.tenant.name].filter(Boolean).join(" · ");
  }, [title, viewer]);
  // On a narrow screen the navigation may have to scroll to show where one is.
  const current = useRef<HTMLLIElement>(null);
  useEffect(() => {
    current.current?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [entry, words]);

  return (
    <Provider value={gateway.client}>
      <a className="skip" href="#content" onClick={(event) => jump(event)}>
        {words.shell.skip}
      </a>
      <header className="bar">
        <div className="bar-inner">
          <Mark />
          <span className="programme">
            {viewer?.tenant.name ?? words.shell.portal}
            {viewer?.partner && <small>{viewer.partner.name}</small>}
          </span>
          <div className="bar-aside">
            {side === "partner" && <Live hearing={live.hearing} news={news} />}
            <LanguageSwitch />
            <button type="button" className="button button-quiet" onClick={onLeave}>
              {words.shell.leave}
            </button>
          </div>
        </div>
        <nav className="nav" aria-label={words.shell.navigation}>
          <ul>
            {PAGES.filter((one) => one.side === side).map((one) => (
              <li key={one.path} ref={one === entry ? current : null}>
                <Link to={one.path} current={one === entry}>
                  {words.pages[one.title]}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      </header>
      <main className="page" id="content" tabIndex={-1}>
        {entry ? (
          <Place
            key={entry.path}
            portal={{ entry, token, listener: gateway.listener, refuse: onRefused, meet, live }}
            entry={entry}
          />
        ) : (
          <NotFound home={HOME[side]} />
        )}
      </main>
    </Provider>
  );
}

function Place({ portal, entry: { Page } }: { portal: Portal; entry: Entry }) {
  return (
    <PortalContext value={portal}>
      <Boundary>
        <Suspense
          fallback={
            <>
              <PageHead />
              <Bones />
            </>
          }
        >
          <Page />
        </Suspense>
      </Boundary>
    </PortalContext>
  );
}

/** Without a fragment in the address: that is where tokens stand. */
function jump(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
