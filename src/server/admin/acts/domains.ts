// Acts on our domains.

import { z } from "zod";
import { act, type Act } from "./act.ts";
import { domain, flag, listOf, nothing } from "./fields.ts";

const view = z.object({
  name: z.string(),
  source: z.string().meta({ description: "where it is said that it is ours" }),
  deliver: z.string().meta({ description: "mailboxes, nowhere, or the host it is handed on to" }),
});

export const domainActs: readonly Act[] = [
  act({
    name: "domainList",
    method: "GET",
    path: "/domains",
    scope: "read",
    summary: "our domains",
    changes: false,
    input: z.strictObject({}),
    output: z.object({ domains: listOf(view) }),
    perform: async (operations) => ({ domains: await operations.domainList() }),
  }),
  act({
    name: "domainAdd",
    method: "POST",
    path: "/domains",
    scope: "people",
    summary: "make a domain ours, with keys to sign its mail",
    changes: true,
    input: z.strictObject({
      domain: domain(),
      sendOnly: flag("its accounts send; no mail for it is taken").optional(),
      dkim: flag("false: make no keys").optional(),
    }),
    output: nothing,
    also: ["dkimList", "dkimPrepare"],
    async perform(operations, { domain: name, sendOnly = false, dkim = true }) {
      await operations.domainAdd(name, sendOnly);
      // A domain that was ours before may have keys.
      if (dkim && (await operations.dkimList(name)).length === 0) {
        await operations.dkimPrepare(name);
      }
      return {};
    },
  }),
  act({
    name: "domainRemove",
    method: "DELETE",
    path: "/domains/{domain}",
    scope: "people",
    summary: "give a domain up; it must have no accounts left",
    changes: true,
    input: z.strictObject({ domain: domain() }),
    output: nothing,
    async perform(operations, { domain: name }) {
      await operations.domainRemove(name);
      return {};
    },
  }),
];
