// The portal's pages. A further page is a component and a line here: its address and its place in the navigation follow.
import { lazy, type ComponentType } from "react";
import type { Words } from "./words/en";

export type Side = "partner" | "staff";

export interface Entry {
  /** Below the portal's own address. */
  path: string;
  /** Whose page it is: the other side is led to its own first page. */
  side: Side;
  /** Its title in the navigation and at its top, by its name in the words. */
  title: keyof Words["pages"];
  Page: ComponentType;
}

export const PAGES: readonly Entry[] = [
  { path: "/", side: "partner", title: "overview", Page: lazy(() => import("./partner/overview")) },
  { path: "/links", side: "partner", title: "links", Page: lazy(() => import("./partner/links")) },
  { path: "/earnings", side: "partner", title: "earnings", Page: lazy(() => import("./partner/earnings")) },
  { path: "/payouts", side: "partner", title: "payouts", Page: lazy(() => import("./partner/payouts")) },
  { path: "/terms", side: "partner", title: "terms", Page: lazy(() => import("./partner/terms")) },
  { path: "/staff", side: "staff", title: "programme", Page: lazy(() => import("./staff/programme")) },
  { path: "/staff/partners", side: "staff", title: "partners", Page: lazy(() => import("./staff/partners")) },
  { path: "/staff/payout-runs", side: "staff", title: "payoutRuns", Page: lazy(() => import("./staff/payout-runs")) },
  { path: "/staff/backtests", side: "staff", title: "backtests", Page: lazy(() => import("./staff/backtests")) },
];

/** Where each side begins. */
export const HOME: Record<Side, string> = { partner: "/", staff: "/staff" };
