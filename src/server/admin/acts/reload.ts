// The act that lets the server read its configuration anew.

import { z } from "zod";
import { act, type Act } from "./act.ts";
import { listOf } from "./fields.ts";

export const reloadActs: readonly Act[] = [
  act({
    name: "reload",
    method: "POST",
    path: "/reload",
    scope: "reload",
    summary: "read the configuration anew; one with an error changes nothing",
    changes: true,
    input: z.strictObject({}),
    output: z.object({
      notes: listOf(z.string()).meta({ description: "what cannot change without a restart" }),
    }),
    perform: async (operations) => ({ notes: await operations.reload() }),
  }),
];
