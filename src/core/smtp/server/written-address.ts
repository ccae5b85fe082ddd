import { type Address, parseAddress } from "../../mail/address.ts";
import { parsePathArgument } from "./parameters.ts";

/** An address as a client may write it, in angle brackets or without them. */
export function readWrittenAddress(text: string): Address | undefined {
  const whole = parseAddress(text);
  if (whole.ok) return whole.value;
  const argument = parsePathArgument(`TO:${text}`, "TO");
  if (argument === undefined || argument.parameters.length > 0) return undefined;
  const address = parseAddress(argument.path);
  return address.ok ? address.value : undefined;
}
