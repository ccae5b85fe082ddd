// Acts on passwords for single devices.

import { z } from "zod";
import { appPasswordDigest, newAppPassword } from "../../../io/password/app-password.ts";
import { act, type Act } from "./act.ts";
import { address, line, listOf, next, nothing, pageOf, paging, time } from "./fields.ts";

const scope = z
  .enum(["all", "send", "read"], { error: "write all, send, or read" })
  .meta({ description: "what may be done with it" });

const view = z.object({
  id: z.string(),
  account: z.string(),
  name: z.string(),
  scope,
  createdAt: time,
  lastUsed: time.optional(),
  lastClient: z.string().optional(),
});

export const appPasswordActs: readonly Act[] = [
  act({
    name: "appPasswordList",
    method: "GET",
    path: "/app-passwords",
    scope: "read",
    summary: "app passwords, and when each was last used",
    changes: false,
    input: z.strictObject({ account: address().optional(), ...paging }),
    output: z.object({ appPasswords: listOf(view), next }),
    async perform(operations, { account, ...wish }) {
      const all = await operations.appPasswordList(account ?? null);
      const found = pageOf(all, ({ account: of, name }) => `${of} ${name}`, wish);
      return { appPasswords: found.page, next: found.next };
    },
  }),
  act({
    name: "appPasswordAdd",
    method: "POST",
    path: "/app-passwords",
    scope: "people",
    summary: "make a password for one device; it is answered once, and kept nowhere",
    changes: true,
    input: z.strictObject({
      account: address(),
      name: line("what the password is for", 200),
      scope: scope.optional(),
    }),
    output: view.extend({ password: z.string() }),
    secret: ["password"],
    async perform(operations, { account, name, scope: wanted = "all" }) {
      const made = newAppPassword();
      const digest = appPasswordDigest(made) ?? "";
      const added = await operations.appPasswordAdd(account, { name, scope: wanted, digest });
      return { ...added, password: made };
    },
  }),
  act({
    name: "appPasswordRemove",
    method: "DELETE",
    path: "/app-passwords/{id}",
    scope: "people",
    summary: "make an app password worthless",
    changes: true,
    input: z.strictObject({ id: line("an id as the list has it", 16) }),
    output: nothing,
    async perform(operations, { id }) {
      await operations.appPasswordRemove(id);
      return {};
    },
  }),
];
