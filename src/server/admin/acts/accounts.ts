// Acts on accounts: mailboxes and their passwords.

import { z } from "zod";
import { formatAddress, mailboxKey } from "../../../core/mail/address.ts";
import type { AccountNames } from "../operations.ts";
import { act, type Act } from "./act.ts";
import {
  address,
  addressPattern,
  domain,
  flag,
  listOf,
  next,
  nothing,
  pageOf,
  paging,
  password,
  time,
} from "./fields.ts";

const view = z.object({
  address: z.string(),
  canLogIn: z.boolean(),
  disabled: z.boolean(),
  stopped: z
    .object({ since: time, why: z.string() })
    .nullable()
    .meta({ description: "since when it may not send, as one whose password was stolen" }),
  createdAt: time,
});

const one = z.strictObject({ address: address() });
const named = z.object({ address: z.string() });
/** Each takes a tenth of a second of a core. */
const mostAtOnce = 100;

const optionalPassword = password()
  .nullish()
  .meta({ description: "without one the account only receives" });

export const accountActs: readonly Act[] = [
  act({
    name: "accountList",
    method: "GET",
    path: "/accounts",
    scope: "read",
    summary: "accounts, of one domain or of all",
    changes: false,
    input: z.strictObject({ domain: domain().optional(), ...paging }),
    output: z.object({ accounts: listOf(view), next }),
    async perform(operations, { domain: of, ...wish }) {
      const all = await operations.accountList(of ?? null);
      const { page, next: behind } = pageOf(all, (each) => mailboxKey(each.address), wish);
      const accounts = page.map((each) => ({ ...each, address: formatAddress(each.address) }));
      return { accounts, next: behind };
    },
  }),
  act({
    name: "accountAdd",
    method: "POST",
    path: "/accounts",
    scope: "people",
    summary: "add a mailbox",
    changes: true,
    input: z.strictObject({ address: address(), password: optionalPassword }),
    output: named,
    secret: ["password"],
    async perform(operations, values, { makeCredentials }) {
      const { password: chosen } = values;
      const credentials = chosen ? await makeCredentials(chosen) : null;
      await operations.accountAdd(values.address, credentials);
      return { address: formatAddress(values.address) };
    },
  }),
  act({
    name: "accountImport",
    method: "POST",
    path: "/accounts/import",
    scope: "people",
    summary: `add up to ${mostAtOnce} accounts: all of them, or none`,
    changes: true,
    input: z.strictObject({
      accounts: z
        .array(
          z.strictObject({
            address: address(),
            password: optionalPassword,
            aliases: z.array(addressPattern()).max(100).optional(),
          }),
          { error: "write a list of accounts, in brackets" },
        )
        .min(1, { error: "the list is empty" })
        .max(mostAtOnce, { error: `more than ${mostAtOnce} accounts; send them in parts` }),
      dryRun: flag("only say what speaks against it").optional(),
    }),
    output: z.object({
      added: z.number(),
      problems: listOf(
        z.object({
          index: z.number().meta({ description: "its place in the list, from 0" }),
          problem: z.string(),
        }),
      ),
    }),
    secret: ["accounts"],
    also: ["accountImportCheck"],
    async perform(operations, { accounts, dryRun = false }, { makeCredentials }) {
      const names: readonly AccountNames[] = accounts.map((each) => ({
        address: each.address,
        aliases: each.aliases ?? [],
      }));
      const problems = await operations.accountImportCheck(names);
      if (dryRun || problems.length > 0) return { added: 0, problems };
      const made = await Promise.all(
        accounts.map(async (each) => (each.password ? makeCredentials(each.password) : null)),
      );
      const found = await operations.accountImport(
        names.map((each, index) => ({ ...each, credentials: made[index] ?? null })),
      );
      return { added: found.length > 0 ? 0 : names.length, problems: found };
    },
  }),
  act({
    name: "accountSetCredentials",
    method: "PUT",
    path: "/accounts/{address}/password",
    scope: "people",
    summary: "change an account's password; its sessions and grants end",
    changes: true,
    input: z.strictObject({ address: address(), password: password() }),
    output: nothing,
    secret: ["password"],
    async perform(operations, values, { makeCredentials }) {
      await operations.accountSetCredentials(
        values.address,
        await makeCredentials(values.password),
      );
      return {};
    },
  }),
  act({
    name: "accountSetDisabled",
    method: "PATCH",
    path: "/accounts/{address}",
    scope: "people",
    summary: "close an account for logins, or open it; its mail arrives all the same",
    changes: true,
    input: z.strictObject({ address: address(), disabled: flag("nobody can log in") }),
    output: nothing,
    async perform(operations, values) {
      await operations.accountSetDisabled(values.address, values.disabled);
      return {};
    },
  }),
  act({
    name: "accountRemove",
    method: "DELETE",
    path: "/accounts/{address}",
    scope: "people",
    summary: "remove an account with its addresses and app passwords; its mail stays",
    changes: true,
    input: one,
    output: nothing,
    async perform(operations, values) {
      await operations.accountRemove(values.address);
      return {};
    },
  }),
  act({
    name: "accountRelease",
    method: "POST",
    path: "/accounts/{address}/release",
    scope: "people",
    summary: "let an account send again that was stopped, and its held mail go on",
    changes: true,
    input: one,
    output: z.object({ messages: z.number() }),
    perform: async (operations, values) => ({
      messages: await operations.accountRelease(values.address),
    }),
  }),
];
