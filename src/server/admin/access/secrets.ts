// Secrets that browsers and programs show. They are chance alone, 256 bits of it, so that a plain digest
// is enough to keep of them.

import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const octets = 32;
const tokenPrefix = "bw_";

/** For a cookie. */
export function newSecret(): string {
  return randomBytes(octets).toString("base64url");
}

/** For the API: scanners for leaked secrets know the prefix. */
export function newToken(): string {
  return `${tokenPrefix}${newSecret()}`;
}

export function isToken(text: string): boolean {
  return text.startsWith(tokenPrefix) && isSecret(text.slice(tokenPrefix.length));
}

/** Whether it has the form of one: what has not is not even looked for. */
export function isSecret(text: string): boolean {
  return /^[A-Za-z0-9_-]{43}$/.test(text);
}

/** SHA-256 in hex: what the store keeps. */
export function digestOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** What forms of a session carry along. Whoever knows it does not know the cookie. */
export function formTokenOf(secret: string): string {
  return createHmac("sha256", secret).update("form").digest("base64url");
}

/** In a time that does not tell where they differ. */
export function isSame(one: string, other: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(one)), Buffer.from(digestOf(other)));
}
