// What is shown is what the address says, so that every view can be bookmarked, reloaded and gone back to.
import { useSyncExternalStore, type MouseEvent, type ReactNode } from "react";

const BASE = import.meta.env.BASE_URL.replace(/\/$/, "");
const CHANGED = "portal-address";

/** Whether somebody went from one place of the portal to another since it was loaded. */
let moved = false;
export const hasMoved = (): boolean => moved;
window.addEventListener("popstate", () => (moved = true));

function subscribe(changed: () => void) {
  window.addEventListener("popstate", changed);
  window.addEventListener(CHANGED, changed);
  return () => {
    window.removeEventListener("popstate", changed);
    window.removeEventListener(CHANGED, changed);
  };
}

/** The path below the portal's own, such as "/earnings". */
export function usePath(): string {
  const path = useSyncExternalStore(subscribe, () => window.location.pathname);
  return path.slice(BASE.length).replace(/\/$/, "") || "/";
}

/** Goes to a place of the portal: "/earnings?status=PAID". */
export function go(to: string, how: "push" | "replace" = "push"): void {
  if (how === "push") {
    moved = true;
    window.history.pushState(null, "", BASE + to);
  } else window.history.replaceState(null, "", BASE + to);
  window.dispatchEvent(new Event(CHANGED));
}

/**
 * A parameter of the address, null where it is not given, and a way to change it. Choosing something is a step that
 * "back" undoes; `replace` is for what nobody chose.
 */
export function useParameter(name: string): [string | null, (value: string | null, how?: "push" | "replace") => void] {
  const search = useSyncExternalStore(subscribe, () => window.location.search);
  const change = (value: string | null, how: "push" | "replace" = "push") => {
    const address = new URL(window.location.href);
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
    go(address.pathname.slice(BASE.length) + address.search, how);
  };
  return [new URLSearchParams(search).get(name), change];
}

interface LinkProps {
  to: string;
  current?: boolean;
  className?: string;
  children: ReactNode;
}

/** A link that loads nothing anew, unless it is to open elsewhere. */
export function Link({ to, current, className, children }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={BASE + to} onClick={follow} className={className} aria-current={current ? "page" : undefined}>
      {children}
    </a>
  );
}
