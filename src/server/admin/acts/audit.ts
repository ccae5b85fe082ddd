// The act that reads the audit log.

import { z } from "zod";
import type { AuditEntry } from "../../../io/store/audit-store.ts";
import { act, type Act } from "./act.ts";
import { line, listOf, next, paging, span, time, usualLimit } from "./fields.ts";

const view = z.object({
  id: z.string(),
  at: time,
  via: z.enum(["command", "page", "api"]),
  who: z.string(),
  client: z.string().optional(),
  act: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  error: z.string().optional().meta({ description: "why it was not done" }),
  node: z.string(),
});

export const auditActs: readonly Act[] = [
  act({
    name: "auditList",
    method: "GET",
    path: "/audit",
    scope: "audit",
    summary: "who did what, the latest first",
    changes: false,
    input: z.strictObject({
      since: span().optional().meta({ description: "a duration such as 2d, back from now" }),
      act: line("the name of an act, such as queueHold", 40).optional(),
      who: line("an operator, a token, or a user of the system", 200).optional(),
      ...paging,
    }),
    output: z.object({ entries: listOf(view), next }),
    async perform(operations, values, { now }) {
      const { since, act: name, who, after, limit = usualLimit } = values;
      const filter = {
        ...(since !== undefined && { since: now() - since }),
        ...(name !== undefined && { act: name }),
        ...(who !== undefined && { who }),
        ...(after !== undefined && { before: after }),
      };
      const found = await operations.auditList(filter, limit + 1);
      const entries = found.slice(0, limit).map(viewOf);
      return { entries, next: found.length > limit ? (entries.at(-1)?.id ?? null) : null };
    },
  }),
];

function viewOf(entry: AuditEntry): z.output<typeof view> {
  return { ...entry, arguments: { ...entry.arguments } };
}
