// The command line: commands, options, help.

import { Command } from "commander";
import { printableLines } from "./print.ts";
import { version } from "./version.ts";

const after = `
Exit codes: 0 done, 1 the answer is no, 2 wrong usage or configuration, 75 try again later.

Examples:
  bailiwick init                             the first run: asks, looks, writes a configuration
  bailiwick check -c bailiwick.yaml          is the configuration in order?
  bailiwick doctor                           does this machine fit it, and will mail flow?
  bailiwick start -c bailiwick.yaml          serve until Ctrl-C or SIGTERM
  bailiwick account add alice@example.org    a mailbox; asks for a password
  bailiwick why 0fk3v9d2m4a.1                why a client was refused
  bailiwick watch 203.0.113.9                what a client and the server say
  bailiwick queue list --domain example.com  what waits for example.com
  bailiwick queue show 0fk3v9d2m4a           why one message waits
  bailiwick bans list                        who may not log in, and why
  bailiwick grants list                      who relays for having read mail
  bailiwick blocklists                       are the blocklists in order?
  bailiwick rules test tcp.smtp 192.0.2.7    which address rule is for a client
  bailiwick import toaster /                 leave an installation of qmail and vpopmail
  bailiwick operator add ann                 who may log in to the page
  bailiwick audit --since 2d                 who did what
  bailiwick demo                             a server and a small world to try it with`;

type AddCommands = (program: Command) => void;

/** Each command with what it needs, which is loaded when it is called, or for the help: most need
 * little of the server, and answer in half the time without the rest. In the order of the help. */
const commands: ReadonlyMap<string, () => Promise<AddCommands>> = new Map([
  ["init", async () => (await import("./commands/init.ts")).addInitCommand],
  ["start", async () => (await import("./commands/start.ts")).addStartCommand],
  ["check", async () => (await import("./commands/check.ts")).addCheckCommand],
  ["doctor", async () => (await import("./commands/doctor.ts")).addDoctorCommand],
  ["relay-test", async () => (await import("./commands/relay-test.ts")).addRelayTestCommand],
  ["reload", async () => (await import("./commands/reload.ts")).addReloadCommand],
  ["explain", async () => (await import("./commands/explain.ts")).addExplainCommand],
  ["why", async () => (await import("./commands/why.ts")).addWhyCommand],
  ["watch", async () => (await import("./commands/watch.ts")).addWatchCommand],
  ["queue", async () => (await import("./commands/queue.ts")).addQueueCommands],
  ["account", async () => (await import("./commands/account.ts")).addAccountCommands],
  ["address", async () => (await import("./commands/address.ts")).addAddressCommands],
  ["forward", async () => (await import("./commands/forward.ts")).addForwardCommands],
  ["app-password", async () => (await import("./commands/app-password.ts")).addAppPasswordCommands],
  ["domain", async () => (await import("./commands/domain.ts")).addDomainCommands],
  ["dkim", async () => (await import("./commands/dkim.ts")).addDkimCommands],
  ["dns", async () => (await import("./commands/dns.ts")).addDnsCommand],
  ["rules", async () => (await import("./commands/rules.ts")).addRulesCommands],
  ["import", async () => (await import("./commands/import.ts")).addImportCommands],
  ["bans", async () => (await import("./commands/bans.ts")).addBanCommands],
  ["grants", async () => (await import("./commands/grants.ts")).addGrantCommands],
  ["blocklists", async () => (await import("./commands/blocklists.ts")).addBlocklistCommands],
  ["sendmail", async () => (await import("./commands/sendmail.ts")).addSendmailCommand],
  ["operator", async () => (await import("./commands/operator.ts")).addOperatorCommands],
  ["token", async () => (await import("./commands/token.ts")).addTokenCommands],
  ["audit", async () => (await import("./commands/audit.ts")).addAuditCommand],
  ["demo", async () => (await import("./commands/demo.ts")).addDemoCommand],
]);

/** @param words the command line, without the program. */
export async function createProgram(words: readonly string[]): Promise<Command> {
  const program = new Command("bailiwick")
    .description("A mail relay that serves its own bailiwick.")
    .version(version)
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(printableLines(text)) })
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", after);
  for (const add of await load(words)) add(program);
  return program;
}

/** The command that is called; all of them where it is not plain which. */
async function load([first = ""]: readonly string[]): Promise<readonly AddCommands[]> {
  const called = commands.get(first);
  const wanted = called === undefined ? [...commands.values()] : [called];
  return Promise.all(wanted.map((command) => command()));
}
