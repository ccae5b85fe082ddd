// What a client says in SCRAM (RFC 5802 §7).

import { decodeBase64 } from "../../base64.ts";
import { bad, good, type Result } from "../../result.ts";
import { type Failure, malformed } from "../exchange.ts";
import { type Gs2Header, readGs2Header, readSaslName } from "../gs2.ts";
import { decodeText } from "../text.ts";

export interface ClientFirst {
  readonly header: Gs2Header;
  readonly user: string;
  readonly nonce: string;
  /** The message without the header: what the proof covers. */
  readonly bare: string;
}

/** `n=user,r=nonce`, then extensions that may be ignored. `m=` anywhere is one that may not. */
const clientFirst = /^n=([^,]*),r=([!-+\--~]+)(?:,[a-ln-zA-Z]=[^,]+)*$/;
/** `c=binding,r=nonce`, extensions, and the proof behind all that it covers. */
const clientFinal =
  /^(c=([A-Za-z0-9+/=]+),r=([!-+\--~]+)(?:,[a-ln-zA-Z]=[^,]+)*),p=([A-Za-z0-9+/=]+)$/;

export function readClientFirst(message: Uint8Array): Result<ClientFirst, Failure> {
  const text = decodeText(message);
  if (text === undefined) return bad(malformed("not UTF-8, or with a NUL"));
  const gs2 = readGs2Header(text);
  if (!gs2.ok) return gs2;
  const { header, rest: bare } = gs2.value;
  const match = clientFirst.exec(bare);
  if (match === null) return bad(malformed("no user and nonce, or an unknown extension"));
  const [, name = "", nonce = ""] = match;
  const user = readSaslName(name);
  if (user === undefined) return bad(malformed("a name with = as no escape"));
  return good({ header, user, nonce, bare });
}

export interface ClientFinal {
  readonly binding: Uint8Array;
  readonly nonce: string;
  readonly proof: Uint8Array;
  readonly withoutProof: string;
}

export function readClientFinal(message: Uint8Array): Result<ClientFinal, Failure> {
  const match = clientFinal.exec(decodeText(message) ?? "");
  if (match === null) return bad(malformed("no binding, nonce and proof, or an unknown extension"));
  const [, withoutProof = "", bindingText = "", nonce = "", proofText = ""] = match;
  const binding = decodeBase64(bindingText);
  const proof = decodeBase64(proofText);
  if (binding === undefined || proof === undefined) return bad(malformed("bad base 64 inside"));
  return good({ binding, nonce, proof, withoutProof });
}
