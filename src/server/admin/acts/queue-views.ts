// The queue as plain JSON: ids and addresses as people see them.

import { z } from "zod";
import { formatAddress, formatReversePath } from "../../../core/mail/address.ts";
import { formatMessageId } from "../../../core/queue/message.ts";
import type { QueueDetail, QueueEntry, QueueRecipient } from "../../../io/store/message-store.ts";
import type { QueueWhy } from "../operations.ts";
import { listOf, time } from "./fields.ts";

export const destination = z.object({
  name: z.string(),
  host: z.string().optional(),
  waiting: z.number().meta({ description: "recipients in line" }),
  active: z.number().meta({ description: "messages on their way there now" }),
  downSince: time.optional(),
  lastTry: time.optional(),
  nextTry: time.optional(),
  said: z.string().optional().meta({ description: "at the last try that failed" }),
  peer: z.string().optional(),
});

const recipient = z.object({
  address: z.string(),
  kind: z.enum(["local", "relay"]),
  state: z.enum(["waiting", "held", "delivered", "failed"]),
  attempts: z.number(),
  nextAttempt: time,
  lastAttempt: time.optional(),
  said: z.string().optional().meta({ description: "the reply to the last attempt" }),
  destination: z
    .string()
    .optional()
    .meta({ description: "in whose line it waits; absent where it waits by its own schedule" }),
});

export const entry = z.object({
  id: z.string(),
  receivedAt: time,
  size: z.number().meta({ description: "octets" }),
  sender: z.string().meta({ description: "empty for <>" }),
  host: z.string().optional(),
  releaseAt: time.optional(),
  recipients: listOf(recipient),
});

export const detail = entry.extend({
  origin: z.object({
    client: z.string().optional(),
    hello: z.string().optional(),
    listener: z.string().optional(),
    login: z.string().optional(),
  }),
  attempts: listOf(
    z.object({
      at: time,
      recipient: z.string(),
      state: z.enum(["delivered", "failed", "deferred"]),
      peer: z.string(),
      said: z.string(),
    }),
  ),
});

export const why = z.object({
  message: entry,
  recipients: listOf(
    z.object({
      address: z.string(),
      attempts: z.number(),
      cause: z
        .looseObject({ kind: z.string() })
        .meta({ description: "what it waits for; what stands beside `kind` depends on it" }),
      said: z.string().optional(),
      peer: z.string().optional(),
      warnIn: z.number().optional().meta({ description: "ms until its sender is told" }),
      giveUpIn: z.number().meta({ description: "ms until it is given up" }),
      command: z.string().optional().meta({ description: "what would move it" }),
    }),
  ),
});

export function entryView(message: QueueEntry): z.output<typeof entry> {
  const { id, receivedAt, size, host, releaseAt } = message;
  return {
    id: formatMessageId(id),
    receivedAt,
    size,
    sender: formatReversePath(message.sender),
    host,
    releaseAt,
    recipients: message.recipients.map(recipientView),
  };
}

function recipientView(of: QueueRecipient): z.output<typeof recipient> {
  const { kind, state, attempts, nextAttempt, lastAttempt, said } = of;
  return {
    address: formatAddress(of.address),
    kind,
    state,
    attempts,
    nextAttempt,
    lastAttempt,
    said: said ?? of.destination?.said,
    destination: of.destination?.name,
  };
}

export function detailView(message: QueueDetail): z.output<typeof detail> {
  const { client, hello, listener, login } = message.origin;
  return {
    ...entryView(message),
    origin: { client, hello, listener, login },
    attempts: message.attempts.map(({ at, index, state, peer, said }) => {
      const to = message.recipients.find((each) => each.index === index);
      return {
        at,
        recipient: to === undefined ? "" : formatAddress(to.address),
        state,
        peer,
        said,
      };
    }),
  };
}

export function whyView({ message, recipients }: QueueWhy): z.output<typeof why> {
  return {
    message: entryView(message),
    recipients: recipients.map((each) => ({
      ...each,
      address: formatAddress(each.address),
      cause: { ...each.cause },
    })),
  };
}
