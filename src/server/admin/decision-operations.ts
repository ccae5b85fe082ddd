// What the operator asks of decisions: how one would come out, and why one came out as it did.

import type { DecisionSettings } from "../../core/config/settings.ts";
import { formatDuration } from "../../core/config/values/duration.ts";
import { mailboxKey } from "../../core/mail/address.ts";
import { formatIp } from "../../core/mail/ip.ts";
import { explain } from "../../core/policy/explain/explain.ts";
import { revisit } from "../../core/policy/explain/revisit.ts";
import type { KeptDecision } from "../../core/policy/kept-decision.ts";
import type { RelayRole, RuleSet, TlsState } from "../../core/policy/request.ts";
import type { DecisionStore } from "../../io/store/decision-store.ts";
import { type Asked, type FactSources, gatherFacts } from "../smtpd/facts.ts";
import {
  type DecisionOperations,
  type DecisionSummary,
  type ExplainQuestion,
  MissingError,
} from "./operations.ts";

export interface DecisionOptions {
  /** What decides now. */
  readonly policy: () => Promise<Deciding>;
  readonly kept: Pick<DecisionStore, "find" | "ofClient">;
  readonly settings: () => DecisionSettings;
}

export interface Deciding {
  readonly rules: RuleSet;
  readonly sources: FactSources;
  /** What listeners of that role want of a client in the clear. */
  readonly inClear: (role: RelayRole) => Exclude<TlsState, "up">;
}

/** Decisions that are listed for one client. */
const mostListed = 20;

export function createDecisionOperations(options: DecisionOptions): DecisionOperations {
  const { policy, kept, settings } = options;
  return {
    async explain(question) {
      const { rules, sources, inClear } = await policy();
      const asked = askedBy(question, inClear);
      const facts = await gatherFacts(sources, asked);
      const { role, tls, client, sender, recipient } = asked;
      return explain(rules, { role, tls, client, sender, recipient, facts }, "an id");
    },
    async why(id) {
      const found = await kept.find(id);
      if (found === undefined) {
        throw new MissingError(`no decision ${id} is kept: ${whatIsKept(settings())}`);
      }
      const { at, listener, hello } = found;
      const { rules } = await policy();
      return { id, at, listener, hello, ...revisit(rules, found) };
    },
    async whyClient(client) {
      const found = await kept.ofClient(client, mostListed);
      if (found.length > 0) return found.map(summarize);
      const ip = formatIp(client);
      throw new MissingError(`no decision for ${ip} is kept: ${whatIsKept(settings())}`);
    },
  };
}

/** As a client of that kind would ask. */
function askedBy(question: ExplainQuestion, inClear: Deciding["inClear"]): Asked {
  const { role, client, isEncrypted, login, sender, recipient } = question;
  return {
    role,
    tls: isEncrypted ? "up" : inClear(role),
    client,
    account: login === null ? undefined : mailboxKey(login),
    inquiry: undefined,
    access: undefined,
    sender,
    recipient,
  };
}

function summarize({ id, at, listener, hello, request, decision }: KeptDecision): DecisionSummary {
  const { sender, recipient } = request;
  return { id, at, listener, hello, sender, recipient, decision };
}

function whatIsKept({ keep, for: time, atMost }: DecisionSettings): string {
  const which = keep === "all" ? "decisions stay" : "refused ones alone stay";
  return `${which} for ${formatDuration(time)}, ${atMost} at most (decisions in the configuration); look into the log for older ones`;
}
