// What an attempt came to, in the words that the queue, the log and the notices keep: an enhanced
// status (RFC 3463) and a sentence.

import { describeReply, printable, type Reply } from "../smtp/reply.ts";
import type { Failure, Stage } from "../smtp/client/failure.ts";

export interface Said {
  /** `5.1.1`: class, subject, detail. */
  readonly status: string;
  /** On one line, without control characters, at most 1,000 characters. */
  readonly text: string;
  /** The text is the far host's own, beginning with its reply code. */
  readonly remote: boolean;
}

const maxText = 1_000;

/** What to keep of a failure at a host. */
export function sayFailure(failure: Failure): Said {
  switch (failure.kind) {
    case "refused":
      return sayReply(failure.reply, failure.stage);
    case "lost":
      return ours("4.4.2", `the connection was lost ${moment[failure.stage]}`);
    case "timeout":
      return failure.stage === "greeting"
        ? ours("4.4.1", "the host did not greet in time")
        : ours("4.4.2", `the host did not answer in time ${moment[failure.stage]}`);
    case "tls":
      return ours("4.7.5", `the TLS handshake failed: ${failure.detail}`);
    case "login":
      return ours("4.7.8", `the login failed: ${failure.detail}`);
    case "malformed":
      return ours(
        "4.5.0",
        `the host does not speak SMTP: ${failure.detail}, ${moment[failure.stage]}`,
      );
    case "local":
      return ours(failure.status, failure.text);
  }
}

/** For a message that has waited as long as it may: the last failure goes on being told. */
export function sayExpired(last: Said): Said {
  return { ...last, status: "4.4.7" };
}

/** What to keep of the far host's own words, good or bad. */
export function sayReply(reply: Reply, stage: Stage): Said {
  return { status: statusOf(reply, stage), text: clean(describeReply(reply)), remote: true };
}

function ours(status: string, text: string): Said {
  return { status, text: clean(text), remote: false };
}

function clean(text: string): string {
  return printable(text).slice(0, maxText).toWellFormed();
}

/** The reply's own enhanced status, or what its code and the stage say (RFC 3463 §3). */
function statusOf({ code, enhanced }: Reply, stage: Stage): string {
  return enhanced ?? `${Math.floor(code / 100)}.${subjectOf(code, stage)}`;
}

function subjectOf(code: number, stage: Stage): string {
  if (code === 421) return "3.2";
  if (code === 452) return "3.1";
  if (code === 552) return stage === "recipient" ? "2.2" : "3.4";
  // 550 may be an unknown mailbox or a policy: RFC 5321 §4.2.2 leaves it open, and so do we.
  return stage === "recipient" && code !== 554 ? "1.0" : "0.0";
}

const moment: Readonly<Record<Stage, string>> = {
  greeting: "before the greeting",
  hello: "after EHLO",
  starttls: "at STARTTLS",
  handshake: "in the TLS handshake",
  login: "at AUTH",
  reset: "after RSET",
  mail: "at MAIL FROM",
  recipient: "at RCPT TO",
  data: "at DATA",
  content: "while the content was sent",
  final: "after the end of the content, before the host took responsibility for it",
  quit: "at QUIT",
};
