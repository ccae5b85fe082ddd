// Explains a decision by making it: every row that `decide` tries is written down with what it found.

import { formatAddress, formatReversePath } from "../../mail/address.ts";
import { formatIp } from "../../mail/ip.ts";
import { describeReply } from "../../smtp/reply.ts";
import { decide } from "../decide.ts";
import type { Decision } from "../decision.ts";
import { replyTo } from "../replies.ts";
import type { RelayRequest, RuleSet } from "../request.ts";
import type { Row, RowResult } from "../rows.ts";
import type { Explanation, QuestionInWords, TriedRow } from "./explanation.ts";
import { factInWords } from "./row-words.ts";
import { smallestTurns } from "./turns.ts";
import { waysIn } from "./ways-in.ts";
import { waysOut } from "./ways-out.ts";

/** @param id as the refused client sees it in the reply. */
export function explain(rules: RuleSet, request: RelayRequest, id: string): Explanation {
  const rows: TriedRow[] = [];
  const decision = decide(rules, request, (row, result) => {
    rows.push(describeRow(row, result, factInWords(row, rules, request)));
  });
  const isAccepted = decision.verdict === "accept";
  const ways = isAccepted ? waysOut(rules, request) : waysIn(rules, request);
  return {
    question: questionInWords(request),
    decision,
    reply: describeReply(replyTo(decision, id)),
    rows: [...rows, ...lastRow(decision, rows)],
    turns: smallestTurns({ rules, request }, ways, isAccepted),
  };
}

function questionInWords({
  role,
  tls,
  client,
  sender,
  recipient,
  facts,
}: RelayRequest): QuestionInWords {
  return {
    role,
    tls,
    client: formatIp(client),
    ...(facts.login && { login: facts.login.account }),
    sender: formatReversePath(sender),
    recipient: formatAddress(recipient),
  };
}

function describeRow({ number, when }: Row, result: RowResult, fact: string): TriedRow {
  if (result === "no-match") return { number, when, found: "no-match", fact };
  if ("unknown" in result) return { number, when, found: "unknown", fact };
  const { place } = result;
  return { number, when, found: "match", fact, ...(place && { place }) };
}

/** Rows 14 and 16 look at no fact of their own: `decide` falls through to them. */
function lastRow(decision: Decision, tried: readonly TriedRow[]): readonly TriedRow[] {
  if (decision.reason === "relaying-denied") {
    const fact = "no row above lets the client relay";
    return [{ number: 16, when: "otherwise", found: "match", fact }];
  }
  // A row that found the decision itself is the last one, and says the same.
  const last = tried.at(-1);
  if (decision.verdict !== "defer" || !decision.reason.endsWith("-unknown")) return [];
  return [
    {
      number: 14,
      when: "a fact that could turn the answer round is not known",
      found: "match",
      fact: doubtInWords(tried, last?.found === "match" ? last.number : undefined),
    },
  ];
}

/** @param accepting the row that would have accepted, but for an unknown fact above it. */
function doubtInWords(tried: readonly TriedRow[], accepting: number | undefined): string {
  const open = tried.filter(({ found }) => found === "unknown").map(({ number }) => number);
  const [first] = open;
  if (accepting !== undefined)
    return `row ${accepting} would accept, but row ${first} might refuse`;
  return `row ${open.find((number) => number >= firstAccepting)} might accept`;
}

/** Rows from here on accept; those above refuse. */
const firstAccepting = 8;
