// Sign-in with an identity provider: OpenID Connect's code flow with PKCE (RFC 7636), which needs no secret in the browser.
// The access token that comes of it is the gateway's to check, as it checks every token (docs/security.md).

interface Provider {
  /** The issuer exactly as its tokens name it. */
  issuer: string;
  clientId: string;
  scope: string;
  /** The API that the token is for, with providers that want to be told; else undefined. */
  audience: string | undefined;
}

interface Discovered {
  issuer: string;
  authorization_endpoint: string;
  token_endpoint: string;
}

/** What the way back needs to know, kept while the browser is at the provider's. */
interface Begun {
  state: string;
  verifier: string;
  /** The address below the portal's own from which somebody signed in. */
  to: string;
}

const KEY = "tributary-sign-in";
const { VITE_ISSUER, VITE_CLIENT_ID, VITE_SCOPE, VITE_AUDIENCE, BASE_URL } = import.meta.env;

/** Null where the portal was built without one: then the only way in is a link. */
export const PROVIDER: Provider | null = VITE_ISSUER
  ? {
      issuer: VITE_ISSUER,
      clientId: VITE_CLIENT_ID ?? "portal",
      scope: VITE_SCOPE ?? "openid",
      audience: VITE_AUDIENCE,
    }
  : null;

/** The one address of the portal that the provider has to know. */
const returnAddress = () => window.location.origin + BASE_URL;

async function discover({ issuer }: Provider): Promise<Discovered> {
  const response = await fetch(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  if (!response.ok) throw new Error(`the provider's configuration: status ${response.status}`);
  const found = (await response.json()) as Discovered;
  if (found.issuer !== issuer) throw new Error(`the provider calls itself ${found.issuer}`);
  return found;
}

const encoded = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");

const random = (): string => encoded(crypto.getRandomValues(new Uint8Array(32)));

/** What the verifier is proved with: its SHA-256, which goes ahead of it. */
export async function challengeOf(verifier: string): Promise<string> {
  return encoded(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

/** Leaves for the provider's page. Throws if the provider cannot be reached. */
export async function signIn(provider: Provider): Promise<void> {
  const { authorization_endpoint } = await discover(provider);
  const { pathname, search } = window.location;
  const begun: Begun = { state: random(), verifier: random(), to: `${pathname}${search}` };
  const address = new URL(authorization_endpoint);
  const parameters = {
    response_type: "code",
    client_id: provider.clientId,
    redirect_uri: returnAddress(),
    scope: provider.scope,
    state: begun.state,
    code_challenge: await challengeOf(begun.verifier),
    code_challenge_method: "S256",
    ...(provider.audience && { audience: provider.audience }),
  };
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  sessionStorage.setItem(KEY, JSON.stringify(begun));
  window.location.assign(address);
}

/** The provider's answer in the address, if there is one: taken once, for a code is good once. */
let answer: Promise<string> | null = null;

/**
 * The access token, if the browser comes back from the provider; null if it does not. Rejected if the provider refused, or
 * if the answer is not to what this tab asked.
 */
export function returned(): Promise<string> | null {
  const parameters = new URLSearchParams(window.location.search);
  const known = sessionStorage.getItem(KEY);
  if (!PROVIDER || answer || !known || !parameters.has("state")) return answer;
  const begun = JSON.parse(known) as Begun;
  sessionStorage.removeItem(KEY);
  // Neither the history nor a reload is to offer the code again.
  window.history.replaceState(null, "", begun.to);
  answer = tokenFor(PROVIDER, parameters, begun);
  return answer;
}

async function tokenFor(provider: Provider, parameters: URLSearchParams, begun: Begun): Promise<string> {
  if (parameters.get("state") !== begun.state) throw new Error("the answer is not to this sign-in");
  const [code, refusal, issuer] = ["code", "error", "iss"].map((name) => parameters.get(name));
  // Another provider's code must not be sent to this one (RFC 9207).
  if (issuer && issuer !== provider.issuer) throw new Error(`the answer is from ${issuer}`);
  if (!code) throw new Error(refusal ?? "the answer has no code");
  const { token_endpoint } = await discover(provider);
  const response = await fetch(token_endpoint, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      redirect_uri: returnAddress(),
      client_id: provider.clientId,
      code_verifier: begun.verifier,
    }),
  });
  const { access_token } = (await response.json()) as { access_token?: unknown };
  if (!response.ok || typeof access_token !== "string") throw new Error(`no token: status ${response.status}`);
  return access_token;
}
