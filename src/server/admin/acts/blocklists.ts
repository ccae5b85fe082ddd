// Acts that ask about blocklists.

import { z } from "zod";
import { formatIp } from "../../../core/mail/ip.ts";
import type { ListReport } from "../../blocklists/list.ts";
import { act, type Act } from "./act.ts";
import { ip, listOf, time } from "./fields.ts";

const view = z.looseObject({
  zone: z.string(),
  score: z.number(),
  health: z.looseObject({ state: z.enum(["untested", "healthy", "set-aside"]) }),
  lastTest: time.nullable(),
});

const lists = z.object({ blocklists: listOf(view) });

export const blocklistActs: readonly Act[] = [
  act({
    name: "blocklistReport",
    method: "GET",
    path: "/blocklists",
    scope: "read",
    summary: "the state of the blocklists",
    changes: false,
    input: z.strictObject({}),
    output: lists,
    perform: async (operations) => ({
      blocklists: (await operations.blocklistReport(false)).map(viewOf),
    }),
  }),
  act({
    name: "blocklistTest",
    method: "POST",
    path: "/blocklists/test",
    scope: "read",
    summary: "test all blocklists now",
    changes: false,
    input: z.strictObject({}),
    output: lists,
    also: ["blocklistReport"],
    perform: async (operations) => ({
      blocklists: (await operations.blocklistReport(true)).map(viewOf),
    }),
  }),
  act({
    name: "blocklistLookUp",
    method: "GET",
    path: "/blocklists/lookup",
    scope: "read",
    summary: "what all blocklists say of an address",
    changes: false,
    input: z.strictObject({ address: ip() }),
    output: z.object({
      answers: listOf(
        z.object({
          zone: z.string(),
          score: z.number(),
          answer: z.looseObject({ kind: z.enum(["listed", "not-listed", "unknown"]) }),
          reason: z.string().nullable(),
          latency: z.number().meta({ description: "milliseconds" }),
        }),
      ),
      verdict: z.looseObject({ known: z.boolean() }),
    }),
    async perform(operations, { address }) {
      const { answers, verdict } = await operations.blocklistLookUp(formatIp(address));
      return {
        answers: answers.map((each) => ({ ...each, answer: { ...each.answer } })),
        verdict: { ...verdict },
      };
    },
  }),
];

function viewOf(report: ListReport): z.output<typeof view> {
  return { ...report, health: { ...report.health } };
}
