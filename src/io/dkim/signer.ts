// Signs a message as it passes (RFC 6376): the header is held until it is whole, of the body only its
// hash. Ours rather than mailauth's, which cannot seal fields that are absent (docs/decisions/0029).

import { createHash, type Hash, type KeyObject, sign } from "node:crypto";
import { authorDomain } from "../../core/dkim/author-domain.ts";
import {
  fieldsToSign,
  type HeaderField,
  namesToSign,
  readHeader,
  relaxField,
} from "../../core/dkim/header.ts";
import type { KeyAlgorithm } from "../../core/dkim/key.ts";
import { createRelaxedBody, type RelaxedBody } from "../../core/dkim/relaxed-body.ts";
import { formatSigned, formatUnsigned } from "../../core/dkim/signature-field.ts";
import { errorText } from "../../core/error-text.ts";
import type { Domain } from "../../core/mail/domain.ts";
import { bad, good, type Result } from "../../core/result.ts";
import { createHeaderGate } from "../../core/submission/header-gate.ts";

/** One of those that a message is signed with. */
export interface SigningKey {
  readonly domain: Domain;
  readonly selector: string;
  readonly algorithm: KeyAlgorithm;
  readonly key: KeyObject;
}

export interface SignerOptions {
  /** The keys of the domain that the message is from; none: it stays without a signature. The problem
   * says why they are of no use. */
  readonly keysOf: (domain: Domain) => Result<readonly SigningKey[], string>;
  /** UTC milliseconds. */
  readonly now: () => number;
}

export interface Signer {
  /** Octets of the message, whose lines end in CR LF; valid during the call only. */
  take(octets: Uint8Array): void;
  /** The message is whole. Brings DKIM-Signature fields, to be put on top of it; empty where it is not to
   * be signed. */
  finish(): Promise<Result<string, string>>;
}

const none: Result<readonly SigningKey[], string> = good([]);

export function createSigner({ keysOf, now }: SignerOptions): Signer {
  let keys = none;
  let fields: readonly HeaderField[] = [];
  let hash: Hash | undefined;
  let body: RelaxedBody | undefined;
  let isBetween = false;

  const gate = createHeaderGate({
    header(octets, end) {
      // Readers do not agree on where such a header ends.
      if (end === "body") return;
      fields = readHeader(Buffer.from(octets).toString("latin1"));
      const domain = authorDomain(fields.filter(isFrom).map(textOf));
      keys = domain === undefined ? none : keysOf(domain);
      if (!keys.ok || keys.value.length === 0) return;
      const bodyHash = createHash("sha256");
      hash = bodyHash;
      body = createRelaxedBody((relaxed) => bodyHash.update(relaxed));
      isBetween = true;
    },
    body(octets) {
      // The empty line comes first, and whole; it belongs to neither.
      body?.take(isBetween ? octets.subarray(2) : octets);
      isBetween = false;
    },
  });

  return {
    take: (octets) => gate.take(octets),
    async finish() {
      gate.finish();
      if (!keys.ok) return keys;
      if (hash === undefined) return good("");
      body?.finish();
      const names = namesToSign(fields);
      const signed = { fields: fieldsToSign(fields, names), names };
      const common = { ...signed, bodyHash: hash.digest("base64"), signedAt: now() };
      try {
        const made = await Promise.all(keys.value.map((key) => signWith(key, common)));
        return good(made.join(""));
      } catch (error) {
        return bad(errorText(error));
      }
    },
  };
}

interface Signed {
  /** Relaxed. */
  readonly fields: readonly string[];
  readonly names: readonly string[];
  readonly bodyHash: string;
  readonly signedAt: number;
}

async function signWith(key: SigningKey, { fields, ...rest }: Signed): Promise<string> {
  const unsigned = formatUnsigned({ ...key, ...rest });
  // RFC 6376 §3.7: the field itself comes last, and without a line end.
  const lines = [...fields, relaxField({ name: "DKIM-Signature", value: unsigned })];
  return formatSigned(unsigned, await signOctets(key, Buffer.from(lines.join("\r\n"), "latin1")));
}

/** RSA takes about a millisecond, which other sessions need not wait for: another thread does it. */
function signOctets({ algorithm, key }: SigningKey, octets: Buffer): Promise<string> {
  // RFC 8463 §3: Ed25519 signs the hash.
  const isRsa = algorithm === "rsa";
  const signed = isRsa ? octets : createHash("sha256").update(octets).digest();
  return new Promise((resolve, reject) => {
    sign(isRsa ? "sha256" : null, signed, key, (error, signature) => {
      if (error === null) resolve(signature.toString("base64"));
      else reject(error);
    });
  });
}

function isFrom({ name }: HeaderField): boolean {
  return name.toLowerCase() === "from";
}

function textOf({ value }: HeaderField): string {
  return Buffer.from(value, "latin1").toString("utf8");
}
