// Acts on what waits.

import { z } from "zod";
import {
  MissingError,
  type QueueAct,
  type QueueSelectionWish,
  type QueueWish,
} from "../operations.ts";
import type { ServerOperations } from "../server-operations.ts";
import { act, type Act } from "./act.ts";
import {
  domain,
  flag,
  line,
  listOf,
  messageId,
  next,
  paging,
  sender,
  span,
  usualLimit,
} from "./fields.ts";
import { destination, entryView, detail, detailView, entry, why, whyView } from "./queue-views.ts";

const filter = {
  domain: domain().optional(),
  sender: sender().optional(),
  login: line("an account such as alice@example.org", 320).optional(),
  olderThan: span().optional(),
  state: z.enum(["waiting", "held"], { error: "write waiting, or held" }).optional(),
  destination: line("a destination, as the list of destinations names it", 1000).optional(),
};

const filterObject = z.strictObject(filter);
type Filter = z.output<typeof filterObject>;
const filterNames = filterObject.keyof().options;

function wishOf(
  { domain: recipientDomain, sender: by, login, olderThan, ...rest }: Filter,
  now: number,
) {
  const wish: QueueWish = {
    ...(recipientDomain !== undefined && { recipientDomain }),
    ...(by !== undefined && { sender: by.path }),
    ...(login !== undefined && { login: login.toLowerCase() }),
    ...(olderThan !== undefined && { receivedBefore: now - olderThan }),
    ...(rest.state !== undefined && { state: rest.state }),
    ...(rest.destination !== undefined && { destination: rest.destination }),
  };
  return wish;
}

const selection = z
  .strictObject({
    ids: z
      .array(messageId(), { error: "write a list of ids, in brackets" })
      .min(1, { error: "the list is empty" })
      .max(1000, { error: "the list has more than 1,000 ids; send them in parts" })
      .optional(),
    all: flag("every message in the queue").optional(),
    ...filter,
    dryRun: flag("only say how many messages that are").optional(),
  })
  .refine(
    ({ ids, all = false, ...by }) => {
      if (all) return ids === undefined;
      return ids !== undefined || filterNames.some((name) => by[name] !== undefined);
    },
    { error: "say which messages: ids, or a filter such as domain, or all" },
  );

const touched = z.object({
  messages: z.number().meta({ description: "how many it touched, or would touch" }),
  dryRun: z.boolean(),
});

function actOn(
  name: "queueRetry" | "queueHold" | "queueRelease" | "queueDelete",
  verb: Exclude<QueueAct, "list">,
  summary: string,
): Act {
  return act({
    name,
    method: "POST",
    path: `/queue/${verb}`,
    scope: "queue",
    summary,
    changes: true,
    input: selection,
    output: touched,
    also: ["queueCount"],
    async perform(operations: ServerOperations, values, { now }) {
      const { ids, all: _, dryRun = false, ...by } = values;
      const wish: QueueSelectionWish = { ids: ids ?? "all", ...wishOf(by, now()) };
      const messages = dryRun
        ? await operations.queueCount(verb, wish)
        : await operations[name](wish);
      return { messages, dryRun };
    },
  });
}

export const queueActs: readonly Act[] = [
  act({
    name: "queueList",
    method: "GET",
    path: "/queue",
    scope: "read",
    summary: "what waits, in the order in which it came",
    changes: false,
    input: z.strictObject({ ...filter, ...paging, after: messageId().optional() }),
    output: z.object({ messages: listOf(entry), next }),
    async perform(operations, { limit = usualLimit, after = 0, ...by }, { now }) {
      const found = await operations.queueList(wishOf(by, now()), { after, limit: limit + 1 });
      const messages = found.slice(0, limit).map(entryView);
      return { messages, next: found.length > limit ? (messages.at(-1)?.id ?? null) : null };
    },
  }),
  act({
    name: "queueShow",
    method: "GET",
    path: "/queue/{id}",
    scope: "read",
    summary: "one message: recipients, attempts, what other hosts said",
    changes: false,
    input: z.strictObject({ id: messageId() }),
    output: detail,
    perform: async (operations, { id }) =>
      detailView((await operations.queueShow(id)) ?? missing()),
  }),
  act({
    name: "queueWhy",
    method: "GET",
    path: "/queue/{id}/why",
    scope: "read",
    summary: "what each recipient of a message waits for, and what would move it",
    changes: false,
    input: z.strictObject({ id: messageId() }),
    output: why,
    perform: async (operations, { id }) => whyView((await operations.queueWhy(id)) ?? missing()),
  }),
  actOn("queueRetry", "retry", "try messages again now"),
  actOn("queueHold", "hold", "make no attempts until messages are released"),
  actOn("queueRelease", "release", "end a hold"),
  actOn("queueDelete", "delete", "drop messages, without a notice to anybody"),
  act({
    name: "queueDestinations",
    method: "GET",
    path: "/destinations",
    scope: "read",
    summary: "hosts and domains that something waits for, those first that are down",
    changes: false,
    input: z.strictObject({}),
    output: z.object({ destinations: listOf(destination) }),
    perform: async (operations) => ({ destinations: await operations.queueDestinations() }),
  }),
  act({
    name: "queueFlush",
    method: "POST",
    path: "/destinations/flush",
    scope: "queue",
    summary: "try a destination that is down at once, or all of them",
    changes: true,
    input: z.strictObject({ destination: filter.destination }),
    output: z.object({ destinations: listOf(z.string()) }),
    perform: async (operations, values) => ({
      destinations: await operations.queueFlush(values.destination ?? null),
    }),
  }),
];

function missing(): never {
  throw new MissingError(
    "no such message waits: it was delivered, bounced or deleted, or never was",
  );
}
