// Can mail leave for other servers (port 25)?

import { printable } from "../smtp/reply.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface OutboundFacts {
  /** Whose mail host was tried. */
  readonly domain: string;
  readonly found:
    | { readonly kind: "greeted"; readonly host: string; readonly greeting: string }
    | { readonly kind: "not-reached"; readonly said: string }
    /** There was no host to try. */
    | { readonly kind: "unknown"; readonly why: string };
  readonly sendsDirectly: boolean;
}

export function judgeOutbound({ domain, found, sendsDirectly }: OutboundFacts): readonly Finding[] {
  switch (found.kind) {
    case "greeted":
      return [ok(`port 25 is open outwards: ${found.host} says ${printable(found.greeting)}`)];
    case "unknown":
      return [
        warning(`whether port 25 is open outwards is not known: ${found.why}`, {
          remedy: `see what is said of the DNS, or try the host of another domain than ${domain} with --outbound`,
        }),
      ];
    case "not-reached":
      return [
        (sendsDirectly ? problem : warning)(
          `no mail host of ${domain} can be reached on port 25: ${printable(found.said)}`,
          {
            why: sendsDirectly
              ? "mail to other domains would wait in the queue and come back"
              : "all mail goes through the smart host, so this matters little",
            remedy:
              "most providers of homes and of virtual machines close this port: ask yours to open it, " +
              "or send through a smart host (`routes`)",
          },
        ),
      ];
  }
}
