// A message in delivery, and what can be told of it.

import type { QueuedMessage, QueuedRecipient } from "../../core/queue/message.ts";
import type { LinedMessage } from "../../io/store/line-store.ts";
import type { HeldContent } from "../held-content.ts";
import type { Contact } from "./job.ts";
import type { Line } from "./line.ts";
import { type Target, targetName } from "./target.ts";

export interface Active {
  readonly message: QueuedMessage | LinedMessage;
  /** Whose turn it is in (core/queue/flow.ts). */
  readonly flow: string;
  readonly content: HeldContent | undefined;
  /** It came from the store, which may hold recipients of it that are due later. */
  readonly mayHaveMore: boolean;
  /** In which it was ours when delivery began. */
  readonly term: number;
  readonly groups: readonly Group[];
  /** Recipients that have not been settled. */
  left: number;
  /** Results that the store is being told. */
  settling: number;
  /** Called when there are none. */
  onSettled?: (() => void)[];
}

/** Its recipients that go the same way. */
export interface Group {
  readonly target: Target;
  /** Undefined for mailboxes, and where nothing is sent. */
  readonly line: Line | undefined;
  readonly recipients: readonly QueuedRecipient[];
  /** Recipients that have not been settled. */
  left: number;
  /** The host that it was sent to last. */
  contact?: Contact;
}

/** What is done for some recipients of a message at this moment. */
export interface InHand {
  /** Their places in the message's list. */
  readonly recipients: readonly number[];
  /** Where they go, for people. */
  readonly destination: string;
  /** The host that is being talked to; absent while they wait for a connection. */
  readonly host?: string;
}

export function inHand({ groups }: Active): readonly InHand[] {
  return groups
    .filter(({ left }) => left > 0)
    .map(({ target, recipients, contact }) => ({
      recipients: recipients.map(({ index }) => index),
      destination: targetName(target),
      ...(contact !== undefined && { host: contact.name }),
    }));
}
