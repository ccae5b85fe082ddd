// The variables of an allowing rule, as tcpserver hands them to rblsmtpd and qmail-smtpd, and what
// they mean to us.

import type { AccessVerdict } from "../policy/request.ts";
import type { Variable } from "./instruction.ts";

/** Something that a reader of the rules should be told. */
export interface Remark {
  /** Octets from where the instruction begins. */
  readonly offset: number;
  readonly text: string;
}

export interface Meaning {
  readonly verdict: AccessVerdict;
  readonly remarks: readonly Remark[];
}

/** Octets of a refusal's text that a client is told, as in rblsmtpd. */
const longestText = 200;

/** Of two variables with one name the later counts, as in an environment. */
export function readVariables(
  variables: readonly Variable[],
  offsets: readonly number[] = [],
): Meaning {
  const values = new Map(variables.map(({ name, value }) => [name, value]));
  const blocklists = values.get("RBLSMTPD");
  const remarks = variables.flatMap(({ name, value }, index) => {
    const text = remarkOn(name, value);
    return text === undefined ? [] : [{ offset: offsets[index] ?? 0, text }];
  });
  if (blocklists !== undefined && blocklists !== "") {
    return { verdict: refusal(blocklists), remarks };
  }
  const maxSize = readSize(values.get("DATABYTES"));
  const verdict: AccessVerdict = {
    access: "allow",
    relay: values.has("RELAYCLIENT"),
    skipsBlocklists: blocklists === "",
    ...(maxSize > 0 && { maxSize }),
  };
  return { verdict, remarks };
}

/** A text refuses for now, one behind a hyphen for good (rblsmtpd(1)). */
function refusal(value: string): AccessVerdict {
  const temporary = !value.startsWith("-");
  const text = (temporary ? value : value.slice(1)).slice(0, longestText);
  return { access: "deny", temporary, ...(text !== "" && { text }) };
}

/** The digits that the value begins with, as qmail-smtpd reads it; 0 is no limit. */
function readSize(value = ""): number {
  const size = Number(/^[0-9]*/.exec(value)?.[0] ?? "");
  return Number.isSafeInteger(size) ? size : 0;
}

function remarkOn(name: string, value: string): string | undefined {
  switch (name) {
    case "RELAYCLIENT":
      return value === ""
        ? undefined
        : `RELAYCLIENT lets the client relay, but its value is never appended to recipients; write RELAYCLIENT=""`;
    case "RBLSMTPD":
      return undefined;
    case "DATABYTES":
      return /^[0-9]{1,15}$/.test(value)
        ? undefined
        : "DATABYTES is a number of octets, 0 for no limit; of this value only the digits that it begins with count";
    default:
      return `the variable \`${name}\` means nothing here; RELAYCLIENT, RBLSMTPD and DATABYTES do`;
  }
}
