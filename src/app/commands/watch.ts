// `bailiwick watch`: the conversation of a client with the running server, as it goes on.

import { type Command, InvalidArgumentError } from "commander";
import { parseIp } from "../../core/mail/ip.ts";
import { findDecisionId, sessionOf } from "../../core/policy/decision-id.ts";
import { formatMessageId, parseMessageId } from "../../core/queue/message.ts";
import type { WatchedLine } from "../../server/watching/watch.ts";
import type { Whom } from "../../server/watching/watchers.ts";
import { loadSettings } from "../configuration.ts";
import { watchSessions } from "../control.ts";
import { ConfigurationError, TryLaterError } from "../errors.ts";
import { controlPath } from "../operator.ts";
import { examples, type PrintOptions, withConfig, withJson } from "../options.ts";
import { print } from "../print.ts";

export function addWatchCommand(program: Command): void {
  const whom = "a client's address, or the id of a session or of a decision in it";
  withJson(withConfig(program.command("watch").argument("<whom>", whom, whomArgument)))
    .description(
      "show what a client and the server say, as it passes, until Ctrl-C; passwords and messages " +
        "are left out",
    )
    .addHelpText(
      "after",
      examples(
        "bailiwick watch 203.0.113.9",
        "bailiwick watch 0fk3v9d2m4a.1     the session of a decision",
        "bailiwick watch 203.0.113.9 --json",
      ),
    )
    .action(async (meant: Whom, { config, json }: PrintOptions) => {
      const settings = await loadSettings(config);
      const lines = await watchSessions(controlPath(settings), meant);
      if (lines === undefined) {
        throw new ConfigurationError(`no server is running on ${settings.data}`);
      }
      for await (const line of lines) {
        print(`${json === true ? JSON.stringify(line) : describeLine(line)}\n`);
      }
      throw new TryLaterError("the server has stopped; there is nothing more to watch");
    });
}

function whomArgument(text: string): Whom {
  const client = parseIp(text);
  if (client !== undefined) return { client };
  const decision = findDecisionId(text);
  if (decision !== undefined) return { session: formatMessageId(sessionOf(decision)) };
  const session = parseMessageId(text);
  if (session !== undefined) return { session: formatMessageId(session) };
  throw new InvalidArgumentError(
    "Expected an IP address, the id of a session, or one of a decision, such as 0fk3v9d2m4a.1.",
  );
}

const sides: Readonly<Record<WatchedLine["side"], string>> = {
  client: "C:",
  server: "S:",
  note: "--",
};

function describeLine({ at, session, listener, side, text }: WatchedLine): string {
  const time = new Date(at).toISOString().slice(11, 23);
  return `${time} ${session} ${listener} ${sides[side]} ${text}`;
}
