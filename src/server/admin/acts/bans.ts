// Acts on bans of those who guess passwords.

import { z } from "zod";
import type { Ban } from "../../../core/guessing/ban.ts";
import { formatPrefix } from "../../../core/mail/ip.ts";
import { act, type Act } from "./act.ts";
import { flag, line, listOf, next, nothing, pageOf, paging, prefix, span, time } from "./fields.ts";

const view = z.object({
  prefix: z.string(),
  reason: z.enum(["guesses", "names", "network", "operator"]),
  note: z.string(),
  since: time,
  until: time.nullable().meta({ description: "null: until it is lifted" }),
  times: z.number().meta({ description: "which ban of this prefix it is, from 1" }),
  evidence: z.object({
    guesses: z.number(),
    names: listOf(z.string()),
    last: time.nullable(),
  }),
});

export const banActs: readonly Act[] = [
  act({
    name: "banList",
    method: "GET",
    path: "/bans",
    scope: "read",
    summary: "who may not log in, and why",
    changes: false,
    input: z.strictObject({ over: flag("those too that are over").optional(), ...paging }),
    output: z.object({ bans: listOf(view), next }),
    async perform(operations, { over = false, ...wish }) {
      const all = await operations.banList(over);
      const found = pageOf(all, (ban) => formatPrefix(ban.prefix), wish);
      return { bans: found.page.map(viewOf), next: found.next };
    },
  }),
  act({
    name: "banShow",
    method: "GET",
    path: "/bans/around",
    scope: "read",
    summary: "bans that concern an address or a network",
    changes: false,
    input: z.strictObject({ prefix: prefix() }),
    output: z.object({ bans: listOf(view) }),
    perform: async (operations, values) => ({
      bans: (await operations.banShow(values.prefix)).map(viewOf),
    }),
  }),
  act({
    name: "banAdd",
    method: "POST",
    path: "/bans",
    scope: "bans",
    summary: "ban an address or a network",
    changes: true,
    input: z.strictObject({
      prefix: prefix(),
      for: span()
        .optional()
        .meta({ description: "a duration such as 1d; else until it is lifted" }),
      because: line("your reason", 500).optional(),
    }),
    output: view,
    perform: async (operations, values) =>
      viewOf(await operations.banAdd(values.prefix, values.for ?? null, values.because ?? "")),
  }),
  act({
    name: "banLift",
    method: "DELETE",
    path: "/bans",
    scope: "bans",
    summary: "end a ban, and forget what led to it",
    changes: true,
    input: z.strictObject({ prefix: prefix() }),
    output: nothing,
    async perform(operations, values) {
      await operations.banLift(values.prefix);
      return {};
    },
  }),
];

function viewOf(ban: Ban): z.output<typeof view> {
  return { ...ban, prefix: formatPrefix(ban.prefix) };
}
