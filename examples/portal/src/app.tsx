// The door, and behind it the pages.
import { useEffect, useState } from "react";
import { beginSession, closeSession, openSession, type Session } from "./gateway/session";
import { returned } from "./sign-in/provider";
import { Shell } from "./shell/shell";
import { Boundary } from "./ui/boundary";
import { Door, type Why } from "./ui/door";

type Standing = { kind: "inside"; session: Session } | { kind: "outside"; why: Why };

function standing(): Standing {
  const session = openSession();
  if (session) return { kind: "inside", session };
  return { kind: "outside", why: returned() ? "signing in" : "no token" };
}

export function App() {
  const [now, setNow] = useState(standing);

  // Another link in the same tab, which reloads nothing.
  useEffect(() => {
    const opened = () => setNow(standing());
    window.addEventListener("hashchange", opened);
    return () => window.removeEventListener("hashchange", opened);
  }, []);

  const signingIn = now.kind === "outside" && now.why === "signing in";
  useEffect(() => {
    if (!signingIn) return;
    returned()?.then(
      (token) => setNow({ kind: "inside", session: beginSession(token) }),
      (error: unknown) => {
        console.info("sign-in:", error);
        setNow({ kind: "outside", why: "not signed in" });
      },
    );
  }, [signingIn]);

  if (now.kind === "outside") return <Door why={now.why} />;
  const { session } = now;
  const shut = (why: Why) => {
    closeSession();
    setNow({ kind: "outside", why });
  };
  const hasExpired = session.expiresAt !== null && session.expiresAt <= new Date();
  return (
    <Boundary>
      <Shell
        key={session.token}
        token={session.token}
        onLeave={() => shut("no token")}
        onRefused={() => shut(hasExpired ? "expired" : "refused")}
      />
    </Boundary>
  );
}
