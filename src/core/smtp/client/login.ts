// AUTH as the client says it (RFC 4954 §4): the best mechanism that both know, one try.

import { decodeBase64, encodeBase64 } from "../../base64.ts";
import type { ClientMechanism } from "../../sasl/client/mechanism.ts";
import { chooseMechanisms } from "../../sasl/client/mechanisms.ts";
import type { Turn } from "../../sasl/client/turn.ts";
import type { Reply } from "../reply.ts";
import { hangUp, takeLeave } from "./ending.ts";
import type { Extensions } from "./extensions.ts";
import { type Failure, isRefusal } from "./failure.ts";
import type { ClientLogin, Opening } from "./opening.ts";
import { ready } from "./ready.ts";
import type { ClientOutput, LoginState, Step } from "./session-values.ts";
import { waits } from "./wait.ts";

/** Octets of a command's line, CR LF included (RFC 5321 §4.5.3.1.4). */
const maxCommandLine = 512;

export function startLogin(
  opening: Opening,
  login: ClientLogin,
  extensions: Extensions,
  ...before: readonly ClientOutput[]
): Step {
  if (opening.tls === undefined && !login.allowedInClear) {
    return takeLeave(
      ...before,
      failed("4.7.4", `there is no TLS, and no ${login.source ?? "password"} goes in the clear`),
    );
  }
  const channelBindings = opening.tls?.channelBindings ?? {};
  const mechanisms = chooseMechanisms(extensions.auth, channelBindings, login.source);
  const [first, ...others] = mechanisms;
  if (first === undefined) {
    return takeLeave(...before, failed("4.7.0", noneInCommon(login, extensions)));
  }
  return tryMechanism({ opening, login, extensions }, first, others, before);
}

interface Attempt {
  readonly opening: Opening;
  readonly login: ClientLogin;
  readonly extensions: Extensions;
}

function tryMechanism(
  { opening, login, extensions }: Attempt,
  mechanism: ClientMechanism,
  others: readonly ClientMechanism[],
  before: readonly ClientOutput[] = [],
): Step {
  const turn = mechanism.start({
    ...login,
    channelBindings: opening.tls?.channelBindings ?? {},
    offered: new Set(extensions.auth),
  });
  const state = { at: "login", opening, extensions, turn, others, unsaid: false } as const;
  if (turn.kind !== "say") return onTurn(state, turn, before);
  const alone = `AUTH ${mechanism.name}\r\n`;
  if (turn.octets === undefined) return write(state, alone, before);
  // RFC 4954 §4: nothing at all is written as =.
  const whole = `AUTH ${mechanism.name} ${encodeBase64(turn.octets) || "="}\r\n`;
  if (whole.length <= maxCommandLine) return write(state, whole, before);
  return write({ ...state, unsaid: true }, alone, before);
}

function write(state: LoginState, data: string, before: readonly ClientOutput[] = []): Step {
  return { state, outputs: [...before, { kind: "write", data }, waits.login] };
}

/** The host asks on, or has decided. */
export function onLoginReply(state: LoginState, reply: Reply): Step {
  if (reply.code === 334) return onChallenge(state, reply);
  if (isRefusal(reply)) return onRefused(state, reply);
  const { turn, opening, extensions } = state;
  if (turn.kind === "say" && turn.mayEnd) return ready(opening, extensions);
  const text =
    opening.options.login?.source === "token"
      ? "the host took the login after it had refused the token"
      : "the host took the login before it had shown that it knows the password";
  return hangUp(failed("4.7.0", text));
}

function onChallenge(state: LoginState, { lines }: Reply): Step {
  const { turn, unsaid } = state;
  const challenge = decodeBase64(lines.join("").trim());
  if (turn.kind !== "say" || challenge === undefined) {
    return hangUp(failed("4.5.0", "the host does not speak AUTH: a challenge that is no base 64"));
  }
  if (unsaid) return write({ ...state, unsaid: false }, line(turn.octets));
  return onTurn(state, turn.heard(challenge));
}

/** A mechanism that the host offers and does not take gives way to the next; a password that it does
 * not take is not tried again in other clothes. */
function onRefused(state: LoginState, reply: Reply): Step {
  const { opening, extensions, others } = state;
  const { login } = opening.options;
  const [next, ...rest] = others;
  const isMechanismsFault = reply.code === 504 || reply.code === 534;
  if (isMechanismsFault && next !== undefined && login !== undefined) {
    return tryMechanism({ opening, login, extensions }, next, rest);
  }
  return takeLeave({ kind: "host-failed", why: { kind: "refused", stage: "login", reply } });
}

/** What was derived from the password is here. */
export function onDerived(state: LoginState, salted: Uint8Array): Step {
  const { turn } = state;
  return turn.kind === "derive" ? onTurn(state, turn.derived(salted)) : { state, outputs: [] };
}

function onTurn(before: LoginState, turn: Turn, outputs: readonly ClientOutput[] = []): Step {
  const state: LoginState = { ...before, turn };
  switch (turn.kind) {
    case "say":
      return write(state, line(turn.octets), outputs);
    case "derive":
      return {
        state,
        outputs: [...outputs, { kind: "derive", derivation: turn.derivation }, waits.login],
      };
    case "give-up":
      return hangUp(...outputs, { kind: "host-failed", why: { kind: "login", detail: turn.why } });
  }
}

function line(octets: Uint8Array | undefined): string {
  return `${encodeBase64(octets ?? new Uint8Array(0))}\r\n`;
}

function failed(status: string, text: string): ClientOutput {
  const why: Failure = { kind: "local", status, text };
  return { kind: "host-failed", why };
}

function noneInCommon({ source }: ClientLogin, { auth }: Extensions): string {
  if (auth.length === 0) return "the host offers no login (AUTH) here";
  if (source === "token") {
    return `the host takes no tokens (OAUTHBEARER, XOAUTH2), but ${auth.join(", ")}`;
  }
  return `the host offers no way to log in that we know: ${auth.join(", ")}`;
}
