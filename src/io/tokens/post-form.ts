// A form that is sent to an authority, by HTTPS or on this machine: bounded in time and size, without
// going where it is sent on to.

import { type IncomingMessage, request as requestInClear, type RequestOptions } from "node:http";
import { Agent, request as requestSecurely } from "node:https";
import type { SecureContext } from "node:tls";
import { checkAuthorityUrl } from "../../core/config/values/authority-url.ts";
import { errorText } from "../../core/error-text.ts";
import { bad, good, type Result } from "../../core/result.ts";

export interface FormOptions {
  /** Who may vouch for it. */
  readonly authorities: SecureContext;
  readonly signal: AbortSignal;
}

export interface FormAnswer {
  /** Of HTTP. */
  readonly status: number;
  readonly text: string;
}

/** Octets of the longest answer that is read. */
const longest = 65_536;

/** The problem is for the operator; it names neither what was sent nor what came. */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  { authorities, signal }: FormOptions,
): Promise<Result<FormAnswer, string>> {
  const allowed = checkAuthorityUrl(url);
  if (!allowed.ok) return allowed;
  const body = new URLSearchParams(fields).toString();
  const options: RequestOptions = {
    method: "POST",
    signal,
    headers: {
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
      "content-length": Buffer.byteLength(body),
    },
  };
  try {
    const response = await answerTo(url, options, body, authorities);
    const text = await readText(response);
    if (text === undefined) return bad(`it answers with more than ${longest} octets`);
    return good({ status: response.statusCode ?? 0, text });
  } catch (error) {
    return bad(signal.aborted ? "it did not answer in time" : errorText(error));
  }
}

/** Over a connection of its own: tokens are asked for once an hour. */
function answerTo(
  url: string,
  options: RequestOptions,
  body: string,
  secureContext: SecureContext,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const isSecure = url.toLowerCase().startsWith("https:");
    const sent = isSecure
      ? requestSecurely(url, { ...options, agent: new Agent({ secureContext }) }, resolve)
      : requestInClear(url, { ...options, agent: false }, resolve);
    // A server that is stopping does not wait for it.
    sent.on("socket", (socket) => socket.unref());
    sent.on("error", reject).end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let octets = 0;
  // Leaving the loop ends the transfer.
  for await (const piece of response) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- no encoding is set
    const chunk = piece as Buffer;
    octets += chunk.length;
    if (octets > longest) return undefined;
    pieces.push(chunk);
  }
  return Buffer.concat(pieces).toString("utf8");
}
