import { InvalidArgumentError } from "commander";
import { parseDomain } from "../../core/mail/domain.ts";
import type { OutboundTarget } from "./look.ts";

/** Large, and used to strangers. */
export const usualOutbound: OutboundTarget = { domain: "gmail.com", port: 25 };

/** A domain, with a port where it is not 25. */
export function outboundArgument(text: string): OutboundTarget {
  const [, name = "", port = "25"] = /^([^:]+)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const domain = parseDomain(name);
  if (domain !== undefined && Number(port) > 0 && Number(port) < 65_536) {
    return { domain, port: Number(port) };
  }
  throw new InvalidArgumentError("Expected a domain such as example.com.");
}
