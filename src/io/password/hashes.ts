// Checks passwords against what is stored of them, so many at once that mail does not wait for it, and
// so that a stranger cannot tell from the time whether there is such a user.

import { hash as digest, timingSafeEqual } from "node:crypto";
import { errorText } from "../../core/error-text.ts";
import { createGate, type Gate } from "../process/gate.ts";
import { matchesArgon2 } from "./argon2.ts";
import { type CryptHash, longestPassword } from "./crypt/crypt.ts";
import { createCryptThreads, type CryptThreads } from "./crypt-threads.ts";
import { matchesDigest } from "./digest.ts";
import { readStoredPassword, type StoredPassword } from "./stored.ts";

type PasswordKind = Exclude<StoredPassword["kind"], "unusable">;

export type PasswordVerdict =
  | { readonly result: "matches"; readonly kind: PasswordKind }
  | { readonly result: "differs" }
  /** No password can match what is stored. */
  | { readonly result: "unusable"; readonly why: string }
  | Unavailable;

/** Nothing was found out: too much is to be done, or a thread failed. */
interface Unavailable {
  readonly result: "unavailable";
  readonly why: string;
}

export interface PasswordHashes {
  /** Never rejects. */
  verify(password: string, stored: string): Promise<PasswordVerdict>;
  /** Takes as long as the check of a password of the kind that was last checked: for a login that
   * nobody has. Never rejects. */
  pretend(password: string): Promise<{ readonly result: "differs" } | Unavailable>;
  close(): Promise<void>;
}

export interface PasswordHashesOptions {
  /** Passwords checked at once; each takes a core, and Argon2 takes the memory that its hash says. */
  readonly atOnce: number;
  /** Passwords that may wait besides. */
  readonly waiting: number;
  /** Milliseconds for which they wait at most. */
  readonly patience: number;
}

type UsablePassword = Exclude<StoredPassword, { readonly kind: "unusable" }>;

/** What passes for the hash of a user who does not exist, until a real one has been seen. */
const firstDummy: CryptHash = {
  kind: "sha512-crypt",
  rounds: 5000,
  salt: "................",
  result: ".".repeat(86),
};

export function createPasswordHashes(options: PasswordHashesOptions): PasswordHashes {
  return new Hashes(createGate({ places: options.atOnce, ...options }), createCryptThreads());
}

class Hashes implements PasswordHashes {
  readonly #gate: Gate;
  readonly #threads: CryptThreads;
  #lastSeen: UsablePassword = firstDummy;

  constructor(gate: Gate, threads: CryptThreads) {
    this.#gate = gate;
    this.#threads = threads;
  }

  async verify(password: string, text: string): Promise<PasswordVerdict> {
    const stored = readStoredPassword(text);
    if (stored.kind === "unusable") {
      const pretended = await this.pretend(password);
      return pretended.result === "unavailable"
        ? pretended
        : { result: "unusable", why: stored.why };
    }
    this.#lastSeen = stored;
    return this.#check(password, stored);
  }

  async pretend(password: string): Promise<{ readonly result: "differs" } | Unavailable> {
    const verdict = await this.#check(password, this.#lastSeen);
    return verdict.result === "unavailable" ? verdict : { result: "differs" };
  }

  close(): Promise<void> {
    return this.#threads.close();
  }

  async #check(
    password: string,
    stored: UsablePassword,
  ): Promise<Exclude<PasswordVerdict, { readonly result: "unusable" }>> {
    try {
      const matches = await this.#gate.run(() => this.#matches(Buffer.from(password), stored));
      if (!matches.ok) return unavailable("too many passwords are being checked");
      return matches.value ? { result: "matches", kind: stored.kind } : { result: "differs" };
    } catch (error) {
      return unavailable(errorText(error));
    }
  }

  async #matches(password: Buffer, stored: UsablePassword): Promise<boolean> {
    switch (stored.kind) {
      case "clear":
        return isEqual(password, Buffer.from(stored.password));
      case "digest":
        return matchesDigest(password, stored);
      case "argon2i":
      case "argon2id":
        return matchesArgon2(password, stored);
      case "des-crypt":
      case "md5-crypt":
      case "sha256-crypt":
      case "sha512-crypt":
        return this.#matchesCrypt(password, stored);
    }
  }

  async #matchesCrypt(password: Buffer, hash: CryptHash): Promise<boolean> {
    // One that is too long costs as much as the longest, and is never right.
    const result = await this.#threads.compute({
      password: password.subarray(0, longestPassword),
      hash,
    });
    return (
      isEqual(Buffer.from(result), Buffer.from(hash.result)) && password.length <= longestPassword
    );
  }
}

function unavailable(why: string): Unavailable {
  return { result: "unavailable", why };
}

/** In a time that does not depend on where they differ; digests, because lengths may differ too. */
function isEqual(one: Buffer, other: Buffer): boolean {
  return timingSafeEqual(digest("sha256", one, "buffer"), digest("sha256", other, "buffer"));
}
