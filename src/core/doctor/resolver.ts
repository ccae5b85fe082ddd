// Do the DNS servers answer, how fast, and do they look at signatures (DNSSEC)?

import { listOf } from "../policy/proof/words.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface ResolverFacts {
  readonly servers: readonly ResolverFact[];
  /** What they say of signatures is believed. */
  readonly isTrusted: boolean;
}

export interface ResolverFact {
  /** `127.0.0.1:53` */
  readonly server: string;
  readonly answer:
    | { readonly kind: "answers"; readonly latency: number; readonly validates: boolean }
    | { readonly kind: "silent"; readonly why: string };
}

/** In ms: each message costs several look-ups, one after the other. */
const slow = 500;

export function judgeResolver({ servers, isTrusted }: ResolverFacts): readonly Finding[] {
  const silent = servers.filter(({ answer }) => answer.kind === "silent");
  if (servers.length === silent.length) return [nobody(silent)];
  return [
    ...silent.map(missing),
    ...servers.flatMap(({ server, answer }) =>
      answer.kind === "silent" ? [] : [judgeOne(server, answer, isTrusted)],
    ),
  ];
}

function nobody(silent: readonly ResolverFact[]): Finding {
  const whys = silent.map(whyOf);
  return problem(silent.length === 0 ? "no DNS server is known" : `no DNS: ${listOf(whys)}`, {
    why: "no mail leaves for other domains, and no client's name or blocklist can be asked for",
    remedy:
      "name servers that answer in `dns.servers`, or mend /etc/resolv.conf; best is a resolver of " +
      "this machine's own, such as unbound",
  });
}

function missing(fact: ResolverFact): Finding {
  return warning(whyOf(fact), {
    why: "questions that go there first wait before another is asked",
    remedy: "take it out of `dns.servers` (or /etc/resolv.conf), or mend it",
  });
}

function whyOf({ answer }: ResolverFact): string {
  return answer.kind === "silent" ? answer.why : "";
}

function judgeOne(
  server: string,
  { latency, validates }: { readonly latency: number; readonly validates: boolean },
  isTrusted: boolean,
): Finding {
  const time = `the DNS server ${server} answers in ${Math.max(1, Math.round(latency))} ms`;
  if (latency > slow) {
    return warning(time, {
      why: "each message needs several look-ups",
      remedy: "use a resolver nearer by; best is one of this machine's own, such as unbound",
    });
  }
  if (!validates) {
    return ok(`${time}; it looks at no signatures (DNSSEC), so DANE protects no mail`);
  }
  return ok(
    isTrusted
      ? `${time}, and looks at signatures (DNSSEC)`
      : `${time}, and looks at signatures (DNSSEC), which is not relied on: it is not on this machine (see \`dns.dnssec\`)`,
  );
}
