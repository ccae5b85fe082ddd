// An authority that hands out tokens, as Keycloak and its like do: its metadata and its keys by HTTP
// on loopback.

import { generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { exportJWK, SignJWT } from "jose";
import type { Cleanup } from "./cleanup.ts";

export type Algorithm = "RS256" | "PS256" | "ES256" | "EdDSA";

export interface SigningKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Authority {
  readonly issuer: string;
  /** Paths that were asked for, in their order. */
  readonly asked: string[];
  /** Those that it owns up to. */
  keys: readonly SigningKey[];
  /** What it answers instead; undefined from then on again what it should. */
  answer: RequestListener | undefined;
  stop(): Promise<void>;
}

export interface AuthorityOptions {
  readonly keys: readonly SigningKey[];
  /** Speaks HTTPS with this certificate and key (PEM). */
  readonly tls?: { readonly cert: string; readonly key: string };
}

export function makeKey(algorithm: Algorithm): SigningKey {
  return { kid: randomUUID(), algorithm, ...generate(algorithm) };
}

function generate(algorithm: Algorithm): { publicKey: KeyObject; privateKey: KeyObject } {
  switch (algorithm) {
    case "ES256":
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case "EdDSA":
      return generateKeyPairSync("ed25519");
    case "RS256":
    case "PS256":
      return generateKeyPairSync("rsa", { modulusLength: 2048 });
  }
}

export async function startAuthority(
  cleanup: Cleanup,
  { keys, tls }: AuthorityOptions,
): Promise<Authority> {
  const respond: RequestListener = (request, response) => {
    const path = request.url ?? "";
    authority.asked.push(path);
    if (authority.answer !== undefined) authority.answer(request, response);
    else void documentAt(authority, path).then((text) => response.end(text));
  };
  const server = tls === undefined ? createServer(respond) : createSecureServer(tls, respond);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has one
  const { port } = server.address() as AddressInfo;
  // Our own certificates have names in them, not addresses.
  const origin = tls === undefined ? `http://127.0.0.1:${port}` : `https://localhost:${port}`;
  const authority: Authority = {
    issuer: `${origin}/realms/mail`,
    asked: [],
    keys,
    answer: undefined,
    async stop() {
      if (!server.listening) return;
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  cleanup.after(() => authority.stop());
  return authority;
}

async function documentAt(authority: Authority, path: string): Promise<string> {
  if (path.endsWith("/.well-known/openid-configuration")) {
    return JSON.stringify({ issuer: authority.issuer, jwks_uri: `${authority.issuer}/keys` });
  }
  const keys = authority.keys.map(async ({ kid, publicKey, algorithm }) => {
    return { ...(await exportJWK(publicKey)), kid, alg: algorithm, use: "sig" };
  });
  return JSON.stringify({ keys: await Promise.all(keys) });
}

/** A token as it should be, but for what `claims` and `header` say. */
export async function signToken(
  key: SigningKey,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: key.algorithm, kid: key.kid, typ: "JWT", ...header })
    .sign(key.privateKey);
}
