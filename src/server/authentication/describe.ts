// Findings in words: as results for the message's top, and for the log.

import type { MethodResult } from "../../core/authentication/results.ts";
import { formatReversePath } from "../../core/mail/address.ts";
import type { Transaction } from "../../core/smtp/server/state.ts";
import type { AuthorVerdict, Findings } from "./findings.ts";
import type { SignatureVerdict } from "./check-signatures.ts";

type Envelope = Pick<Transaction, "sender" | "hello">;

export function describeFindings(findings: Findings, envelope: Envelope): readonly MethodResult[] {
  const { dkim, arc, dmarc } = findings;
  return [
    describeSpf(findings, envelope),
    ...(dkim.length === 0 ? [nothingSigned] : dkim.map(describeSignature)),
    ...(arc.result === "none" ? [] : [describeArc(findings)]),
    ...(dmarc.length === 0 ? [noAuthor(findings)] : dmarc.map(describeDmarc)),
  ];
}

const nothingSigned: MethodResult = { method: "dkim", result: "none", properties: [] };
function noAuthor({ unreadable = "From names no domain" }: Findings): MethodResult {
  return { method: "dmarc", result: "permerror", comment: unreadable, properties: [] };
}

function describeSpf({ spf }: Findings, { sender, hello }: Envelope): MethodResult {
  const { result, why } = spf;
  return {
    method: "spf",
    result,
    ...(why !== undefined && { comment: why }),
    properties: [
      sender === null ? ["smtp.helo", hello.name] : ["smtp.mailfrom", formatReversePath(sender)],
    ],
  };
}

function describeSignature({ result, why, signature }: SignatureVerdict): MethodResult {
  return {
    method: "dkim",
    result,
    ...(why !== undefined && { comment: why }),
    properties:
      signature === undefined
        ? []
        : [
            ["header.d", signature.domain],
            ["header.s", signature.selector],
            ["header.a", signature.algorithm],
            // Tells the signatures of one signer apart (RFC 6008).
            ["header.b", signature.value.slice(0, 8)],
          ],
  };
}

function describeArc({ arc }: Findings): MethodResult {
  if (arc.result !== "pass") {
    const why = arc.result === "fail" ? { comment: arc.why } : {};
    return { method: "arc", result: arc.result, ...why, properties: [] };
  }
  const [last] = arc.chain.seals;
  const comment = `i=${last?.instance ?? 0}, sealed by ${last?.domain ?? ""}`;
  return { method: "arc", result: "pass", comment, properties: [] };
}

function describeDmarc(verdict: AuthorVerdict): MethodResult {
  const comment = dmarcComment(verdict);
  return {
    method: "dmarc",
    result: verdict.result,
    ...(comment !== undefined && { comment }),
    properties: [["header.from", verdict.domain]],
  };
}

function dmarcComment(verdict: AuthorVerdict): string | undefined {
  switch (verdict.result) {
    case "fail":
      return `p=${verdict.policy}${verdict.percent < 100 ? ` pct=${verdict.percent}` : ""}`;
    case "temperror":
      return verdict.why;
    case "none":
    case "pass":
      return undefined;
  }
}

/** On one line each, for the log. */
export function summarize(findings: Findings): object {
  const { spf, dkim, passedOver, arc, dmarc, unreadable } = findings;
  return {
    spf: `${spf.result} ${spf.domain}`,
    dkim: dkim.map(({ result, why, signature }) => said(result, signature?.domain, why)),
    ...(passedOver > 0 && { dkimPassedOver: passedOver }),
    ...(arc.result !== "none" && { arc: arc.result === "fail" ? said("fail", arc.why) : "pass" }),
    dmarc: dmarc.map((verdict) => said(verdict.result, verdict.domain, dmarcComment(verdict))),
    ...(unreadable !== undefined && { unreadable }),
  };
}

function said(...words: readonly (string | undefined)[]): string {
  return words.filter((word) => word !== undefined).join(" ");
}
