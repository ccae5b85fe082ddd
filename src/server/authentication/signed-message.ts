// A message's signatures, DKIM's and ARC's: its header is read when it is whole, its body is hashed as it
// passes, and at the end keys are asked for and signatures checked. Nothing of the body is held.

import { readArcChain } from "../../core/authentication/arc/chain.ts";
import { type BodyForm, createBodyForm } from "../../core/authentication/dkim/canonical-body.ts";
import type { Canonicalization } from "../../core/authentication/dkim/canonical-header.ts";
import {
  keyName,
  type MessageSignature,
  readDkimSignature,
  type Unfit,
} from "../../core/authentication/dkim/signature.ts";
import { type HeaderField, splitHeader } from "../../core/mail/header-fields.ts";
import type { Result } from "../../core/result.ts";
import { createHeaderGate, type HeaderEnd } from "../../core/submission/header-gate.ts";
import { createDigest, type Digest } from "../../io/authentication/signatures.ts";

export interface SignedMessage {
  /** Octets of the message, which hold no bare CR or LF. */
  take(octets: Uint8Array): void;
  /** The message is whole. */
  finish(): Contents;
}

export interface Contents {
  readonly fields: readonly HeaderField[];
  /** The header was too long to be read: there are no fields then. */
  readonly isTooLong: boolean;
  /** What ends the header is a line that is no field. */
  readonly isBroken: boolean;
  /** The first of them in the header's order. */
  readonly signatures: readonly Result<MessageSignature, Unfit>[];
  /** How many more there are. */
  readonly passedOver: number;
  readonly arc: ReturnType<typeof readArcChain>;
  /** Of the body in each form that a signature has, in base64. */
  readonly bodyHashes: ReadonlyMap<Canonicalization, string>;
}

/** Signatures of one message that are checked. */
const mostSignatures = 10;
/** Keys that are asked for at once. Names that are slow to find keep the places of others' questions, and a chain
 * of ARC may have fifty. */
const mostAhead = 10;

export interface SignedMessageOptions {
  /** UTC milliseconds. */
  readonly now: number;
  /** The key of a signature will be needed: it may be asked for while the message still comes. */
  readonly onKeyName: (name: string) => void;
}

export function createSignedMessage({ now, onKeyName }: SignedMessageOptions): SignedMessage {
  const bodies = new Map<Canonicalization, { readonly form: BodyForm; readonly digest: Digest }>();
  let header: Omit<Contents, "bodyHashes" | "isTooLong" | "isBroken"> = {
    fields: [],
    signatures: [],
    passedOver: 0,
    arc: undefined,
  };
  let isBroken = false;
  let skips = 0; // octets of the empty line that are to come

  function readHeader(octets: Uint8Array, end: HeaderEnd): void {
    header = readSignatures(splitHeader(octets), now);
    isBroken = end === "body";
    const { signatures, arc } = header;
    const good = signatures.flatMap((read) => (read.ok ? [read.value] : []));
    const sealed = arc?.ok === true ? [arc.value.message, ...arc.value.seals] : [];
    for (const { bodyForm } of arc?.ok === true ? [...good, arc.value.message] : good) {
      if (!bodies.has(bodyForm)) bodies.set(bodyForm, hashedBody(bodyForm));
    }
    for (const signature of [...good, ...sealed].slice(0, mostAhead)) onKeyName(keyName(signature));
    if (end === "empty-line") skips = 2;
  }

  function takeBody(octets: Uint8Array): void {
    const rest = skips > 0 ? octets.subarray(skips) : octets;
    skips = Math.max(0, skips - octets.length);
    for (const { form } of bodies.values()) form.take(rest);
  }

  const gate = createHeaderGate({ header: readHeader, body: takeBody });
  return {
    take: (octets) => gate.take(octets),
    finish() {
      gate.finish();
      const hashes = [...bodies].map(([form, body]) => {
        body.form.finish();
        return [form, body.digest.finish()] as const;
      });
      const { isTooLong } = gate;
      return { ...header, isTooLong, isBroken, bodyHashes: new Map(hashes) };
    },
  };
}

function readSignatures(
  fields: readonly HeaderField[],
  now: number,
): Omit<Contents, "bodyHashes" | "isTooLong" | "isBroken"> {
  const own = fields.filter(({ name }) => name === "dkim-signature");
  return {
    fields,
    signatures: own.slice(0, mostSignatures).map((field) => readDkimSignature(field, now)),
    passedOver: Math.max(0, own.length - mostSignatures),
    arc: readArcChain(fields),
  };
}

function hashedBody(form: Canonicalization) {
  const digest = createDigest();
  return { form: createBodyForm(form, (octets) => digest.take(octets)), digest };
}
