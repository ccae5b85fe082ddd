// Acts on grants: who may relay for having read mail.

import { z } from "zod";
import { formatIp, parseIp } from "../../../core/mail/ip.ts";
import type { GrantView } from "../operations.ts";
import { act, type Act } from "./act.ts";
import {
  address,
  count,
  flag,
  ip,
  line,
  listOf,
  next,
  pageOf,
  paging,
  span,
  time,
} from "./fields.ts";

const view = z.object({
  id: z.string(),
  client: z.string(),
  account: z.string().nullable(),
  source: z.string(),
  software: z.string().nullable(),
  state: z.enum(["open", "closed", "over", "revoked"]),
  openedAt: time,
  heardAt: time,
  endedAt: time.nullable(),
  expiresAt: time.nullable().meta({ description: "null while a session goes on" }),
  revokedAt: time.nullable(),
  bar: z.string().nullable().meta({ description: "why it does not count; null where it does" }),
});

const account = line("an account such as alice@example.org", 320);

export const grantActs: readonly Act[] = [
  act({
    name: "grantList",
    method: "GET",
    path: "/grants",
    scope: "read",
    summary: "grants that are in force",
    changes: false,
    input: z.strictObject({
      client: ip().optional(),
      account: account.optional(),
      over: flag("those too that are over or revoked").optional(),
      ...paging,
    }),
    output: z.object({ grants: listOf(view), next }),
    async perform(operations, { client, account: of, over = false, ...wish }) {
      const filter = { client: client ?? null, account: of ?? null };
      const found = pageOf(await operations.grantList(filter, over), ({ id }) => id, wish);
      return { grants: found.page.map(viewOf), next: found.next };
    },
  }),
  act({
    name: "grantAdd",
    method: "POST",
    path: "/grants",
    scope: "grants",
    summary: "let an address relay for an account",
    changes: true,
    input: z.strictObject({
      client: ip(),
      account: address(),
      for: span().optional().meta({ description: "a duration; else that of the configuration" }),
    }),
    output: view,
    perform: async (operations, values) =>
      viewOf(await operations.grantAdd(values.client, values.account, values.for ?? null)),
  }),
  act({
    name: "grantRevoke",
    method: "DELETE",
    path: "/grants/{grant}",
    scope: "grants",
    summary:
      "end grants at once and for good: those of an IP address, an account, or one by its id",
    changes: true,
    input: z.strictObject({ grant: line("an IP address, an account, or an id", 320) }),
    output: z.object({ grants: listOf(view) }),
    async perform(operations, { grant }) {
      const client = parseIp(grant);
      const revoked = await operations.grantRevoke(client ? { client } : { name: grant });
      return { grants: revoked.map(viewOf) };
    },
  }),
  act({
    name: "grantReport",
    method: "GET",
    path: "/grants/report",
    scope: "read",
    summary: "who still relays for having read mail, with which program, and how much",
    changes: false,
    input: z.strictObject({
      days: count("of so many days; 30 where it is not said", 90).optional(),
    }),
    output: z.object({
      uses: listOf(
        z.object({
          day: z.string(),
          account: z.string(),
          software: z.string(),
          messages: z.number(),
        }),
      ),
    }),
    perform: async (operations, { days = 30 }) => ({ uses: await operations.grantReport(days) }),
  }),
];

function viewOf(grant: GrantView): z.output<typeof view> {
  const { sessions: _, lifetime: __, ...rest } = grant;
  return { ...rest, client: formatIp(grant.client) };
}
