// How a domain of ours stands in the DNS.

import { html } from "hono/html";
import type { Standing } from "../../../../core/dns-records/item.ts";
import { type Finding, outcomeOf, recordsToPublish } from "../../../../core/dns-records/items.ts";
import { formatRecord } from "../../../../core/dns-records/record.ts";
import { standingInWords, stateInWords } from "../../../../core/dns-records/zone-text.ts";
import type { Domain } from "../../../../core/mail/domain.ts";
import { dataTable } from "../data-table.ts";
import { foreign, type Html } from "../html.ts";
import { href } from "../links.ts";
import type { Page, Tone } from "../page.ts";
import { badge, notice } from "../parts.ts";

const outcomes = {
  right: ["ok", "All is right."],
  wrong: ["problem", "Something is missing or wrong: below is what to publish."],
  unknown: ["warning", "The DNS did not answer to all of it; ask again."],
} as const;

/** @param findings undefined where the DNS was too slow */
export function dnsPage(domain: Domain, findings: readonly Finding[] | undefined): Page {
  const again = html`<p class="buttons"><a class="button" href="${href("/lists/dns", { domain })}">Ask again</a><a class="button" href="/lists#keys">Back</a></p>`;
  const title = `The DNS records of ${domain}`;
  if (findings === undefined) {
    return {
      title,
      main: html`${notice("warning", "The DNS did not answer in time; nothing is known of the records.")}${again}`,
    };
  }
  const [tone, text] = outcomes[outcomeOf(findings)];
  return {
    title,
    main: html`${notice(tone, text)}
${dataTable({
  caption: "Records",
  columns: [{ name: "State" }, { name: "Record" }, { name: "What for" }, { name: "What to do" }],
  rows: findings.map((finding) => [
    stateBadge(finding),
    recordName(finding),
    html`${foreign(finding.title)}${finding.note !== undefined && html` <span class="soft">${foreign(finding.note)}</span>`}`,
    remedy(finding),
  ]),
  empty: "There is nothing to publish.",
})}${again}`,
  };
}

const tones: Readonly<Record<Standing["state"], Tone>> = {
  ok: "ok",
  missing: "problem",
  differs: "problem",
  unneeded: "warning",
  unknown: "warning",
};

function stateBadge({ standing, need }: Finding): Html {
  if (standing === undefined) return badge("quiet", "not asked");
  const isOfUse = need === "useful" && standing.state === "missing";
  return badge(
    isOfUse ? "quiet" : tones[standing.state],
    isOfUse ? "missing, of use" : stateInWords(standing),
  );
}

function recordName({ records: [first] }: Finding): Html {
  return first === undefined
    ? html``
    : html`<span class="mono">${first.type} ${foreign(first.name)}</span>`;
}

function remedy(finding: Finding): Html {
  const { standing } = finding;
  if (standing === undefined || standing.state === "ok") return html``;
  const words = standingInWords(standing).map((line) => html`<li>${foreign(line)}</li>`);
  const records = standing.state === "unknown" ? [] : recordsToPublish(finding).map(formatRecord);
  return html`<ul class="plain-list">${words}</ul>${records.length > 0 && html`<pre>${records.join("\n")}</pre>`}`;
}
