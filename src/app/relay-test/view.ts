// The result of a relay test in words.

import { formatAddress } from "../../core/mail/address.ts";
import { advise } from "../../core/relay-test/advice.ts";
import { describeAnswer, type Outcome } from "../../core/relay-test/outcome.ts";
import {
  type ContextResult,
  countForms,
  type FormResult,
  type Report,
  verdictOf,
} from "../../core/relay-test/report.ts";
import { printable } from "../../core/smtp/reply.ts";
import { wrap } from "../../core/mail/wrap.ts";
import { formatTable } from "../table.ts";

const words: Readonly<Record<Outcome, string>> = {
  hole: "HOLE",
  taken: "taken",
  refused: "refused",
  hidden: "hidden",
  deferred: "put off",
  unanswered: "no answer",
};

/** @param every every form, and not those alone that were not refused. */
export function describeReport(report: Report, every: boolean): string {
  const tried = report.contexts.filter(({ results }) => results.length > 0);
  const rest = report.contexts.filter(({ results }) => results.length === 0);
  const untried = Map.groupBy(rest, ({ obstacle }) => describeObstacle(obstacle));
  const contexts = [
    ...tried.map((context) => describeContext(context, every)),
    ...[...untried].map(([why, alike]) => describeUntried(alike, why)),
  ];
  const advice = advise(report).map((text) => `\n${wrap(text, 100).join("\n")}\n`);
  return [describeSurvey(report), ...contexts, "\n", describeVerdict(report), ...advice].join("");
}

function describeSurvey({ survey }: Report): string {
  const { server, client, greeting, names, namedLocal } = survey;
  const { foreign, host, local } = names;
  const guess = namedLocal ? "" : ", which is a guess: --local names one";
  return (
    `${server} greets ${client} with: ${printable(greeting)}\n` +
    `v@X is ${formatAddress(foreign)}, H is ${host}, U@L is ${formatAddress(local)}${guess}\n`
  );
}

function describeContext({ context, results, obstacle }: ContextResult, every: boolean): string {
  const refused = results.filter(({ outcome }) => outcome === "refused").length;
  const counted = refused === results.length ? "all refused" : `${refused} refused`;
  const broken = obstacle === undefined ? "" : `; ${describeObstacle(obstacle)}`;
  const head = `${capitalize(context.name)}: ${results.length} forms, ${counted}${broken}\n`;
  const rows = every ? results.map((result) => describeForm(result)) : describeOpen(results);
  return rows.length === 0 ? head : head + formatTable(rows);
}

function describeUntried(contexts: readonly ContextResult[], why: string): string {
  return `${capitalize(contexts.map(({ context }) => context.name).join("; "))}: ${why}\n`;
}

function describeObstacle(obstacle: ContextResult["obstacle"]): string {
  const said = printable(obstacle?.said ?? "");
  switch (obstacle?.kind) {
    case "not-offered":
      return `not tried, the server does not have it (${said})`;
    case "login-taken":
      return `HOLE, it took a login that nobody has (${said})`;
    case "unanswered":
      return `broken off (${said})`;
    case undefined:
      return "nothing was tried";
  }
}

function describeForm({ outcome, recipient, sender, answer, delivery }: FormResult) {
  const answers = [answer, ...(delivery === undefined ? [] : [delivery])];
  const said = answers.map(describeAnswer).join("; to the message: ");
  return [`  ${words[outcome]}`, `from ${sender}`, `to ${recipient}`, said];
}

/** What was not refused: a row for each recipient and end, with all senders that fared so. */
function describeOpen(results: readonly FormResult[]): readonly (readonly string[])[] {
  const all = new Set(results.map(({ sender }) => sender));
  const open = results.filter(({ outcome }) => outcome !== "refused");
  const groups = Map.groupBy(open, ({ recipient, outcome }) => `${outcome} ${recipient}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const sent = group.find(({ delivery }) => delivery !== undefined) ?? first;
    return [describeForm({ ...sent, sender: describeSenders(group, all) })];
  });
}

function describeSenders(group: readonly FormResult[], all: ReadonlySet<string>): string {
  const these = group.map(({ sender }) => sender);
  const others = [...all].filter((sender) => !these.includes(sender));
  if (others.length === 0) return "anybody";
  return others.length < these.length ? `anybody but ${others.join(" ")}` : these.join(" ");
}

function describeVerdict(report: Report): string {
  const all = countForms(report);
  const holes = countForms(report, "hole");
  switch (verdictOf(report)) {
    case "open":
      return holes === 0
        ? "OPEN: no form was taken, but a login that nobody has.\n"
        : `OPEN: ${holes} of ${all} forms were taken on their way to strangers.\n`;
    case "closed":
      return `No hole found: all ${all} forms were refused.\n`;
    case "unclear":
      return `Could not tell: ${countForms(report, "refused")} of ${all} forms were refused, and no hole was seen.\n`;
  }
}

/** For programs. */
export function reportValues(report: Report): object {
  const { survey, contexts } = report;
  const { names, local, ...rest } = survey;
  return {
    verdict: verdictOf(report),
    ...rest,
    foreign: formatAddress(names.foreign),
    host: names.host,
    local: { address: formatAddress(names.local), said: describeAnswer(local) },
    contexts: contexts.map(({ context, obstacle, results }) => ({
      context: context.name,
      ...(obstacle && { obstacle }),
      forms: results.map(({ sender, recipient, outcome, answer, delivery }) => ({
        sender,
        recipient,
        outcome,
        said: describeAnswer(answer),
        ...(delivery && { delivery: describeAnswer(delivery) }),
      })),
    })),
    advice: advise(report),
  };
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
