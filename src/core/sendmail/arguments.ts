// The command line of sendmail(8), as programs of this machine write it. Options that mean nothing here
// are taken and forgotten, as Postfix's sendmail(1) does; those that would mean something that is not
// done are refused.

import {
  type MessageRequest,
  parseNotify,
  readMessageRequest,
  type RecipientRequest,
} from "../mail/notice-request.ts";
import { bad, good, type Result } from "../result.ts";
import { encodeXtext } from "../mail/xtext.ts";
import { type Letter, readWords, type Word } from "./option-words.ts";

/** `send`: one message from standard input; `smtp`: a dialogue there; `nothing`: what has no meaning
 * here, such as a run of the queue. */
type SendmailMode = "send" | "smtp" | "nothing";

export interface SendmailArguments {
  readonly mode: SendmailMode;
  /** As it was written; absent: the user. Empty or `<>`: nobody. */
  readonly sender?: string;
  readonly fullName?: string;
  /** As they were written; each may be a list. */
  readonly recipients: readonly string[];
  /** To, Cc and Bcc name recipients too. */
  readonly fromHeader: boolean;
  /** A line with a dot alone ends the message. */
  readonly dotEnds: boolean;
  readonly verbose: boolean;
  readonly configuration?: string;
  readonly message: MessageRequest;
  readonly notices: RecipientRequest;
}

const start: SendmailArguments = {
  mode: "send",
  recipients: [],
  fromHeader: false,
  dotEnds: true,
  verbose: false,
  message: {},
  notices: {},
};

/** @returns what is wrong with them, in one sentence */
export function parseSendmailArguments(
  words: readonly string[],
): Result<SendmailArguments, string> {
  const read = readWords(words);
  if (!read.ok) return read;
  let taken: SendmailArguments = { ...start, recipients: read.value.operands };
  for (const word of read.value.options) {
    const next = take(taken, word);
    if (!next.ok) return next;
    taken = { ...taken, ...next.value };
  }
  return good(taken);
}

type Change = Result<Partial<SendmailArguments>, string>;

const unchanged: Change = good({});

const takers: Partial<Record<Letter, (before: SendmailArguments, value: string) => Change>> = {
  b: (_, value) => readMode(value),
  C: (_, configuration) => good({ configuration }),
  F: (_, fullName) => good({ fullName }),
  f: (_, sender) => good({ sender }),
  r: (_, sender) => good({ sender }),
  i: () => good({ dotEnds: false }),
  I: () => good({ mode: "nothing" }),
  q: () => good({ mode: "nothing" }),
  o: (_, value) => (value === "i" ? good({ dotEnds: false }) : unchanged),
  t: () => good({ fromHeader: true }),
  v: () => good({ verbose: true }),
  N: (_, value) => {
    const notify = parseNotify(value.replaceAll(/\s/g, ""));
    if (notify !== undefined) return good({ notices: { notify } });
    return bad(`-N ${value}: expected never, or some of success, failure and delay`);
  },
  R: (before, value) => withRequest(before, "RET", value, "-R", "hdrs or full"),
  V: (before, value) =>
    withRequest(before, "ENVID", encodeXtext(value), "-V", "at most 100 printable characters"),
};

function take(before: SendmailArguments, { letter, value }: Word): Change {
  return takers[letter]?.(before, value) ?? unchanged;
}

function readMode(value: string): Change {
  switch (value) {
    case "m":
      return unchanged;
    case "s":
      return good({ mode: "smtp" });
    case "i":
      return good({ mode: "nothing" });
    case "p":
      return bad("-bp: the queue is listed by `bailiwick queue list`");
    case "d":
    case "D":
    case "l":
      return bad(`-b${value}: the server is started by \`bailiwick start\``);
    default:
      return bad(`-b${value} is not known here; -bm and -bs are`);
  }
}

function withRequest(
  { message }: SendmailArguments,
  keyword: "RET" | "ENVID",
  value: string,
  option: string,
  expected: string,
): Change {
  const request = readMessageRequest(keyword, value);
  if (request?.ok === true) return good({ message: { ...message, ...request.value } });
  return bad(`${option} ${value}: expected ${expected}`);
}
