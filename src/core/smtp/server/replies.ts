// Every reply that the server session itself gives, by name (RFC 5321 §4.2.2, RFC 3463). Those that
// come from the relay policy are in core/policy/replies.ts, those to a whole message in
// message-replies.ts and core/submission/refusals.ts.

import { encodeBase64 } from "../../base64.ts";
import { reply, type Reply } from "../reply.ts";
import type { ContentFault } from "../framing/content-check.ts";
import type { LineFault } from "../../line-reader.ts";

export const replies = {
  ok: reply(250, "2.0.0", "Ok"),
  senderOk: reply(250, "2.1.0", "Ok"),
  bye: reply(221, "2.0.0", "Bye"),
  startContent: reply(354, "", "Send the message, ended by CR LF . CR LF"),
  chunkOk: (octets: number): Reply => reply(250, "2.0.0", `${octets} octets received`),
  cannotVerify: reply(252, "2.5.0", "Send mail and see: addresses are checked at RCPT"),
  help: (verbs: readonly string[]): Reply => reply(214, "2.0.0", `Commands: ${verbs.join(" ")}`),

  unknownCommand: reply(500, "5.5.1", "Command not recognized"),
  notHttp: reply(500, "5.5.1", "This is SMTP, not HTTP"),
  notImplemented: reply(502, "5.5.1", "Command not implemented"),
  noArgument: (verb: string): Reply => reply(501, "5.5.4", `${verb} takes no argument`),
  badHello: (verb: string): Reply => reply(501, "", `Syntax: ${verb} your.host.name`),
  badMail: reply(501, "5.5.4", "Syntax: MAIL FROM:<address> [parameters]"),
  badRcpt: reply(501, "5.5.4", "Syntax: RCPT TO:<address>"),
  badBdat: reply(501, "5.5.4", "Syntax: BDAT octets [LAST]"),
  badSenderAddress: reply(501, "5.1.7", "The sender's address is malformed"),
  badRecipientAddress: reply(501, "5.1.3", "The recipient's address is malformed"),
  addressNeedsSmtpUtf8: reply(553, "5.6.7", "An address beyond ASCII needs the SMTPUTF8 parameter"),
  badParameter: (name: string): Reply => reply(501, "5.5.4", `Bad value or repeated: ${name}`),
  unknownParameter: (name: string): Reply => reply(555, "5.5.4", `Parameter not known: ${name}`),

  deliverByTooSoon: (seconds: number): Reply =>
    reply(555, "5.5.4", `BY with R takes ${seconds} seconds or more`),
  heldTooLong: (seconds: number): Reply =>
    reply(501, "5.5.4", `Messages are held for at most ${seconds} seconds`),

  helloFirst: reply(503, "5.5.1", "Send HELO or EHLO first"),
  senderGiven: reply(503, "5.5.1", "The sender was already given; RSET starts over"),
  mailFirst: reply(503, "5.5.1", "Send MAIL first"),
  noRecipients: reply(554, "5.5.1", "No valid recipients"),
  chunksOnly: reply(503, "5.5.1", "The message has begun with BDAT: go on with BDAT, or RSET"),
  chunkRefused: reply(503, "5.5.1", "No message to add this chunk to"),

  startTls: reply(220, "2.0.0", "Ready to start TLS"),
  tlsIsUp: reply(503, "5.5.1", "TLS is up already"),
  requireTlsNeedsTls: reply(530, "5.7.0", "REQUIRETLS needs TLS: send STARTTLS first"),

  // RFC 4954 §4 and §6
  challenge: (octets: Uint8Array): Reply => reply(334, "", encodeBase64(octets)),
  loggedIn: reply(235, "2.7.0", "Logged in"),
  alreadyLoggedIn: reply(503, "5.5.1", "Already logged in"),
  badAuth: reply(501, "5.5.4", "Syntax: AUTH mechanism [response]"),
  loginNeedsTls: reply(538, "5.7.11", "Encryption is needed to log in: send STARTTLS first"),
  unknownMechanism: reply(504, "5.5.4", "Mechanism not known"),
  mechanismNotOffered: reply(534, "5.7.9", "Mechanism not allowed here; EHLO lists those that are"),
  badBase64: reply(501, "5.5.2", "The response is not base 64"),
  badResponse: (why: string): Reply => reply(501, "5.5.2", `Malformed response: ${why}`),
  loginCancelled: reply(501, "5.7.0", "Login cancelled"),
  loginRefused: reply(535, "5.7.8", "Login refused: wrong name, password or token"),
  loginUnavailable: reply(454, "4.7.0", "Cannot check logins now; try again later"),
  loginsTurnedAway: reply(454, "4.7.0", "Too many wrong logins; try again later"),
  clientTurnedAway: reply(421, "4.7.0", "Too many wrong logins from here; try again later"),
  tooManyLogins: reply(421, "4.7.0", "Too many refused logins; closing"),

  tooManyRecipients: reply(
    452,
    "4.5.3",
    "Too many recipients for one message; send the rest in another",
  ),
  messageTooBig: (maxSize: number): Reply =>
    reply(552, "5.3.4", `Message too big: at most ${maxSize} octets are taken`),
  tooManyErrors: reply(421, "4.7.0", "Too many errors; closing"),
  tooManyIdleCommands: reply(421, "4.7.0", "Too many commands and no mail; closing"),
  tooManyRefusedRecipients: reply(421, "4.7.0", "Too many refused recipients; closing"),
  tooManyConnections: reply(421, "4.7.0", "Too many connections; try again later"),
  connectingTooFast: (limit: string): Reply =>
    reply(421, "4.7.0", `Limit reached (${limit}); try again later`),
  timeout: reply(421, "4.4.2", "Waited too long; closing"),
  shuttingDown: reply(421, "4.3.2", "Shutting down; try again soon"),
} as const;

/** The greeting (RFC 5321 §4.3.1): it names us and says that EHLO is welcome. */
export function greeting(hostname: string): Reply {
  return reply(220, "", `${hostname} ESMTP Bailiwick`);
}

/** The answer to HELO, or to EHLO with the extensions that are offered (RFC 5321 §4.1.1.1). */
export function welcome(hostname: string, extensions: readonly string[] = []): Reply {
  return reply(250, "", hostname, ...extensions);
}

export function lineFaultReply(fault: LineFault): Reply {
  switch (fault) {
    case "too-long":
      return reply(500, "5.5.6", "Line too long");
    case "bare-cr":
      return reply(500, "5.5.2", "A bare CR is not allowed; lines end in CR LF");
    case "bare-lf":
      return reply(500, "5.5.2", "A bare LF is not allowed; lines end in CR LF");
    case "control-character":
      return reply(500, "5.5.2", "Control characters are not allowed in commands");
    case "not-utf8":
      return reply(500, "5.5.2", "Command is neither ASCII nor UTF-8");
  }
}

export function contentFaultReply(fault: ContentFault, maxSize: number): Reply {
  switch (fault) {
    case "bare-cr":
      return reply(550, "5.6.0", "Refused: bare CR in the message; lines end in CR LF");
    case "bare-lf":
      return reply(550, "5.6.0", "Refused: bare LF in the message; lines end in CR LF");
    case "too-big":
      return replies.messageTooBig(maxSize);
  }
}
