// Acts that ask why: how a decision would come out, and why one came out as it did.

import { z } from "zod";
import { formatAddress, formatReversePath } from "../../../core/mail/address.ts";
import { findDecisionId } from "../../../core/policy/decision-id.ts";
import type { Decision } from "../../../core/policy/decision.ts";
import type { Explanation } from "../../../core/policy/explain/explanation.ts";
import { bad, good } from "../../../core/result.ts";
import { word } from "../../../core/config/schema/fields.ts";
import { act, type Act } from "./act.ts";
import { address, flag, ip, listOf, sender, time } from "./fields.ts";

const decision = z.object({
  verdict: z.enum(["accept", "refuse", "defer"]),
  reason: z.string(),
  deliver: z.enum(["local", "relay"]).optional(),
  detail: z.string().optional(),
  place: z
    .string()
    .optional()
    .meta({ description: "the line of the configuration: file:line:column" }),
});

const explanation = z.object({
  question: z.object({
    role: z.string(),
    tls: z.string(),
    client: z.string(),
    login: z.string().optional(),
    sender: z.string(),
    recipient: z.string(),
  }),
  decision,
  reply: z.string().meta({ description: "as the client sees it" }),
  rows: listOf(
    z.object({
      number: z.number(),
      when: z.string(),
      found: z.enum(["match", "no-match", "unknown"]),
      fact: z.string(),
      place: z.string().optional(),
    }),
  ),
  turns: listOf(z.object({ advice: z.string(), decision })),
});

const occasion = { id: z.string(), at: time, listener: z.string(), hello: z.string() };

const idExpected = "an id such as 0fk3v9d2m4a.1";
const decisionId = word(idExpected, (text) => {
  const id = findDecisionId(text.slice(0, 2000));
  return id === undefined
    ? bad(`there is no decision's id in that; write ${idExpected}`)
    : good(id);
}).meta({ description: `${idExpected}, or the whole reply that ends in it` });

export const decisionActs: readonly Act[] = [
  act({
    name: "explain",
    method: "GET",
    path: "/explain",
    scope: "read",
    summary: "what a client that asked so would be told, and why",
    changes: false,
    input: z.strictObject({
      role: z.enum(["mx", "submission"], { error: "write mx, or submission" }).optional(),
      client: ip(),
      encrypted: flag("as if by TLS").optional(),
      login: address().optional(),
      sender: sender(),
      recipient: address(),
    }),
    output: explanation,
    perform: async (operations, { role = "mx", client, encrypted = false, ...rest }) =>
      explanationView(
        await operations.explain({
          role,
          client,
          isEncrypted: encrypted,
          login: rest.login ?? null,
          sender: rest.sender.path,
          recipient: rest.recipient,
        }),
      ),
  }),
  act({
    name: "why",
    method: "GET",
    path: "/decisions/{id}",
    scope: "read",
    summary: "a decision of the past, by the facts that it was made from",
    changes: false,
    input: z.strictObject({ id: decisionId }),
    output: z.object({
      ...occasion,
      explanation,
      today: decision.optional().meta({ description: "by today's rules, where that is another" }),
    }),
    async perform(operations, { id }) {
      const { explanation: found, today, ...when } = await operations.why(id);
      return {
        ...when,
        explanation: explanationView(found),
        ...(today !== undefined && { today: decisionView(today) }),
      };
    },
  }),
  act({
    name: "whyClient",
    method: "GET",
    path: "/decisions",
    scope: "read",
    summary: "the last decisions for a client, the latest first",
    changes: false,
    input: z.strictObject({ client: ip() }),
    output: z.object({
      decisions: listOf(
        z.object({ ...occasion, sender: z.string(), recipient: z.string(), decision }),
      ),
    }),
    perform: async (operations, { client }) => ({
      decisions: (await operations.whyClient(client)).map((each) => ({
        ...each,
        sender: formatReversePath(each.sender),
        recipient: formatAddress(each.recipient),
        decision: decisionView(each.decision),
      })),
    }),
  }),
];

type Place = Decision["place"];

function placeText(place: Place): { readonly place?: string } {
  return place === undefined ? {} : { place: `${place.file}:${place.line}:${place.column}` };
}

function decisionView({ place, ...rest }: Decision): z.output<typeof decision> {
  return { ...rest, ...placeText(place) };
}

function explanationView(found: Explanation): z.output<typeof explanation> {
  return {
    question: found.question,
    reply: found.reply,
    decision: decisionView(found.decision),
    rows: found.rows.map(({ place, ...row }) => ({ ...row, ...placeText(place) })),
    turns: found.turns.map(({ advice, decision: then }) => ({
      advice,
      decision: decisionView(then),
    })),
  };
}
