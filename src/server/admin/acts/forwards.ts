// Acts on addresses whose mail is sent on.

import { z } from "zod";
import { type Forward, maxTargets } from "../../../core/forwards/forward.ts";
import { formatAddress } from "../../../core/mail/address.ts";
import { MissingError } from "../operations.ts";
import { act, type Act } from "./act.ts";
import { address, addressPattern, flag, listOf, next, nothing, pageOf, paging } from "./fields.ts";

const view = z.object({
  address: z.string(),
  targets: listOf(z.string()),
  keep: z.string().nullable().meta({ description: "the account that takes a copy" }),
  owner: z.string().nullable().meta({ description: "in whose name a list sends" }),
  membersOnly: z.boolean(),
});

const targets = z
  .array(address(), { error: "write a list of addresses, in brackets" })
  .max(maxTargets, { error: "the list is too long" });

export const forwardActs: readonly Act[] = [
  act({
    name: "forwardList",
    method: "GET",
    path: "/forwards",
    scope: "read",
    summary: "addresses whose mail is sent on",
    changes: false,
    input: z.strictObject(paging),
    output: z.object({ forwards: listOf(view), next }),
    async perform(operations, wish) {
      const all = await operations.forwardList(null);
      const found = pageOf(all, ({ key }) => key, wish);
      return { forwards: found.page.map(viewOf), next: found.next };
    },
  }),
  act({
    name: "forwardShow",
    method: "GET",
    path: "/forwards/{address}",
    scope: "read",
    summary: "one forward with all of its targets",
    changes: false,
    input: z.strictObject({ address: addressPattern() }),
    output: view,
    also: ["forwardList"],
    async perform(operations, values) {
      const [found] = await operations.forwardList(values.address);
      if (found === undefined) throw new MissingError("there is no such forward");
      return viewOf(found);
    },
  }),
  act({
    name: "forwardAdd",
    method: "POST",
    path: "/forwards",
    scope: "people",
    summary: "send an address' mail on, to more targets, or in another way; what is left out stays",
    changes: true,
    input: z.strictObject({
      address: addressPattern(),
      targets: targets.optional(),
      keep: address().nullish().meta({ description: "an account for copies; null for none" }),
      owner: address().nullish().meta({ description: "bounces go there; null for nobody" }),
      membersOnly: flag("only targets and owner may write to it").optional(),
    }),
    output: z.object({
      targets: z.number().meta({ description: "all that it has now" }),
      hidesMailbox: z
        .boolean()
        .meta({ description: "there is an account of that name, which gets none of the mail" }),
    }),
    perform: (operations, { keep, owner, membersOnly, ...values }) =>
      operations.forwardAdd({
        address: values.address,
        targets: values.targets ?? [],
        ...(keep !== undefined && { keep }),
        ...(owner !== undefined && { owner }),
        ...(membersOnly !== undefined && { membersOnly }),
      }),
  }),
  act({
    name: "forwardRemove",
    method: "DELETE",
    path: "/forwards/{address}",
    scope: "people",
    summary: "send mail on no more, or no more to some",
    changes: true,
    input: z.strictObject({
      address: addressPattern(),
      targets: targets.optional().meta({ description: "only these; else the whole forward" }),
    }),
    output: nothing,
    async perform(operations, values) {
      await operations.forwardRemove(values.address, values.targets ?? []);
      return {};
    },
  }),
];

function viewOf({ key, targets: all, keep, owner, membersOnly }: Forward): z.output<typeof view> {
  return {
    address: key,
    targets: all.map(formatAddress),
    keep,
    owner: owner === null ? null : formatAddress(owner),
    membersOnly,
  };
}
