// An OpenID Connect provider that signs everybody in as alice.
//
//     node provider.mjs PORT ISSUER KEY REDIRECT
//
// It listens on the port, whatever the issuer is that it claims to be. The same word for a key makes the same key.

import { createHash, createPrivateKey } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const [port, issuer, key, redirect] = process.argv.slice(2);

const ACCOUNT = { sub: "alice-at-the-provider", name: "Alice", email: "Alice@Acme.example", email_verified: true };

// A key for P-256 whose secret number is the hash of a word: the curve's order is nearly 2^256.
function keyOf(word) {
  const secret = createHash("sha256").update(word).digest();
  const head = Buffer.from("30310201010420", "hex");
  const tail = Buffer.from("a00a06082a8648ce3d030107", "hex");
  const der = Buffer.concat([head, secret, tail]);
  const jwk = createPrivateKey({ key: der, format: "der", type: "sec1" }).export({ format: "jwk" });
  return { ...jwk, kid: word, alg: "ES256", use: "sig" };
}

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "shipgate",
      client_secret: "a-secret-of-the-tests-that-is-long-enough",
      redirect_uris: [redirect],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [keyOf(key)] },
  cookies: { keys: ["of the tests"] },
  features: { devInteractions: { enabled: false } },
  claims: { email: ["email", "email_verified"], profile: ["name"] },
  // Claims are in the ID token: the service asks no other endpoint.
  conformIdTokenClaims: false,
  findAccount: (_, sub) => ({ accountId: sub, claims: () => ACCOUNT }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  async loadExistingGrant(context) {
    const { client, session } = context.oidc;
    const grant = new context.oidc.provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid email profile");
    await grant.save();
    return grant;
  },
});

const answer = provider.callback();
createServer((request, response) => {
  if (request.url.startsWith("/interaction/")) {
    return provider.interactionFinished(request, response, { login: { accountId: ACCOUNT.sub } });
  }
  return answer(request, response);
}).listen(Number(port), "127.0.0.1", () => console.log("listening"));
