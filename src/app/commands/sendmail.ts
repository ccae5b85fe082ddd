// `bailiwick sendmail`: what programs of this machine take for sendmail(8).

import type { Command } from "commander";
import { errorText } from "../../core/error-text.ts";
import { examples } from "../options.ts";
import { print, printableLines } from "../print.ts";
import { sendmail } from "../sendmail/sendmail.ts";
import { SendmailProblem, sysexits } from "../sendmail/problem.ts";

const options = `
Options, in sendmail's own form:
  -t               the recipients are those in To, Cc and Bcc; Bcc is taken out
  -i, -oi          a line with a dot alone is text, and does not end the message
  -f, -r <sender>  whom to tell of failures (default: you, at this host); <> for nobody
  -F <name>        your name, where the message has no From
  -bm              read a message (the default)
  -bs              speak SMTP on standard input and output
  -N <events>      notices: never, or some of success,failure,delay
  -R hdrs|full     how much of the message a notice of failure encloses
  -V <id>          your name for this sending, for notices
  -v               print what the server said
  -C <file>        the configuration (default: /etc/bailiwick/bailiwick.yaml, then
                   ./bailiwick.yaml)
  --               what follows are recipients
Nothing is done, with status 0, for -q..., -bi and -I. What else sendmail(1) of Postfix takes and
ignores is ignored here too.

The message goes to the running server by SMTP, over loopback: it decides whether this machine may
relay (relay.networks), and its answer is passed on. A recipient without a domain is at this host.

Exit codes: 0 done, 64 wrong usage, 65 the message or an address is wrong, 67 no such mailbox,
69 refused, 75 try again later (no server runs; nothing was sent), 78 the configuration is wrong.`;

export function addSendmailCommand(program: Command): void {
  // Its options are not ours, and -V is not our version.
  program.enablePositionalOptions();
  program
    .command("sendmail")
    .usage("[options] [recipients...]")
    .description("send a message from standard input, as sendmail(8) does for cron, PHP and mailx")
    .argument("[words...]")
    .allowUnknownOption()
    .passThroughOptions()
    .helpOption("--help", "show how it is used")
    .configureHelp({ showGlobalOptions: false })
    .addHelpText(
      "after",
      `${options}\n${examples(
        "bailiwick sendmail -t < message.eml",
        "bailiwick sendmail -f app@example.org -- bob@elsewhere.example < message.eml",
        "echo Subject: backup is done | bailiwick sendmail -v root",
      )}`,
    )
    .action(async () => {
      try {
        // As they were typed: the library would have taken `--` out.
        await sendmail(process.argv.slice(3), print);
      } catch (error) {
        const [exit, text] =
          error instanceof SendmailProblem
            ? [sysexits[error.exit], error.message]
            : [sysexits.tryLater, errorText(error)];
        const lines = printableLines(text).replaceAll(/^/gm, "sendmail: ");
        process.stderr.write(`${lines}\n`);
        process.exitCode = exit;
      }
    });
}
