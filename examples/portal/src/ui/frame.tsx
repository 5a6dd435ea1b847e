import type { ReactNode } from "react";
import { Mark } from "./mark";

interface FrameProps {
  programme: string;
  title: string;
  note?: ReactNode;
  aside?: ReactNode;
  onLeave: () => void;
  children: ReactNode;
}

/** What every page has: whose programme, who looks, the way out. */
export function Frame({ programme, title, note, aside, onLeave, children }: FrameProps) {
  return (
    <>
      <a className="skip" href="#content" onClick={(event) => jump(event)}>
        Skip to the figures
      </a>
      <header className="bar">
        <div className="bar-inner">
          <Mark />
          <span className="programme">{programme}</span>
          <div className="bar-aside">
            {aside}
            <button type="button" className="button button-quiet" onClick={onLeave}>
              Leave
            </button>
          </div>
        </div>
      </header>
      <main className="page" id="content" tabIndex={-1}>
        <div className="greeting">
          <h1>{title}</h1>
          {note && <p>{note}</p>}
        </div>
        {children}
      </main>
    </>
  );
}

/** Without a fragment in the address: that is where tokens stand. */
function jump(event: { preventDefault: () => void }) {
  event.preventDefault();
  document.getElementById("content")?.focus();
}
