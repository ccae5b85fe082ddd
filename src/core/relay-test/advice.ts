// What the operator can do about what a test has found.

import { formatAddress } from "../mail/address.ts";
import { fillIn } from "./names.ts";
import { describeAnswer } from "./outcome.ts";
import { controlOf } from "./pairs.ts";
import { countForms, type FormResult, type Report, turnsAllAway, verdictOf } from "./report.ts";

/** One sentence or a few for each thing to do, the gravest first. */
export function advise(report: Report): readonly string[] {
  return [
    ...onLogins(report),
    ...onHoles(report),
    ...onTaken(report),
    ...onHidden(report),
    ...onSilence(report),
    ...onClient(report),
  ];
}

function onLogins({ contexts }: Report): readonly string[] {
  const isTaken = contexts.some(({ obstacle }) => obstacle?.kind === "login-taken");
  if (!isTaken) return [];
  return ["It took a login that nobody has. Mend what checks its passwords: anybody can log in."];
}

function onHoles(report: Report): readonly string[] {
  const holes = resultsOf(report).filter(({ outcome }) => outcome === "hole");
  const byLetter = holes.filter(({ recipient }) => controlOf(recipient) === undefined);
  return [
    ...(byLetter.length > 0 ? [adviseOnLetter(report, byLetter)] : []),
    ...(byLetter.length < holes.length ? [localPartsAdvice] : []),
  ];
}

function adviseOnLetter({ contexts, survey }: Report, holes: readonly FormResult[]): string {
  const { client } = survey;
  const open = contexts.filter(({ results }) => results.some((result) => holes.includes(result)));
  if (open[0] !== contexts[0]) {
    const moments = open.map(({ context }) => context.name).join("; ");
    return `It relays ${moments}, and not otherwise: look for what this changes in its rules.`;
  }
  const senders = new Set(holes.map(({ sender }) => sender));
  if (senders.has("<a@X>")) {
    return (
      `It relays for ${client}, from where this test ran. If that address is in its own networks, ` +
      "it is right to: run the test from elsewhere. If not, take the address, and the network " +
      "around it, out of what it trusts (Postfix: mynetworks; Bailiwick: relay.networks)."
    );
  }
  return (
    `It relays for senders of certain forms (${[...senders].join(", ")}). Anybody can write any ` +
    "sender: ask for a login, or grant by address."
  );
}

const localPartsAdvice =
  "It reads local parts as routes. Turn that off (Postfix: allow_percent_hack = no and " +
  "swap_bangpath = no; Sendmail: no FEATURE(loose_relay_check); qmail: no control/percenthack).";

function onTaken({ deliver, ...report }: Report): readonly string[] {
  const all = resultsOf(report);
  if (deliver !== undefined) {
    const sent = all.filter(({ delivery }) => delivery?.to === "DATA" && delivery.reply.code < 300);
    if (sent.length === 0) return [];
    const address = formatAddress(deliver);
    return [
      `It took ${count(sent.length, "message")}. Look into the mailbox of ${address}, for a day: ` +
        "each that arrives has come through a hole, which its subject names.",
    ];
  }
  const taken = countForms(report, "taken");
  if (taken === 0) return [];
  return [
    `It took ${count(taken, "form")} as it takes any name there: these may be mailboxes of its own. ` +
      "To see, repeat with --deliver ADDRESS, an address of yours on another server.",
  ];
}

function onHidden(report: Report): readonly string[] {
  const hidden = countForms(report, "hidden");
  if (hidden === 0) return [];
  const { domain } = report.survey.names.foreign;
  return [
    `It refused ${count(hidden, "form")} because of ${domain} itself, before it came to relaying. ` +
      "Repeat with --foreign ADDRESS, an address of yours on another server.",
  ];
}

function onSilence(report: Report): readonly string[] {
  const deferred = countForms(report, "deferred");
  const cut = report.contexts.some(({ obstacle }) => obstacle?.kind === "unanswered");
  const unanswered = countForms(report, "unanswered") > 0 || cut;
  return [
    ...(deferred > 0
      ? [
          `It put off ${count(deferred, "form")}, and so did not say what it would do. If it ` +
            "greylists, repeat after its time; if it limits clients, repeat with --pause 10s.",
        ]
      : []),
    ...(unanswered
      ? ["It left forms without an answer. Repeat with --pause 10s, or a longer --timeout."]
      : []),
  ];
}

function onClient(report: Report): readonly string[] {
  const { survey } = report;
  if (verdictOf(report) === "open" || !turnsAllAway(survey)) return [];
  const local = fillIn("<U@L>", survey.names);
  const answer = describeAnswer(survey.local);
  return survey.namedLocal
    ? [
        `It did not take mail for its own ${local} from here either (${answer}). What it would do ` +
          "for a client that it takes mail from stays unseen: run the test from elsewhere.",
      ]
    : [
        `It did not take mail for ${local} (${answer}). If that is because of ${survey.client}, ` +
          "these refusals say nothing about relaying: name a mailbox of its own with --local to see.",
      ];
}

function resultsOf({ contexts }: Pick<Report, "contexts">): readonly FormResult[] {
  return contexts.flatMap(({ results }) => results);
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? "" : "s"}`;
}
