import { useState } from "react";
import { PROVIDER, signIn } from "../sign-in/provider";
import { LanguageSwitch, useTexts } from "../words/texts";
import { Mark } from "./mark";

export type Why = "no token" | "expired" | "refused" | "signing in" | "not signed in";

/** For whoever is not in. The gateway says the same of every token that is not good, and so does this page. */
export function Door({ why }: { why: Why }) {
  const { words } = useTexts();
  const [away, setAway] = useState(false);
  const { title, text } = words.door(why, PROVIDER !== null);
  const provider = PROVIDER;
  return (
    <main className="door">
      <div className="door-card">
        <Mark />
        <div role={why === "signing in" ? "status" : "alert"}>
          <h1>{title}</h1>
          <p>{text}</p>
        </div>
        {provider && why !== "signing in" && (
          <button
            type="button"
            className="button button-main"
            onClick={() => signIn(provider).catch(() => setAway(true))}
          >
            {words.shell.signIn}
          </button>
        )}
        {away && <p role="alert">{words.shell.providerAway}</p>}
        <LanguageSwitch />
      </div>
    </main>
  );
}
