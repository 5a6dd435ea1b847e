// What every page needs of what surrounds it.
import { createContext, useContext } from "react";
import type { Client as Listener } from "graphql-sse";
import type { Entry } from "../pages";
import type { ShellFragment } from "../generated/graphql";
import type { Hearing } from "../gateway/use-live";

export interface Portal {
  entry: Entry;
  token: string;
  listener: Listener;
  /** The token is not good any more: shows the door. */
  refuse: () => void;
  /** Told by each page's answer: whose programme it is, and who looks. */
  meet: (viewer: ShellFragment) => void;
  live: Live;
}

export interface Live {
  hearing: Hearing;
  /** Commissions that were made or changed while somebody looked. */
  fresh: ReadonlySet<string>;
  /** Grows when something was heard: then a page asks again. */
  heard: number;
}

export const PortalContext = createContext<Portal | null>(null);

export function usePortal(): Portal {
  const portal = useContext(PortalContext);
  if (!portal) throw new Error("there is no <Shell> around this component");
  return portal;
}
