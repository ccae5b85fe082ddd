// Domain and host names in a configuration, with advice for the usual slips.

import { type Domain, parseDomain } from "../../mail/domain.ts";
import { parseIp } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import { describeValue, unfit } from "../problem.ts";

/** What to write, for messages. */
export const domainExpected = "a domain name, such as example.org";

/** A domain name in its one form (lower case, `xn--` labels), or what is wrong with it. */
export function readDomain(text: string): Result<Domain, string> {
  if (parseIp(text) !== undefined) {
    return bad(`${describeValue(text)} is an IP address; write ${domainExpected}`);
  }
  if (text.startsWith("*.")) {
    return bad(`${describeValue(text)} is a pattern; list each domain by its whole name`);
  }
  if (text.endsWith(".") && parseDomain(text.slice(0, -1)) !== undefined) {
    return bad(`the name ends in a dot; write "${text.slice(0, -1)}"`);
  }
  const domain = parseDomain(text);
  return domain === undefined || endsInNumber(domain)
    ? bad(unfit(text, domainExpected))
    : good(domain);
}

/** No top-level domain is a number (RFC 3696 §2): `192.0.2` is an address that lost a part. */
function endsInNumber(domain: Domain): boolean {
  return /(^|\.)[0-9]+$/.test(domain);
}

/** A name that is good, which has been read before, in its one form. */
export function domainOf(name: string): Domain {
  const read = readDomain(name);
  return read.ok ? read.value : name;
}
