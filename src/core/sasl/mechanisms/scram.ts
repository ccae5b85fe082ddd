// SCRAM (RFC 5802, RFC 7677): the client proves that it knows the password, and we prove that we
// know its keys.

import { encodeBase64 } from "../../base64.ts";
import type { SaslContext } from "../context.ts";
import type { CredentialAnswer } from "../credentials.ts";
import {
  challenge,
  check,
  clientFirst,
  type Exchange,
  malformed,
  rejected,
  success,
  unavailable,
  wrongCredentials,
} from "../exchange.ts";
import { readIdentity } from "../identity.ts";
import type { CredentialSource, Mechanism } from "../mechanism.ts";
import { expectedBinding, type ScramVariant } from "../scram/binding.ts";
import { makeDecoyKeys } from "../scram/decoy.ts";
import { isGoodProof, type ScramHash, type ScramKeys } from "../scram/keys.ts";
import { type ClientFirst, readClientFinal, readClientFirst } from "../scram/messages.ts";
import { encodeText } from "../text.ts";

export const scramSha256Plus = scram("scram-sha-256-keys", {
  name: "SCRAM-SHA-256-PLUS",
  hash: "sha256",
  plus: true,
});

export const scramSha256 = scram("scram-sha-256-keys", {
  name: "SCRAM-SHA-256",
  hash: "sha256",
  plus: false,
});

export const scramSha1 = scram("scram-sha-1-keys", {
  name: "SCRAM-SHA-1",
  hash: "sha1",
  plus: false,
});

function scram(source: CredentialSource, variant: ScramVariant): Mechanism {
  return {
    name: variant.name,
    source,
    connection: variant.plus ? "channel-binding" : "any",
    start: (context, initial) =>
      clientFirst(initial, (message) => begun(context, variant, message)),
  };
}

/** What is known once the client has begun. */
interface Beginning {
  readonly context: SaslContext;
  readonly hash: ScramHash;
  readonly first: ClientFirst;
  readonly user: string;
  /** What the client must repeat of the channel. */
  readonly binding: Uint8Array;
}

interface Known {
  readonly keys: ScramKeys;
  /** Undefined where the keys are decoys. */
  readonly account: string | undefined;
}

function begun(context: SaslContext, variant: ScramVariant, message: Uint8Array): Exchange {
  const { hash } = variant;
  const first = readClientFirst(message);
  if (!first.ok) return first.problem;
  const { header, user: authentication } = first.value;
  const { authorization } = header;
  const identity = readIdentity({ authentication, authorization }, context.mayActAs);
  if (!identity.ok) return identity.problem;
  const { user, actAs } = identity.value;
  const binding = expectedBinding(context, variant, header);
  if (!binding.ok) return { ...binding.problem, user };
  const beginning = { context, hash, first: first.value, user, binding: binding.value };
  return check({ kind: "scram-keys", hash, user, actAs }, (answer) => keysFound(beginning, answer));
}

function keysFound(beginning: Beginning, answer: CredentialAnswer): Exchange {
  const { context, hash, first, user } = beginning;
  if (answer.kind === "unavailable") return unavailable(user);
  // Made for each user, that they take their time with each.
  const decoy = makeDecoyKeys(context, hash, user);
  const known: Known =
    answer.kind === "scram-keys"
      ? { keys: answer.keys, account: answer.account }
      : { keys: decoy, account: undefined };
  const nonce = first.nonce + context.ports.nonce();
  const { salt, iterations } = known.keys;
  const serverFirst = `r=${nonce},s=${encodeBase64(salt)},i=${iterations}`;
  return challenge(encodeText(serverFirst), (message) =>
    proofCame(beginning, known, { nonce, serverFirst, message }),
  );
}

interface LastRound {
  readonly nonce: string;
  readonly serverFirst: string;
  readonly message: Uint8Array;
}

function proofCame(
  { context: { ports }, hash, first, user, binding }: Beginning,
  { keys, account }: Known,
  { nonce, serverFirst, message }: LastRound,
): Exchange {
  const final = readClientFinal(message);
  if (!final.ok) return { ...final.problem, user };
  const { proof, withoutProof } = final.value;
  if (!ports.equal(final.value.binding, binding)) {
    return rejected("the client sees another channel", user);
  }
  if (final.value.nonce !== nonce) return rejected("the nonce is not ours", user);
  const said = encodeText(`${first.bare},${serverFirst},${withoutProof}`);
  const good = isGoodProof(ports, { hash, keys, said, proof });
  if (!good || account === undefined) return wrongCredentials(user);
  const signature = encodeBase64(ports.hmac(hash, keys.serverKey, said));
  return challenge(encodeText(`v=${signature}`), (last) =>
    last.length === 0 ? success(account) : malformed("the last response must be empty"),
  );
}
