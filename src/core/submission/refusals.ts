// What the client is told of a message whose header cannot go out. The person who reads it has a mail
// program in front of them.

import { formatAddress } from "../mail/address.ts";
import { reply, type Reply } from "../smtp/reply.ts";
import type { Author, AuthorProblem } from "./authors.ts";
import { maxHeaderOctets } from "./header-gate.ts";

/** Characters of a client's own text in a reply, whose line ends at 512 octets. */
const maxQuoted = 60;

export const headerTooLong = reply(
  552,
  "5.3.4",
  `Header too long: at most ${maxHeaderOctets} octets are taken`,
);

export const notChecked = reply(451, "4.3.0", "Cannot check the From address now; try again later");

export function notOwned({ field, address }: Author): Reply {
  return reply(
    550,
    "5.7.1",
    `The ${field} address <${formatAddress(address)}> is not one of your login's addresses`,
    "Send as one of yours, or ask the administrator to let you use this one",
  );
}

export function describeProblem(problem: AuthorProblem): Reply {
  switch (problem.kind) {
    case "header-too-long":
      return headerTooLong;
    case "no-from":
      return malformed(
        "The message's header has no From field; it must say who the message is from",
      );
    case "repeated":
      return malformed(`The message's header has more than one ${problem.field} field; keep one`);
    case "unreadable": {
      const text = problem.text.slice(0, maxQuoted);
      return malformed(
        `The ${problem.field} field cannot be read at: ${text}`,
        'Write "Your Name" <you@your.domain>, the name in double quotes',
      );
    }
    case "nobody":
      return malformed(`The ${problem.field} field names no address`);
    case "too-many":
      return malformed("From and Sender name too many addresses");
  }
}

function malformed(...lines: readonly string[]): Reply {
  return reply(550, "5.6.0", ...lines);
}
