// What a server says in SCRAM (RFC 5802 §7).

import { decodeBase64 } from "../../base64.ts";
import { decodeText } from "../text.ts";

export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** The message as it is: the proof covers it. */
  readonly text: string;
}

/** `r=nonce,s=salt,i=rounds`, then extensions that may be ignored; `m=` in front is one that may not. */
const serverFirst =
  /^r=([!-+\--~]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9][0-9]{0,8})(?:,[a-zA-Z]=[^,]+)*$/;

export function readServerFirst(message: Uint8Array): ServerFirst | undefined {
  const text = decodeText(message);
  const match = serverFirst.exec(text ?? "");
  if (text === undefined || match === null) return undefined;
  const [, nonce = "", saltText = "", rounds = ""] = match;
  const salt = decodeBase64(saltText);
  if (salt === undefined) return undefined;
  return { nonce, salt, iterations: Number(rounds), text };
}

export type ServerFinal =
  | { readonly kind: "verifier"; readonly text: string }
  | { readonly kind: "error"; readonly error: string }
  | { readonly kind: "unknown" };

export function readServerFinal(message: Uint8Array): ServerFinal {
  const text = decodeText(message) ?? "";
  const [, verifier] = /^v=([A-Za-z0-9+/]+={0,2})(?:,|$)/.exec(text) ?? [];
  if (verifier !== undefined) return { kind: "verifier", text: verifier };
  const [, error] = /^e=([!-+\--~]+)/.exec(text) ?? [];
  return error === undefined ? { kind: "unknown" } : { kind: "error", error };
}
