// Who looks at the page. The token comes behind the # of the address, which browsers send to nobody, and lives as long as
// the tab does.

const KEY = "tributary-token";

export interface Session {
  token: string;
  /** When it ends; null: it does not say (an API key). */
  expiresAt: Date | null;
}

/** Takes the token out of the address, where there is one, and says what the tab has. */
export function openSession(): Session | null {
  const fragment = new URLSearchParams(window.location.hash.slice(1));
  const given = fragment.get("token");
  if (given) {
    sessionStorage.setItem(KEY, given);
    // Neither the history nor a screenshot of the window is to keep it.
    window.history.replaceState(null, "", window.location.pathname + window.location.search);
  }
  const token = sessionStorage.getItem(KEY);
  return token ? sessionOf(token) : null;
}

/** A session with a token that came another way than in the address: from an identity provider. */
export function beginSession(token: string): Session {
  sessionStorage.setItem(KEY, token);
  return sessionOf(token);
}

const sessionOf = (token: string): Session => ({ token, expiresAt: expiryOf(token) });

export function closeSession(): void {
  sessionStorage.removeItem(KEY);
}

/** Read to choose words only: whether a token is good is the gateway's to say. */
function expiryOf(token: string): Date | null {
  try {
    const payload = (token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/");
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp === "number" ? new Date(exp * 1000) : null;
  } catch {
    return null;
  }
}
