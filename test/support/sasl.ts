// SASL's ports on Node's cryptography, and one small world of accounts behind them.

import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import type { SaslPorts, SaslServer } from "../../src/core/sasl/context.ts";
import type { CredentialAnswer, CredentialQuestion } from "../../src/core/sasl/credentials.ts";
import { makeScramKeys, type ScramHash, type ScramKeys } from "../../src/core/sasl/scram/keys.ts";

/** @param nonce what chance gives, the same each time. */
export function saslPorts(nonce: string): SaslPorts {
  return {
    digest: (hash, octets) => createHash(hash).update(octets).digest(),
    hmac: (hash, key, octets) => createHmac(hash, key).update(octets).digest(),
    equal: (one, other) => one.length === other.length && timingSafeEqual(one, other),
    nonce: () => nonce,
  };
}

export function saslServer(nonce: string): SaslServer {
  return {
    ports: saslPorts(nonce),
    hostname: "mail.example.org",
    mayActAs: false,
    decoy: { secret: Buffer.from("only we know"), iterations: 4096, saltOctets: 16 },
    oauth: {},
  };
}

interface Salting {
  readonly salt: Uint8Array;
  readonly iterations: number;
}

/** What a store would keep of the password. */
export function scramKeys(
  hash: ScramHash,
  password: string,
  { salt, iterations }: Salting,
): ScramKeys {
  const octets = hash === "sha1" ? 20 : 32;
  const salted = pbkdf2Sync(password, salt, iterations, octets, hash);
  return makeScramKeys(saslPorts(""), hash, { salted, salt, iterations });
}

export interface KnownUser {
  readonly user: string;
  readonly password: string;
  readonly token?: string;
  readonly certificate?: string;
  readonly salting?: Salting;
}

/** A store with one account, `account of USER`, which answers as any store must. */
export function storeWith(known: KnownUser): (question: CredentialQuestion) => CredentialAnswer {
  const account = `account of ${known.user}`;
  const salting = known.salting ?? { salt: Buffer.from("0123456789abcdef"), iterations: 2 };
  const good = (isGood: boolean): CredentialAnswer =>
    isGood ? { kind: "account", account } : { kind: "rejected" };
  return (question) => {
    switch (question.kind) {
      case "password":
        return good(
          question.user === known.user &&
            question.actAs === undefined &&
            question.password.prepared === known.password,
        );
      case "scram-keys": {
        if (question.user !== known.user || question.actAs !== undefined) return good(false);
        const keys = scramKeys(question.hash, known.password, salting);
        return { kind: "scram-keys", account, keys };
      }
      case "clear-password":
        if (question.user !== known.user) return good(false);
        return { kind: "clear-password", account, password: known.password };
      case "token":
        return good((question.user ?? known.user) === known.user && question.token === known.token);
      case "certificate":
        return good(
          (question.user ?? known.user) === known.user &&
            question.certificate === known.certificate,
        );
    }
  };
}
