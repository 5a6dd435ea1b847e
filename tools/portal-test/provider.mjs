// A small identity provider: OpenID Connect's code flow with PKCE, for a page that has no secret. Whoever signs in says who
// it is. `node provider.mjs COMMAND...` runs the command with the portal and the gateway told of it.
import { spawn } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { createServer } from "node:http";

const CLIENT = "portal-test";
const AUDIENCE = "https://gateway.example";
const SCOPES =
  "admin partners:read partner_groups:read campaigns:read events:read commissions:read payouts:read deals:read";

const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** An access token as the gateway wants it; without a partner it is the staff's. */
function tokenFor(issuer, partner) {
  // With fractions: a partner's earlier tokens end with a suspension, and a test signs in within the second after one.
  const now = Date.now() / 1000;
  const scope = partner ? SCOPES.replace("admin ", "") : SCOPES;
  const claims = {
    iss: issuer,
    aud: AUDIENCE,
    sub: partner ? "pat" : "ann",
    iat: now,
    exp: Math.floor(now) + 600,
    scope,
  };
  const head = part({ alg: "ES256", kid: "one", typ: "at+jwt" });
  const body = `${head}.${part({ ...claims, ...(partner && { partner }) })}`;
  return `${body}.${sign("sha256", Buffer.from(body), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
}

/** The codes that were given and not yet taken, with what they were asked with. */
const codes = new Map();

async function answer(request, issuer) {
  const address = new URL(request.url, issuer);
  const asked = Object.fromEntries(address.searchParams);
  switch (address.pathname) {
    case "/.well-known/openid-configuration":
      return {
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
      };
    case "/keys":
      return { keys: [{ ...publicKey.export({ format: "jwk" }), kid: "one", alg: "ES256", use: "sig" }] };
    case "/authorize": {
      const wrong =
        asked.client_id !== CLIENT || asked.response_type !== "code" || asked.code_challenge_method !== "S256";
      if (wrong) return { status: 400, error: "invalid_request" };
      const hidden = ["redirect_uri", "state", "code_challenge"].map(
        (name) => `<input type="hidden" name="${name}" value="${asked[name]}">`,
      );
      const fields = `<label>Partner <input name="partner"></label><button>Continue</button><button name="deny">Deny</button>`;
      return `<!doctype html><title>Provider</title><form action="/continue">${hidden.join("")}${fields}</form>`;
    }
    case "/continue": {
      const back = new URL(asked.redirect_uri);
      back.searchParams.set("state", asked.state);
      back.searchParams.set("iss", issuer);
      if ("deny" in asked) back.searchParams.set("error", "access_denied");
      else {
        const code = randomBytes(16).toString("hex");
        codes.set(code, asked);
        back.searchParams.set("code", code);
      }
      return { status: 303, location: back.href };
    }
    case "/token": {
      let body = "";
      for await (const piece of request) body += piece;
      const given = Object.fromEntries(new URLSearchParams(body));
      const known = codes.get(given.code);
      codes.delete(given.code);
      const proved =
        known !== undefined &&
        given.grant_type === "authorization_code" &&
        given.client_id === CLIENT &&
        given.redirect_uri === known.redirect_uri &&
        createHash("sha256").update(given.code_verifier).digest("base64url") === known.code_challenge;
      if (!proved) return { status: 400, error: "invalid_grant" };
      return { access_token: tokenFor(issuer, known.partner), token_type: "Bearer", expires_in: 600 };
    }
    default:
      return { status: 404, error: "not_found" };
  }
}

const server = createServer(async (request, response) => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const {
    status = 200,
    location,
    ...rest
  } = await answer(request, issuer).then((found) => (typeof found === "string" ? { html: found } : found));
  response.writeHead(status, {
    "content-type": rest.html ? "text/html" : "application/json",
    "access-control-allow-origin": "*",
    ...(location && { location }),
  });
  response.end(rest.html ?? JSON.stringify(rest));
});
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const [program, ...parameters] = process.argv.slice(2);
  const settings = {
    PROVIDER_URL: issuer,
    VITE_ISSUER: issuer,
    VITE_CLIENT_ID: CLIENT,
    VITE_SCOPE: "openid",
    TRIBUTARY_ISSUERS__PORTAL__ISSUER: issuer,
    TRIBUTARY_ISSUERS__PORTAL__AUDIENCES: JSON.stringify([AUDIENCE]),
    TRIBUTARY_ISSUERS__PORTAL__TENANT: "demo",
    TRIBUTARY_ISSUERS__PORTAL__PARTNER_CLAIM: "partner",
    TRIBUTARY_ISSUERS__PORTAL__SCOPE_CLAIMS: '["scope"]',
    TRIBUTARY_ISSUER_KEYS__ALLOWED_NETWORKS: '["127.0.0.1/32"]',
  };
  const child = spawn(program, parameters, { stdio: "inherit", env: { ...process.env, ...settings } });
  child.on("exit", (code) => process.exit(code ?? 1));
});
