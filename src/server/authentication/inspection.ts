// Verification of strangers' mail, beside its way in: who may send for the domains that it names, and
// what they want done with the rest.

import { formatResults } from "../../core/authentication/results.ts";
import { checkSpf } from "../../core/authentication/spf/check.ts";
import type { AuthenticationSettings } from "../../core/config/settings.ts";
import { networkKey } from "../../core/limits/subject.ts";
import { formatReversePath } from "../../core/mail/address.ts";
import { isAddressLiteral, parseDomain } from "../../core/mail/domain.ts";
import { formatIp, isLoopback } from "../../core/mail/ip.ts";
import { formatMessageId } from "../../core/queue/message.ts";
import { loadOrganizations } from "../../io/authentication/organization.ts";
import type { Questions } from "../../io/dns/questions.ts";
import type { Log } from "../log.ts";
import type { ArrivingMessage, Inspection, Inspector, Verdict } from "../smtpd/inspection.ts";
import { describeFindings, summarize } from "./describe.ts";
import { type Findings, findAll } from "./findings.ts";
import { createLookUps, type LookUps } from "./look-ups.ts";
import { createSignedMessage } from "./signed-message.ts";
import { decideByFindings } from "./verdict.ts";

export interface AuthenticationOptions {
  /** Whose word the results are. */
  readonly hostname: string;
  readonly settings: AuthenticationSettings;
  readonly questions: Pick<Questions, "ask">;
  /** For the policies of authors' domains (DMARC). Of their own: other names that are slow to find must not
   * keep these from being found. */
  readonly policyQuestions: Pick<Questions, "ask">;
  /** Draws a number from 0 to below 1. */
  readonly random: () => number;
  readonly log: Log;
}

/** Milliseconds from the end of a message in which the DNS has to answer. What is not known then is said
 * to be unknown, and the message goes on. */
const timeForDns = 10_000;
/** In which all is done. */
const patience = timeForDns + 5_000;

export function createAuthentication(options: AuthenticationOptions): Inspection {
  return {
    name: "authentication",
    begin(message) {
      if (!isStranger(message)) return undefined;
      return createVerifier(options, message);
    },
  };
}

/** Those who may relay answer for their mail to us in other ways; and no domain says of a loopback address
 * what it may send. */
function isStranger({ role, mayRelay, client }: ArrivingMessage): boolean {
  return role === "mx" && !mayRelay && !isLoopback(client);
}

function createVerifier(options: AuthenticationOptions, message: ArrivingMessage): Inspector {
  const { hostname, settings, random, log } = options;
  const network = networkKey(message.client);
  const inTurn = (questions: Pick<Questions, "ask">) =>
    createLookUps({ ask: (name, type) => questions.ask(name, type, network) });
  const lookUps = inTurn(options.questions);
  const policies = inTurn(options.policyQuestions);
  const giveUp = () => {
    lookUps.giveUp();
    policies.giveUp();
  };
  const organizations = loadOrganizations();
  organizations.catch(() => {}); // it is awaited later, and rejects there
  const spf = findSpf(message, lookUps);
  const signed = createSignedMessage({
    now: message.receivedAt,
    onKeyName: (name) => void lookUps.texts(name),
  });

  function conclude(findings: Findings): Verdict {
    const id = formatMessageId(message.id);
    const verdict = decideByFindings(findings, settings, random() * 100, id);
    const { why } = verdict;
    const fields = {
      ...summarize(findings),
      verdict: verdict.kind,
      ...(why !== undefined && { why }),
    };
    log.info({ event: "authenticated", ...whose(message), ...fields }, verdict.kind);
    if (verdict.kind === "refuse") return verdict;
    const results = describeFindings(findings, message.transaction);
    return { ...verdict, fields: formatResults(hostname, results) };
  }

  return {
    sees: "sent",
    take: (octets) => signed.take(octets),
    isFull: false,
    patience,
    async judge() {
      const timer = setTimeout(giveUp, timeForDns);
      try {
        const contents = signed.finish();
        const organizationOf = await organizations;
        return conclude(await findAll({ contents, lookUps, policies, spf, organizationOf }));
      } finally {
        clearTimeout(timer);
      }
    },
    withoutVerdict(why) {
      log.error({ event: "not-authenticated", ...whose(message), why }, "nothing was verified");
      const unknown = { method: "dmarc", result: "temperror", properties: [] } as const;
      return { kind: "pass", fields: formatResults(hostname, [unknown]) };
    },
    abandon: giveUp,
  };
}

/** RFC 7208 §2.4: a null sender stands for postmaster at what the client calls itself. */
async function findSpf(
  { client, transaction }: ArrivingMessage,
  lookUps: LookUps,
): Promise<Findings["spf"]> {
  const hello = transaction.hello.name;
  const named = transaction.sender ?? { local: "postmaster", domain: parseDomain(hello) ?? hello };
  const { domain } = named;
  if (isAddressLiteral(domain)) return { result: "none", domain };
  const sender = { local: named.local === "" ? "postmaster" : named.local, domain };
  return { ...(await checkSpf({ client, hello, sender }, lookUps)), domain };
}

function whose({ id, session, client, transaction }: ArrivingMessage): object {
  return {
    message: formatMessageId(id),
    session,
    client: formatIp(client),
    sender: formatReversePath(transaction.sender),
  };
}
