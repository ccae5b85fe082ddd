// bailiwick(8): the server itself.

import type { CommandHelp } from "../help/commands.ts";
import type { ManualPage } from "./command-pages.ts";
import { example, head, heading, item, paragraph, references } from "./roff.ts";

/** @param start the help of `bailiwick start`. */
export function daemonPage(start: CommandHelp, version: string): ManualPage {
  const parts = [
    head({ name: "bailiwick", section: 8, summary: "the mail relay, as it serves" }, version),
    heading("Synopsis"),
    paragraph(`\`${start.words}\` ${start.usage}`),
    heading("Description"),
    paragraph(
      "Serves in the foreground, until it is told to stop. It starts only with a configuration that passes " +
        "every check, the proof that it relays for no stranger among them. It prints a line for each " +
        "listener with its address, then `ready`, on standard output; the log goes to standard error, as " +
        "lines of JSON where that is no terminal.",
    ),
    paragraph(
      "A message is acknowledged once it is on disk. The process may be killed at any moment: what was " +
        "acknowledged is delivered after the next start.",
    ),
    heading("Options"),
    ...start.options.map(({ term, meaning }) => item(term, meaning)),
    heading("Signals"),
    item(
      "SIGTERM, SIGINT",
      "accept nobody any more, let sessions and deliveries finish within 10 seconds each, end with " +
        "status 0; a second one ends the process at once",
    ),
    item(
      "SIGHUP",
      "read the configuration anew, as `bailiwick reload` does; a bad one changes nothing",
    ),
    heading("Environment"),
    item(
      "NOTIFY_SOCKET",
      "set by systemd: it is told READY=1, RELOADING=1 and STOPPING=1 (sd_notify(3))",
    ),
    item(
      "WATCHDOG_USEC",
      "set by systemd: it is told WATCHDOG=1 thrice in that time, so that a server that hangs is started anew",
    ),
    item(
      "LISTEN_FDS, LISTEN_FDNAMES",
      "sockets that systemd has bound; each is for the listener with its FileDescriptorName=, which then " +
        "opens none of its own",
    ),
    item(
      "CREDENTIALS_DIRECTORY",
      "where LoadCredential= puts certificates and passwords: write its path in the configuration",
    ),
    heading("Files"),
    item("/etc/bailiwick/bailiwick.yaml", "the configuration"),
    item(
      "/var/lib/bailiwick",
      "where `data` says so: store.db with messages and accounts, mail/ with the mailboxes, control.sock " +
        "for the commands",
    ),
    ...(start.examples.length === 0 ? [] : [heading("Examples"), example(start.examples)]),
    references(["bailiwick(1)", "bailiwick.yaml(5)", "systemd.exec(5)", "journalctl(1)"]),
  ];
  return { file: "bailiwick.8", content: `${parts.join("\n")}\n` };
}
