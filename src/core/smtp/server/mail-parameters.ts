// The parameters of MAIL: SIZE (RFC 1870), BODY (RFC 6152), SMTPUTF8 (RFC 6531), REQUIRETLS (RFC 8689),
// AUTH (RFC 4954 §5), RET and ENVID (RFC 3461 §4), and those of timing.ts.

import { type MessageRequest, readMessageRequest } from "../../mail/notice-request.ts";
import { decodeXtext } from "../../mail/xtext.ts";
import { bad, good, type Result } from "../../result.ts";
import type { Reply } from "../reply.ts";
import { offersNotices } from "./notices.ts";
import type { Parameter } from "./parameters.ts";
import { replies } from "./replies.ts";
import type { Session, SessionSettings } from "./state.ts";
import { grantTiming, readTiming, type TimingAsked, type TimingGranted } from "./timing.ts";

export interface MailOptions extends MessageRequest, TimingGranted {
  readonly smtputf8: boolean;
  readonly requireTls: boolean;
}

/** The reply where one of them is wrong, unknown here, or comes twice. */
export function readMailParameters(
  parameters: readonly Parameter[],
  session: Session,
  settings: SessionSettings,
): Result<MailOptions, Reply> {
  const seen = new Set<string>();
  let request: MessageRequest = {};
  let timing: TimingAsked = {};
  let isPlainMail = true;
  for (const { keyword, value = "" } of parameters) {
    if (seen.has(keyword)) return bad(replies.badParameter(keyword));
    seen.add(keyword);
    const isPlain = plainParameters.has(keyword);
    const refusal = isPlain ? refusePlain(keyword, value, session, settings) : undefined;
    if (refusal !== undefined) return bad(refusal);
    if (isPlain) continue;
    isPlainMail = false;
    const asked = readTiming(keyword, value, session, settings);
    const read = asked ?? readRequest(keyword, value, session, settings);
    if (!read.ok) return read;
    if (asked === undefined) request = { ...request, ...read.value };
    else timing = { ...timing, ...read.value };
  }
  if (seen.has("HOLDFOR") && seen.has("HOLDUNTIL")) return bad(replies.badParameter("HOLDUNTIL"));
  const plain = { smtputf8: seen.has("SMTPUTF8"), requireTls: seen.has("REQUIRETLS") };
  if (isPlainMail) return good(plain);
  return good({ ...plain, ...request, ...grantTiming(timing, session, settings) });
}

function readRequest(
  keyword: string,
  value: string,
  session: Session,
  settings: SessionSettings,
): Result<MessageRequest, Reply> {
  const read = offersNotices(session, settings) ? readMessageRequest(keyword, value) : undefined;
  if (read === undefined) return bad(replies.unknownParameter(keyword));
  return read.ok ? read : bad(replies.badParameter(keyword));
}

/** Those that say all by being there, or are checked and forgotten. */
const plainParameters: ReadonlySet<string> = new Set([
  "SIZE",
  "BODY",
  "SMTPUTF8",
  "REQUIRETLS",
  "AUTH",
]);

function refusePlain(
  keyword: string,
  value: string,
  { tls }: Session,
  { maxMessageSize, requireTls, auth }: SessionSettings,
): Reply | undefined {
  const wrong = replies.badParameter(keyword);
  switch (keyword) {
    case "SIZE":
      if (!/^[0-9]{1,20}$/.test(value)) return wrong;
      return Number(value) > maxMessageSize ? replies.messageTooBig(maxMessageSize) : undefined;
    case "BODY":
      // Taken for its syntax alone: what the message needs is seen from its octets.
      return /^(7BIT|8BITMIME)$/i.test(value) ? undefined : wrong;
    case "SMTPUTF8":
      return value === "" ? undefined : wrong;
    case "REQUIRETLS":
      if (requireTls !== true) return replies.unknownParameter(keyword);
      if (value !== "") return wrong;
      return tls === undefined ? replies.requireTlsNeedsTls : undefined;
    case "AUTH":
      // Whom another server had logged in: we believe none, and need not say so (RFC 4954 §5).
      if (auth === undefined) return replies.unknownParameter(keyword);
      return decodeXtext(value) === undefined ? wrong : undefined;
    default:
      return undefined;
  }
}
