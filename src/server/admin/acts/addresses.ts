// Acts on the addresses that accounts have beside their own.

import { z } from "zod";
import { act, type Act } from "./act.ts";
import { address, addressPattern, listOf, next, nothing, pageOf, paging } from "./fields.ts";

const kind = z
  .enum(["alias", "send-as"], { error: "write alias, or send-as" })
  .meta({ description: "alias: mail for it arrives, and it may be sent as; send-as: that alone" });

const view = z.object({ address: z.string(), account: z.string(), kind });

export const addressActs: readonly Act[] = [
  act({
    name: "addressList",
    method: "GET",
    path: "/addresses",
    scope: "read",
    summary: "addresses that accounts have beside their own",
    changes: false,
    input: z.strictObject({ account: address().optional(), ...paging }),
    output: z.object({ addresses: listOf(view), next }),
    async perform(operations, { account, ...wish }) {
      const all = await operations.addressList(account ?? null);
      const found = pageOf(all, ({ key, account: holder }) => `${key} ${holder}`, wish);
      const addresses = found.page.map(({ key, ...rest }) => ({ address: key, ...rest }));
      return { addresses, next: found.next };
    },
  }),
  act({
    name: "addressAdd",
    method: "POST",
    path: "/addresses",
    scope: "people",
    summary: "give an account an address more",
    changes: true,
    input: z.strictObject({ address: addressPattern(), account: address(), kind }),
    output: nothing,
    async perform(operations, values) {
      await operations.addressAdd(values.address, values.account, values.kind);
      return {};
    },
  }),
  act({
    name: "addressRemove",
    method: "DELETE",
    path: "/addresses/{address}",
    scope: "people",
    summary: "take an address away from an account",
    changes: true,
    input: z.strictObject({ address: addressPattern(), account: address() }),
    output: nothing,
    async perform(operations, values) {
      await operations.addressRemove(values.address, values.account);
      return {};
    },
  }),
];
