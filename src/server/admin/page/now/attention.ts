// What needs the operator's attention, in words, each with a way to where something can be done.

import { html } from "hono/html";
import { formatAddress } from "../../../../core/mail/address.ts";
import type { Finding } from "../../../../core/policy/proof/finding.ts";
import type { ListReport } from "../../../blocklists/list.ts";
import type { AccountsFound, DestinationView } from "../../operations.ts";
import { describeHealth } from "../../words/blocklist-words.ts";
import { formatSpan } from "../../words/times.ts";
import { foreign, type Html } from "../html.ts";
import { certificateTone } from "../lists/certificate-tone.ts";
import { href } from "../links.ts";
import type { Tone } from "../page.ts";
import { counted } from "../quantities.ts";
import type { ShownCertificate } from "../server-view.ts";

export interface AttentionFacts {
  /** False where the store does not answer. */
  readonly storeAnswers: boolean;
  readonly stopped: AccountsFound;
  readonly destinations: readonly DestinationView[];
  readonly blocklists: readonly ListReport[];
  readonly certificates: readonly ShownCertificate[];
  readonly findings: readonly Finding[];
  /** Recipients that are held. */
  readonly held: number;
  /** UTC milliseconds. */
  readonly now: number;
}

export interface Attention {
  readonly tone: Tone;
  readonly text: Html;
  readonly path: string;
  /** Where the path leads. */
  readonly way: string;
}

/** Of one kind that are named. */
const mostNamed = 5;

/** The worst first. */
export function attentionOf(facts: AttentionFacts): readonly Attention[] {
  const all = [
    ...ofStore(facts),
    ...ofStopped(facts),
    ...ofCertificates(facts),
    ...ofBlocklists(facts),
    ...ofDestinations(facts),
    ...ofProof(facts),
    ...ofHeld(facts),
  ];
  const order: readonly Tone[] = ["problem", "warning", "quiet", "ok"];
  return all.toSorted((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone));
}

function ofStore({ storeAnswers }: AttentionFacts): readonly Attention[] {
  if (storeAnswers) return [];
  const text = html`The store does not answer: no mail is taken until it does. The server’s log says why.`;
  return [{ tone: "problem", text, path: "/queue", way: "Queue" }];
}

function ofStopped({ stopped: { accounts, total } }: AttentionFacts): readonly Attention[] {
  if (total === 0) return [];
  const names = list(
    accounts.map(({ address }) => formatAddress(address)),
    total,
  );
  const text = html`The sending of ${counted(total, "account")} is stopped, as after a theft of its password: ${names}.`;
  return [{ tone: "problem", text, path: "/people?only=stopped", way: "Look at them" }];
}

function ofCertificates({ certificates, now }: AttentionFacts): readonly Attention[] {
  return certificates.flatMap(({ names, expiresAt }) => {
    const tone = certificateTone(expiresAt, now);
    if (tone === "ok") return [];
    const span = formatSpan(Math.abs(expiresAt - now));
    const when = expiresAt <= now ? `expired ${span} ago` : `ends in ${span}`;
    const text = html`The certificate for ${foreign(names.slice(0, mostNamed).join(", "))} ${when}.`;
    return [{ tone, text, path: "/lists#certificates", way: "Certificates" }];
  });
}

/** A list is asked about IPv4 and IPv6 clients apart, and mostly fails for both. */
function ofBlocklists({ blocklists, now }: AttentionFacts): readonly Attention[] {
  const aside = blocklists.filter(({ health }) => health.state === "set-aside");
  return Array.from(Map.groupBy(aside, ({ zone }) => zone))
    .slice(0, mostNamed)
    .map(([zone, reports]) => ({
      tone: "warning",
      text: html`The list ${foreign(zone)} is of no use: ${reports.slice(0, 1).map((each) => foreign(describeHealth(each, now)))}.`,
      path: "/lists#blocklists",
      way: "Blocklists",
    }));
}

function ofDestinations({ destinations, now }: AttentionFacts): readonly Attention[] {
  const down = destinations.filter(({ downSince }) => downSince !== undefined);
  const shown: readonly Attention[] = down.slice(0, mostNamed).map((each) => ({
    tone: "warning",
    text: html`${foreign(each.name)} is down for ${formatSpan(now - (each.downSince ?? now))}, and ${counted(each.waiting, "recipient")} wait for it${each.said !== undefined && html`: ${foreign(each.said.slice(0, 200))}`}`,
    path: href("/queue", { destination: each.name }),
    way: "What waits",
  }));
  const more = down.length - shown.length;
  if (more <= 0) return shown;
  const text = html`${counted(more, "other destination")} down as well.`;
  return [...shown, { tone: "warning", text, path: "/queue", way: "Queue" }];
}

function ofProof({ findings }: AttentionFacts): readonly Attention[] {
  if (findings.length === 0) return [];
  const [first] = findings;
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : "";
  const text = html`The proof of who may relay has ${counted(findings.length, "warning")}: ${foreign(first?.text ?? "")}${more}`;
  return [{ tone: "warning", text, path: "/relay", way: "Who may relay" }];
}

function ofHeld({ held }: AttentionFacts): readonly Attention[] {
  if (held === 0) return [];
  const text = html`${counted(held, "recipient")} held in the queue, until somebody releases them.`;
  return [{ tone: "quiet", text, path: href("/queue", { state: "held" }), way: "Look at them" }];
}

function list(names: readonly string[], total: number): Html {
  const shown = names
    .slice(0, mostNamed)
    .map((name, at) => html`${at > 0 && ", "}${foreign(name)}`);
  return html`${shown}${total > mostNamed && html` and ${total - mostNamed} more`}`;
}
