// Does the host's name lead to this machine?

import type { Domain } from "../mail/domain.ts";
import { formatIp, type IpAddress, isSameIp, parseIp } from "../mail/ip.ts";
import { isNeverPublic } from "../policy/proof/elsewhere.ts";
import { listOf } from "../policy/proof/words.ts";
import type { Result } from "../result.ts";
import { isPublic } from "./public-address.ts";
import { type Finding, ok, problem, warning } from "./finding.ts";

export interface HostNameFacts {
  readonly hostname: Domain;
  /** What the DNS says of it; the problem is why nobody knows. */
  readonly addresses: Result<readonly string[], string>;
  /** Of this machine, without loopback. */
  readonly own: readonly IpAddress[];
  /** Others look it up: to bring mail here, or because we bring mail to them. */
  readonly isLookedUp: boolean;
}

export function judgeHostName(facts: HostNameFacts): readonly Finding[] {
  const { hostname, addresses } = facts;
  if (!hostname.includes(".")) {
    return [
      problem(`"${hostname}" is no full name`, {
        why: "other servers look the name up that we greet them with, and turn away what has none",
        remedy: "write a name of your domain in `hostname`, such as mail.example.org",
      }),
    ];
  }
  if (isNeverPublic(hostname)) {
    return [
      warning(`${hostname} is a name that the Internet's DNS never has`, {
        why: "that will do for trying things; other servers turn away what greets them with it",
        remedy: "write a name of your own domain in `hostname`",
      }),
    ];
  }
  if (!addresses.ok) {
    return [
      warning(`${hostname} could not be looked up: ${addresses.problem}`, {
        remedy: "see what is said of the DNS; then run `bailiwick doctor` again",
      }),
    ];
  }
  return [judgeAddresses(addresses.value, facts)];
}

function judgeAddresses(texts: readonly string[], facts: HostNameFacts): Finding {
  const { hostname, own } = facts;
  if (texts.length === 0) return notThere(facts);
  const all = listOf(texts);
  const addresses = texts.flatMap((text) => parseIp(text) ?? []);
  const others = addresses.filter((each) => !own.some((one) => isSameIp(one, each)));
  if (others.length === 0) return ok(`${hostname} leads to this machine (${all})`);
  const publicOnes = own.filter(isPublic);
  if (others.length < addresses.length) {
    const strange = listOf(others.map(formatIp));
    return warning(`${hostname} leads to this machine, and to ${strange}, which is not its own`, {
      why: "mail that is sent there does not come here, unless a gateway passes it on",
      remedy: "take that address out of the DNS if nothing passes it on",
    });
  }
  if (publicOnes.length > 0) {
    return problem(`${hostname} leads to ${all}, which is another machine`, {
      why: "mail for us goes there, and what we send looks as if it were not from us",
      remedy: `publish ${listOf(publicOnes.map(formatIp))} as the address of ${hostname}, or correct \`hostname\``,
    });
  }
  if (addresses.some(isPublic)) {
    return ok(
      `${hostname} leads to ${all}; this machine has private addresses alone, so it must stand behind a gateway (NAT) that passes the ports on`,
    );
  }
  return warning(`${hostname} leads to ${all}, which is private and none of this machine's`, {
    why: "nobody reaches us by that name",
    remedy: `publish the address at which others reach this machine for ${hostname}`,
  });
}

function notThere({ hostname, own, isLookedUp }: HostNameFacts): Finding {
  const publicOnes = own.filter(isPublic).map(formatIp);
  const which =
    publicOnes.length > 0 ? listOf(publicOnes) : "the address at which others reach this machine";
  const what = `${hostname} has no address in the DNS`;
  const remedy = `publish an A or AAAA record of ${hostname} with ${which}`;
  if (isLookedUp) {
    const why = "no mail finds us, and other servers turn away what greets them with that name";
    return problem(what, { why, remedy });
  }
  const why = "the smart host may turn away what greets it with that name; nobody else asks for it";
  return warning(what, { why, remedy });
}
