// `relay.roaming.relay-table` and `relay.roaming.logs`: who else tells of logins to read mail.

import { z } from "zod";
import { logFormatNames } from "../../grants/log-formats/formats.ts";
import { checkOwnPattern, ownPatternExpected } from "../../grants/log-formats/own-pattern.ts";
import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { databaseFields } from "./database.ts";
import { hasOnePassword, onePasswordNeeded } from "./password.ts";
import { complain, duration, list, prose, section, text, word } from "./fields.ts";

const minutesExpected = "a whole number of minutes, 1 to 34560 (24 days)";
const tableExpected = "the name of a table, such as relay";

export const relayTable = section({
  ...databaseFields(
    prose(
      "The user needs SELECT on this one table, and INSERT and DELETE where `write` is true. A server",
      "elsewhere is to be reached through a tunnel: whoever can write to the table can relay.",
    ),
  ),
  table: word(tableExpected, (written) =>
    /^[A-Za-z0-9_$]{1,64}$/.test(written) ? good(written) : bad(unfit(written, tableExpected)),
  )
    .prefault("relay")
    .meta({ title: "name", description: "The table's name." }),
  minutes: z
    .int({ error: complain(minutesExpected) })
    .min(1, { error: complain(minutesExpected) })
    .max(34_560, { error: complain(minutesExpected) })
    .prefault(180)
    .meta({
      title: "number",
      description: prose(
        "For how many minutes a row lets its address relay: the number that vpopmail was built with.",
      ),
    }),
  every: duration()
    .prefault("30s")
    .meta({
      description: prose(
        "How often the whole table is read. A client that would be refused is looked up at once, so this",
        "is how long a row that was deleted goes on to count.",
      ),
    }),
  write: z
    .boolean({ error: complain("true or false") })
    .prefault(false)
    .meta({
      title: "true or false",
      description: prose(
        "`true`: what opens relaying here is written to the table as well, so that an old server beside",
        "this one lets the client relay, and rows that are over are deleted, as vpopmail does it.",
      ),
    }),
})
  .refine(hasOnePassword, { error: onePasswordNeeded })
  .optional()
  .meta({
    description: prose(
      "The table of vpopmail with the addresses from which users have just read their mail, in MySQL or",
      "MariaDB: `ip_addr` and `timestamp`, and Mail::Toaster's `name`, which says whose login it was.",
      "Without that column nobody knows, and the client may send as any of our mailboxes. While the database is away, clients whom the table might let relay are told to",
      "come back; all others go on.",
    ),
  });

const logFileExpected = "the path of a file, such as /var/log/mail.log";
const formatWords = logFormatNames.join(", ");

const log = section({
  file: text(logFileExpected).meta({
    title: "path",
    description: prose(
      "The file. It is followed by its name, through rotation. This program's user must be able to read",
      "it; on Debian the group `adm` may.",
    ),
  }),
  format: z
    .enum(logFormatNames, { error: complain(`one of ${formatWords}`) })
    .optional()
    .meta({
      title: "word",
      description: `The server that writes it: ${logFormatNames.map((name) => `\`${name}\``).join(", ")}.`,
    }),
  pattern: word(ownPatternExpected, checkOwnPattern)
    .optional()
    .meta({
      title: "regular expression",
      description: prose(
        "For another server: a JavaScript regular expression that matches the line of a login, with the",
        "groups `(?<client>…)` for the address, `(?<account>…)` for who it was and, where lines tell of the",
        "end as well, `(?<session>…)` for what both lines name, and `(?<end>…)`, which matches something in",
        "the line of the end alone. It begins with `^`, and should say all that stands before the address:",
        "elsewhere in a line stands what strangers choose. It is tried on lines of up to 2,000 octets, and",
        "broken off where it takes too long.",
      ),
    }),
})
  .refine((entry) => (entry.format === undefined) !== (entry.pattern === undefined), {
    error: `it is not said how its lines are to be read; write either \`format\` (${formatWords}) or \`pattern\``,
  })
  .meta({ oneOf: [{ required: ["format"] }, { required: ["pattern"] }] });

export const logs = list(log, "with `file`, and `format` or `pattern`")
  .prefault([])
  .meta({
    title: "list of logs",
    description: prose(
      "Logs of other servers, in which logins to read mail are found: successful ones alone. Lines that",
      "were there before this program started count as of their own time.",
    ),
  });
