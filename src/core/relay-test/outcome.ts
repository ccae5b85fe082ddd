// What a reply to a form means.

import { describeReply, printable, type Reply, severity } from "../smtp/reply.ts";
import type { SenderForm } from "./forms.ts";

/** How one form fared. */
export type Outcome =
  /** Taken on its way to X: mail for anybody would be. */
  | "hole"
  /** Taken, as any name is at that place: the mailbox may be the server's own, and only what becomes
   * of a message shows it. */
  | "taken"
  | "refused"
  /** Refused for X itself, not for relaying: another X might be taken. */
  | "hidden"
  /** Put off: the server has not said what it would do. */
  | "deferred"
  /** No answer, though asked for alone. */
  | "unanswered";

/** What came back for a form: the reply to its last command, or none after that command. */
export type Answer =
  | { readonly to: FormCommand; readonly reply: Reply }
  | { readonly to: "nothing"; readonly after: FormCommand; readonly why: string };

export type FormCommand = "MAIL" | "RCPT" | "DATA";

/** What an answer says for itself, whatever the recipient was. */
export function judge(sender: SenderForm, answer: Answer): Exclude<Outcome, "hole"> {
  if (answer.to === "nothing") return "unanswered";
  const { reply } = answer;
  switch (severity(reply.code)) {
    case "positive":
      return answer.to === "RCPT" ? "taken" : "deferred";
    case "intermediate":
      return "deferred";
    case "transient":
      return judgeRefusal(sender, reply, "deferred");
    case "permanent":
      return judgeRefusal(sender, reply, "refused");
  }
}

/** How a form fared. `control` is the answer for its mailbox that is not there; undefined for a form
 * that leads to X by the letter. */
export function outcomeOf(
  sender: SenderForm,
  answer: Answer,
  control: Answer | undefined,
): Outcome {
  const judgement = judge(sender, answer);
  if (judgement !== "taken") return judgement;
  return control === undefined || judge(sender, control) === "refused" ? "hole" : "taken";
}

type Refusal = "refused" | "hidden" | "deferred";

function judgeRefusal(sender: SenderForm, reply: Reply, otherwise: Refusal): Refusal {
  if (deniesRelaying(reply)) return "refused";
  const [, subject = ""] = /^[45](\..+)$/.exec(reply.enhanced ?? "") ?? [];
  if (recipientDomain.includes(subject)) return "hidden";
  if (senderDomain.includes(subject)) return sender.includes("X") ? "hidden" : "refused";
  return otherwise;
}

/** Bad or unknown domain, or one that takes no mail (RFC 3463 §3.2, RFC 7505 §4.2). */
const recipientDomain: readonly string[] = [".1.2", ".1.10"];
const senderDomain: readonly string[] = [".1.8", ".7.27"];

/** Postfix answers `454 4.7.1 <v@X>: Relay access denied` unless it is told otherwise: that is its
 * last word on relaying, kept temporary so that an operator's mistake loses no mail. */
function deniesRelaying({ lines }: Reply): boolean {
  return /\brelay(ing)?( access)?( is| was)? (denied|not (permitted|allowed)|prohibited)/i.test(
    lines.join(" "),
  );
}

/** On one line, for people. */
export function describeAnswer(answer: Answer): string {
  return printable(answer.to === "nothing" ? answer.why : describeReply(answer.reply));
}
