// Acts on signing keys.

import { z } from "zod";
import type { DkimKeyReport } from "../operations.ts";
import { act, type Act } from "./act.ts";
import { domain, flag, line, listOf, nothing, time } from "./fields.ts";

const view = z.object({
  domain: z.string(),
  name: z.string(),
  state: z.enum(["prepared", "active", "retired"]),
  createdAt: time,
  activeAt: time.nullable(),
  retiredAt: time.nullable(),
  publicKeys: z
    .record(z.string(), z.string())
    .nullable()
    .meta({ description: "in base 64, by algorithm; null where they are damaged" }),
  publishedUntil: time.nullable(),
});

const keys = { domain: domain(), name: line("the name of keys, as the list has it", 40) };

export const dkimActs: readonly Act[] = [
  act({
    name: "dkimList",
    method: "GET",
    path: "/dkim",
    scope: "read",
    summary: "signing keys and how they stand",
    changes: false,
    input: z.strictObject({ domain: domain().optional() }),
    output: z.object({ keys: listOf(view) }),
    perform: async (operations, { domain: of }) => ({
      keys: (await operations.dkimList(of ?? null)).map(viewOf),
    }),
  }),
  act({
    name: "dkimPrepare",
    method: "POST",
    path: "/dkim/{domain}/prepare",
    scope: "dkim",
    summary: "make keys, to be published; those in use go on signing",
    changes: true,
    input: z.strictObject({ domain: domain() }),
    output: view,
    perform: async (operations, values) => viewOf(await operations.dkimPrepare(values.domain)),
  }),
  act({
    name: "dkimActivate",
    method: "POST",
    path: "/dkim/{domain}/activate",
    scope: "dkim",
    summary: "sign with prepared keys, where the DNS has them; those before are retired",
    changes: true,
    input: z.strictObject({ domain: domain(), unchecked: flag("do not ask the DNS").optional() }),
    output: view,
    perform: async (operations, { domain: of, unchecked = false }) =>
      viewOf(await operations.dkimActivate(of, unchecked)),
  }),
  act({
    name: "dkimRetire",
    method: "POST",
    path: "/dkim/{domain}/{name}/retire",
    scope: "dkim",
    summary: "sign no more with keys",
    changes: true,
    input: z.strictObject(keys),
    output: nothing,
    async perform(operations, { domain: of, name }) {
      await operations.dkimRetire(of, name);
      return {};
    },
  }),
  act({
    name: "dkimRemove",
    method: "DELETE",
    path: "/dkim/{domain}/{name}",
    scope: "dkim",
    summary: "forget retired keys, once no mail that they signed can be under way",
    changes: true,
    input: z.strictObject({ ...keys, early: flag("now, such as after a theft").optional() }),
    output: nothing,
    async perform(operations, { domain: of, name, early = false }) {
      await operations.dkimRemove(of, name, early);
      return {};
    },
  }),
];

function viewOf({ publicKeys, ...report }: DkimKeyReport): z.output<typeof view> {
  return { ...report, publicKeys: publicKeys === null ? null : { ...publicKeys } };
}
