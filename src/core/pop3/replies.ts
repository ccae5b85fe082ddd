// Every reply of the POP3 server, by name (RFC 1939 §5 and §6).

import { encodeBase64 } from "../base64.ts";
import type { LineFault } from "../line-reader.ts";
import { err, ok, type Reply } from "./reply.ts";

export const replies = {
  ready: ok("Ok"),
  bye: ok("Bye"),
  utf8: ok("UTF-8 it is"),
  startTls: ok("Ready to start TLS"),
  capabilities: (lines: readonly string[]): Reply => ok("What this server can do", lines),

  userTaken: ok("Now PASS"),
  challenge: (octets: Uint8Array): Reply => ({ status: "+", text: encodeBase64(octets) }),
  mechanisms: (names: readonly string[]): Reply => ok("Mechanisms", names),
  opened: (count: number, octets: number): Reply => ok(`${messages(count)}, ${octets} octets`),

  stat: (count: number, octets: number): Reply => ok(`${count} ${octets}`),
  listing: (count: number): Reply => ok(messages(count)),
  listed: (number: number, what: number | string): Reply => ok(`${number} ${what}`),
  message: (octets: number): Reply => ok(`${octets} octets`),
  top: ok("The beginning of the message"),
  deleted: (number: number): Reply => ok(`Message ${number} is marked as deleted`),
  reset: (count: number): Reply => ok(`${messages(count)}, none marked as deleted`),

  unknownCommand: err("Command not recognized"),
  notHttp: err("This is POP3, not HTTP"),
  noArgument: (verb: string): Reply => err(`${verb} takes no argument`),
  badUser: err("Syntax: USER name"),
  badPass: err("Syntax: PASS password"),
  badAuth: err("Syntax: AUTH mechanism [response]"),
  badMessage: (verb: string): Reply => err(`Syntax: ${verb} message`),
  badTop: err("Syntax: TOP message lines"),
  badMessageNumber: err("A message is named by its number, from 1 on"),
  badLineCount: err("Lines are counted from 0 on"),
  noSuchMessage: (count: number): Reply => err(`No such message: there are ${count}`),
  messageDeleted: (number: number): Reply => err(`Message ${number} is marked as deleted`),
  messageGone: err("The message is gone: somebody else has removed it"),
  messageUnreadable: err("The message cannot be read now; try again later", "SYS/TEMP"),

  logInFirst: err("Log in first"),
  alreadyLoggedIn: err("Already logged in"),
  userFirst: err("Send USER first"),
  tlsIsUp: err("TLS is up already"),
  tlsNotOffered: err("TLS is not offered here"),
  loginNeedsTls: err("Encryption is needed to log in: send STLS first"),
  loginNeedsTlsPort: err("Encryption is needed to log in, and not offered here"),
  unknownMechanism: err("Mechanism not known"),
  mechanismNotOffered: err("Mechanism not allowed here; CAPA lists those that are"),
  passwordNotOffered: err("Passwords are not taken here; CAPA lists the mechanisms that are"),
  badBase64: err("The response is not base 64"),
  badResponse: (why: string): Reply => err(`Malformed response: ${why}`),
  loginCancelled: err("Login cancelled"),
  loginRefused: err("Login refused: wrong name, password or token", "AUTH"),
  loginUnavailable: err("Cannot check logins now; try again later", "SYS/TEMP"),
  loginsTurnedAway: err("Too many wrong logins; try again later", "SYS/TEMP"),
  mailboxInUse: err("Another session has the mailbox open; try again later", "IN-USE"),
  mailboxUnavailable: err("The mailbox cannot be opened now; try again later", "SYS/TEMP"),
  notRemoved: (failed: number, of: number): Reply =>
    err(`${failed} of ${of} messages could not be deleted; they are still there`, "SYS/TEMP"),

  clientTurnedAway: err("Too many wrong logins from here; try again later", "SYS/TEMP"),
  tooManyConnections: err("Too many connections; try again later", "SYS/TEMP"),
  connectingTooFast: (limit: string): Reply =>
    err(`Limit reached (${limit}); try again later`, "SYS/TEMP"),
  tooManyLogins: err("Too many refused logins; closing"),
  tooManyErrors: err("Too many errors; closing"),
  tooManyIdleCommands: err("Too many commands and no login; closing"),
  shuttingDown: err("Shutting down; try again soon", "SYS/TEMP"),
} as const;

/** The greeting (RFC 1939 §4). No timestamp in angle brackets: APOP needs passwords in the clear on
 * our side. */
export function greeting(hostname: string): Reply {
  return ok(`${hostname} POP3 Bailiwick`);
}

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}

export function lineFaultReply(fault: LineFault): Reply {
  switch (fault) {
    case "too-long":
      return err("Line too long");
    case "bare-cr":
      return err("A bare CR is not allowed; lines end in CR LF");
    case "bare-lf":
      return err("A bare LF is not allowed; lines end in CR LF");
    case "control-character":
      return err("Control characters are not allowed in commands");
    case "not-utf8":
      return err("Command is neither ASCII nor UTF-8");
  }
}
