// The door, and behind it one of two pages: the partner's at /, the staff's at /staff.
import { lazy, Suspense, useEffect, useMemo, useState } from "react";
import { Provider } from "urql";
import { connect } from "./gateway/client";
import { closeSession, openSession, type Session } from "./gateway/session";
import { Boundary } from "./ui/boundary";
import { Door } from "./ui/door";
import { Skeleton } from "./ui/skeleton";

const PartnerPage = lazy(() => import("./partner/page"));
const StaffPage = lazy(() => import("./staff/page"));

export function App() {
  const [session, setSession] = useState<Session | null>(openSession);
  const [refused, setRefused] = useState(false);

  // Another link in the same tab, which reloads nothing.
  useEffect(() => {
    const opened = () => {
      setSession(openSession());
      setRefused(false);
    };
    window.addEventListener("hashchange", opened);
    return () => window.removeEventListener("hashchange", opened);
  }, []);

  const leave = () => {
    closeSession();
    setSession(null);
    setRefused(false);
  };
  const refuse = () => {
    closeSession();
    setRefused(true);
  };

  if (!session) return <Door why="no token" />;
  if (refused) return <Door why={session.expiresAt && session.expiresAt <= new Date() ? "expired" : "refused"} />;
  return (
    <Boundary>
      <Suspense fallback={<Skeleton />}>
        <Inside key={session.token} session={session} onLeave={leave} onRefused={refuse} />
      </Suspense>
    </Boundary>
  );
}

export interface PageProps {
  gateway: ReturnType<typeof connect>;
  onLeave: () => void;
  onRefused: () => void;
}

function Inside({ session, onLeave, onRefused }: { session: Session } & Omit<PageProps, "gateway">) {
  const gateway = useMemo(() => connect(session.token), [session.token]);
  const Page = window.location.pathname.replace(/\/$/, "").endsWith("/staff") ? StaffPage : PartnerPage;
  return (
    <Provider value={gateway.client}>
      <Page gateway={gateway} onLeave={onLeave} onRefused={onRefused} />
    </Provider>
  );
}
