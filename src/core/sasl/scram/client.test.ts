// A client of SCRAM, written from RFC 5802 for the tests alone: it shares nothing with the server.

import { createHash, createHmac, pbkdf2Sync } from "node:crypto";
import type { ScramHash } from "./keys.ts";

export interface ScramClient {
  readonly user: string;
  readonly password: string;
  readonly hash: ScramHash;
  readonly nonce: string;
  /** With both commas. */
  readonly header: string;
  readonly binding?: Uint8Array;
}

export function clientFirst({ header, user, nonce }: ScramClient): string {
  return `${header}n=${escape(user)},r=${nonce}`;
}

/** The last message but one, and what the server must answer to it. */
export function clientFinal(
  client: ScramClient,
  serverFirst: string,
): { readonly message: string; readonly serverFinal: string } {
  const { hash, password, header, binding = Buffer.alloc(0), user, nonce } = client;
  const [, whole = "", salt = "", rounds = ""] = /^r=(.*),s=(.*),i=(.*)$/.exec(serverFirst) ?? [];
  const length = hash === "sha1" ? 20 : 32;
  const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), Number(rounds), length, hash);
  const hmac = (key: Uint8Array, text: string) => createHmac(hash, key).update(text).digest();
  const clientKey = hmac(salted, "Client Key");
  const storedKey = createHash(hash).update(clientKey).digest();
  const channel = Buffer.concat([Buffer.from(header), binding]).toString("base64");
  const withoutProof = `c=${channel},r=${whole}`;
  const said = `n=${escape(user)},r=${nonce},${serverFirst},${withoutProof}`;
  const signature = hmac(storedKey, said);
  const proof = clientKey.map((octet, at) => octet ^ signature[at]!);
  return {
    message: `${withoutProof},p=${Buffer.from(proof).toString("base64")}`,
    serverFinal: `v=${hmac(hmac(salted, "Server Key"), said).toString("base64")}`,
  };
}

function escape(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}
