// What any program tells with `/roaming/login` and `/roaming/logout`: one JSON object, or a list.

import { z } from "zod";
import { parseIp } from "../mail/ip.ts";
import { bad, good, type Result } from "../result.ts";
import {
  isSessionName,
  sessionExpected,
  softwareName,
  type ToldEnd,
  type ToldSign,
} from "./told.ts";

/** Reads one object. The problem says which key is wrong, and what belongs there. */
export type ReadCall<Value> = (value: unknown) => Result<Value, string>;

const session = z
  .string({ error: `write ${sessionExpected}` })
  .refine(isSessionName, { error: `write ${sessionExpected}` });

const login = z.strictObject({
  account: text("account", "the account's address", 320),
  client: text("client", "the IP address from which the user reads mail", 100),
  session: session.optional(),
  software: z.string({ error: "write what the client calls itself" }).max(1_000).optional(),
});

const logout = z.strictObject({ session });

export const readLogin: ReadCall<ToldSign> = (value) => {
  const read = parse(login, value);
  if (!read.ok) return read;
  const { account, client: clientText, session: name, software: called } = read.value;
  const client = parseIp(clientText);
  if (client === undefined) return bad("client: write an IP address, such as 203.0.113.9");
  const software = called === undefined ? undefined : softwareName(called);
  return good({
    kind: "sign",
    sign: "begun",
    account,
    client,
    ...(name !== undefined && { session: name }),
    ...(software !== undefined && { software }),
  });
};

export const readLogout: ReadCall<ToldEnd> = (value) => {
  const read = parse(logout, value);
  return read.ok ? good({ kind: "end", session: read.value.session }) : read;
};

function text(key: string, expected: string, longest: number): z.ZodString {
  const error = `write ${expected} as a text`;
  return z
    .string({ error })
    .min(1, { error })
    .max(longest, { error: `the ${key} is too long` });
}

function parse<Value>(schema: z.ZodType<Value>, value: unknown): Result<Value, string> {
  const read = schema.safeParse(value);
  if (read.success) return good(read.data);
  const [issue] = read.error.issues;
  if (issue === undefined) return bad("this is not understood");
  if (issue.code === "unrecognized_keys") return bad(`unknown key ${issue.keys.join(", ")}`);
  const [key] = issue.path;
  if (key === undefined) return bad("write an object in braces, or a list of them");
  return bad(`${String(key)}: ${issue.message}`);
}
