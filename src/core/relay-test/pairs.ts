// Which sender is tried with which recipient.

import { recipientForms, senderForms, type SenderForm } from "./forms.ts";
import { fillIn, type Names } from "./names.ts";
import { type Answer, judge } from "./outcome.ts";

/** A sender's and a recipient's form. */
export interface Pair {
  readonly sender: SenderForm;
  readonly recipient: string;
}

/** Every sender with every recipient, sender by sender; forms that are one and the same for these
 * names (H may be L) count once. */
export function allPairs(names: Names): readonly Pair[] {
  const recipients = distinct(
    recipientForms.map(({ form }) => form),
    names,
  );
  return distinct(senderForms, names).flatMap((sender) =>
    recipients.map((recipient) => ({ sender, recipient })),
  );
}

function distinct(forms: readonly string[], names: Names): readonly string[] {
  return [
    ...new Map(forms.toReversed().map((form) => [fillIn(form, names), form])).values(),
  ].toReversed();
}

/** The mailboxes that are not there, for the forms that were taken where they need one. */
export function controlPairs(answers: ReadonlyMap<Pair, Answer>): readonly Pair[] {
  const controls = new Map<string, Pair>();
  for (const [{ sender, recipient }, answer] of answers) {
    const control = controlOf(recipient);
    if (control === undefined || judge(sender, answer) !== "taken") continue;
    controls.set(`${sender} ${control}`, { sender, recipient: control });
  }
  return [...controls.values()];
}

/** The control of a recipient's form; undefined where it leads to X by the letter. */
export function controlOf(recipient: string): string | undefined {
  return recipientForms.find(({ form }) => form === recipient)?.control;
}
