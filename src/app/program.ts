// The command line: commands, options, help.

import { Command } from "commander";
import { addAccountCommands } from "./commands/account.ts";
import { addAddressCommands } from "./commands/address.ts";
import { addAppPasswordCommands } from "./commands/app-password.ts";
import { addBanCommands } from "./commands/bans.ts";
import { addBlocklistCommands } from "./commands/blocklists.ts";
import { addCheckCommand } from "./commands/check.ts";
import { addDemoCommand } from "./commands/demo.ts";
import { addDomainCommands } from "./commands/domain.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addQueueCommands } from "./commands/queue.ts";
import { addRelayTestCommand } from "./commands/relay-test.ts";
import { addReloadCommand } from "./commands/reload.ts";
import { addRulesCommands } from "./commands/rules.ts";
import { addStartCommand } from "./commands/start.ts";
import { addWhyCommand } from "./commands/why.ts";

const version = "0.1.0";

const after = `
Exit codes: 0 done, 1 the answer is no, 2 wrong usage or configuration, 75 try again later.

Examples:
  bailiwick check -c bailiwick.yaml          is the configuration in order?
  bailiwick start -c bailiwick.yaml          serve until Ctrl-C or SIGTERM
  bailiwick account add alice@example.org    a mailbox; asks for a password
  bailiwick why 0fk3v9d2m4a.1                why a client was refused
  bailiwick queue list --domain example.com  what waits for example.com
  bailiwick queue show 0fk3v9d2m4a           why one message waits
  bailiwick bans list                        who may not log in, and why
  bailiwick blocklists                       are the blocklists in order?
  bailiwick rules test tcp.smtp 192.0.2.7    which address rule is for a client
  bailiwick demo                             a server and a small world to try it with`;

export function createProgram(): Command {
  const program = new Command("bailiwick")
    .description("A mail relay that serves its own bailiwick.")
    .version(version)
    .exitOverride()
    .showSuggestionAfterError()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText("after", after);
  addStartCommand(program);
  addCheckCommand(program);
  addRelayTestCommand(program);
  addReloadCommand(program);
  addExplainCommand(program);
  addWhyCommand(program);
  addQueueCommands(program);
  addAccountCommands(program);
  addAddressCommands(program);
  addAppPasswordCommands(program);
  addDomainCommands(program);
  addRulesCommands(program);
  addBanCommands(program);
  addBlocklistCommands(program);
  addDemoCommand(program);
  return program;
}
