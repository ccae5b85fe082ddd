// The client's side of an SMTP session (RFC 5321 §3) as one pure function: where it stands and what
// happened give where it stands next and what is to be done. No sockets, no clock.

import { type Reply, severity } from "../reply.ts";
import { onContent, onContentFailed, onFinal, onReplyAmidContent } from "./content.ts";
import { fail, hangUp, takeLeave } from "./ending.ts";
import { type Failure, isRefusal, type Stage } from "./failure.ts";
import { onTlsFailed, onTlsUp } from "./handshake.ts";
import { onGreeting, onHello } from "./hello.ts";
import { onDerived, onLoginReply } from "./login.ts";
import type { ClientEvent, ClientState, OutgoingMessage, Step } from "./session-values.ts";
import { onStartTls } from "./starttls.ts";
import { begin, onCommandReply } from "./transaction.ts";

/** Throws where the driver asks for what the session cannot do at this moment: `send` or `quit`
 * before `idle`. */
export function step(state: ClientState, event: ClientEvent): Step {
  switch (event.kind) {
    case "reply":
      return onReply(state, event.reply, event.followed);
    case "malformed":
      return fail(state, { kind: "malformed", stage: stageOf(state), detail: event.detail });
    case "send":
      return onSend(state, event.message);
    case "content":
      return state.at === "content" ? onContent(state, event.chunk) : unchanged(state);
    case "content-failed":
      return state.at === "content" ? onContentFailed(state) : unchanged(state);
    case "quit":
      return onQuit(state);
    case "tls-up":
      return state.at === "handshake" ? onTlsUp(state.opening, event.tls) : unchanged(state);
    case "tls-failed":
      return state.at === "handshake" ? onTlsFailed(state.opening, event.detail) : unchanged(state);
    case "derived":
      return state.at === "login" ? onDerived(state, event.salted) : unchanged(state);
    case "timeout":
    case "closed":
      return fail(state, {
        kind: event.kind === "timeout" ? "timeout" : "lost",
        stage: stageOf(state),
      });
  }
}

/** Something was asked for just before the session ended: a piece of content, say, or a handshake. */
function unchanged(state: ClientState): Step {
  return { state, outputs: [] };
}

function onReply(state: ClientState, reply: Reply, followed: boolean): Step {
  const stage = stageOf(state);
  // RFC 5321 §3.8: 421 may answer anything, and the host hangs up.
  if (reply.code === 421) return fail(state, { kind: "refused", stage, reply });
  if (!fits(state, reply)) {
    return fail(state, { kind: "malformed", stage, detail: `${reply.code} out of place` });
  }
  switch (state.at) {
    case "greeting":
      return onGreeting(state.opening, reply);
    case "hello":
      return onHello(state.opening, state.verb, reply);
    case "starttls":
      return onStartTls(state.opening, state.extensions, reply, followed);
    case "login":
      return onLoginReply(state, reply);
    case "reset":
      if (isRefusal(reply)) return fail(state, { kind: "refused", stage, reply });
      return onCommandReply(state, reply);
    case "mail":
    case "recipient":
    case "data":
      return onCommandReply(state, reply);
    case "content":
      return onReplyAmidContent(state, reply);
    case "final":
      return onFinal(state, reply);
    case "quit":
      return hangUp();
    case "handshake":
    case "idle":
    case "closed":
      return unchanged(state);
  }
}

/** DATA and AUTH alone are answered with 3xx, or a refusal; nobody else is, and idle hosts say nothing. */
function fits(state: ClientState, { code }: Reply): boolean {
  if (state.at === "idle" || state.at === "handshake") return false;
  if (state.at === "closed" || code >= 400) return true;
  if (state.at === "login") return code === 334 || severity(code) === "positive";
  return (severity(code) === "intermediate") === (state.at === "data");
}

function onSend(state: ClientState, message: OutgoingMessage): Step {
  if (state.at === "idle") return begin(state.peer, message);
  // The host may have hung up after `idle`, before the driver could know.
  if (state.at === "quit" || state.at === "closed") {
    const why: Failure = { kind: "lost", stage: "mail" };
    return { state, outputs: [{ kind: "host-failed", why }] };
  }
  throw new Error(`a message was handed to an SMTP session that is busy (${state.at})`);
}

function onQuit(state: ClientState): Step {
  if (state.at === "idle") return takeLeave();
  if (state.at === "quit" || state.at === "closed") return unchanged(state);
  throw new Error(`QUIT was asked of an SMTP session that is busy (${state.at})`);
}

/** What to call the present point in a failure. */
function stageOf(state: ClientState): Stage {
  if (state.at === "idle") return "mail";
  return state.at === "closed" ? "quit" : state.at;
}
