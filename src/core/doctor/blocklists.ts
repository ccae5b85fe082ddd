// Do the blocklists that we use list ourselves?

import { printable } from "../smtp/reply.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface BlocklistFacts {
  /** Of the lists that the configuration names. */
  readonly zones: readonly string[];
  readonly looked: readonly LookedUpAddress[];
}

export interface LookedUpAddress {
  /** A public one of ours. */
  readonly address: string;
  readonly zone: string;
  readonly answer:
    | { readonly kind: "clean" }
    | { readonly kind: "listed"; readonly reason: string | null }
    | { readonly kind: "unknown"; readonly why: string };
}

export function judgeBlocklists({ zones, looked }: BlocklistFacts): readonly Finding[] {
  if (zones.length === 0) return [ok("no blocklist is configured, so none was asked about us")];
  if (looked.length === 0) {
    return [ok("no public address of this machine is known that blocklists could have")];
  }
  const bad = looked.flatMap(judgeOne);
  if (bad.length > 0) return bad;
  return [
    ok(`${[...new Set(looked.map(({ address }) => address))].join(", ")}: on no blocklist of ours`),
  ];
}

function judgeOne({ address, zone, answer }: LookedUpAddress): readonly Finding[] {
  switch (answer.kind) {
    case "clean":
      return [];
    case "listed":
      return [
        problem(
          `${address} is on the blocklist ${zone}${answer.reason === null ? "" : `: ${printable(answer.reason)}`}`,
          {
            why: "others that ask this list take no mail from us",
            remedy:
              "find out what was sent from here (`bailiwick queue list`, `bailiwick relay-test`), end it, " +
              "then ask the list to take the address off",
          },
        ),
      ];
    case "unknown":
      return [
        warning(`whether ${zone} lists ${address} is not known: ${printable(answer.why)}`, {
          remedy: "`bailiwick blocklists --check` tests the list",
        }),
      ];
  }
}
