// The secret that another server sends along, as a token or as a password (RFC 6750 §2.1, RFC 7617):
// Dovecot's exporter of events can do only the second.

import { createHash, timingSafeEqual } from "node:crypto";

export class SharedSecret {
  readonly #digest: Buffer;

  constructor(secret: string) {
    this.#digest = digest(secret);
  }

  /** Whether an Authorization header shows the secret. Takes the same time for all wrong ones. */
  isIn(header: string | undefined): boolean {
    const [scheme = "", credentials = ""] = header?.trim().split(/ +/) ?? [];
    switch (scheme.toLowerCase()) {
      case "bearer":
        return this.#is(credentials);
      case "basic":
        return this.#is(passwordIn(credentials));
      default:
        return false;
    }
  }

  #is(text: string): boolean {
    return timingSafeEqual(digest(text), this.#digest);
  }
}

/** The user's name says nothing: there is one secret for all. */
function passwordIn(credentials: string): string {
  const text = Buffer.from(credentials, "base64").toString("utf8");
  return text.slice(text.indexOf(":") + 1);
}

/** Of the same length for every secret. */
function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
