// `bailiwick relay-test`: does a server relay for strangers?

import { type Command, InvalidArgumentError, Option } from "commander";
import { errorText } from "../../core/error-text.ts";
import type { Endpoint } from "../../core/config/settings.ts";
import { readDuration } from "../../core/config/values/duration.ts";
import { formatEndpoint, mailEndpoint, readEndpoint } from "../../core/config/values/endpoint.ts";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { parsePlainAddress } from "../../core/relay-test/names.ts";
import { type Report, type Verdict, verdictOf } from "../../core/relay-test/report.ts";
import type { Result } from "../../core/result.ts";
import { systemClock } from "../../io/process/clock.ts";
import { DialogError } from "../../io/relay-test/dialog.ts";
import { testRelay } from "../../io/relay-test/relay-test.ts";
import { ConfigurationError, exitCodes, TryLaterError } from "../errors.ts";
import { examples, withJson } from "../options.ts";
import { print, printJson } from "../print.ts";
import { createProgressBar } from "../progress.ts";
import { describeReport, reportValues } from "../relay-test/view.ts";

interface Options {
  readonly foreign: Address;
  readonly local?: Address;
  readonly deliver?: Address;
  readonly implicitTls?: boolean;
  /** Milliseconds. */
  readonly pause: number;
  /** Milliseconds. */
  readonly timeout: number;
  readonly all?: boolean;
  readonly json?: boolean;
}

/** Nobody's: the name is set aside for examples (RFC 2606 §3). */
const nobody: Address = { local: "relay-test", domain: "example.com" };

const about = `try the classic forms of relaying on a server that you run
(test your own servers only: others take it for an attack)`;

const after = `
An open relay takes mail from anybody to anybody. This tries 13 senders with each form of recipient,
before and after HELO, EHLO, STARTTLS, a failed login and RSET, and says what was taken. Nothing is
delivered unless --deliver says whereto: each transaction ends before its message.

Run it from an address that may not relay: from inside the server's own networks, relaying is right.
example.com takes no mail; where the server looks that up first, name your own with --foreign.

Exit codes: 0 no hole, 1 holes, 75 could not tell, 2 wrong usage.`;

export function addRelayTestCommand(program: Command): void {
  withJson(program.command("relay-test").argument("<host[:port]>", "the server", hostArgument))
    .description(about)
    .addOption(
      new Option("--foreign <address>", "an address that is not the server's")
        .argParser(plainAddress)
        .default(nobody, formatAddress(nobody)),
    )
    .option("--local <address>", "a mailbox of the server's own (default: a guess)", plainAddress)
    .addOption(
      new Option("--deliver <address>", "send messages that would reach this address elsewhere")
        .argParser(plainAddress)
        .conflicts("foreign"),
    )
    .option("--implicit-tls", "the port speaks TLS from the start, as 465 does")
    .addOption(
      new Option("--pause <duration>", "wait between connections, such as 5s")
        .argParser(duration)
        .default(0, "none"),
    )
    .addOption(
      new Option("--timeout <duration>", "wait for each reply")
        .argParser(duration)
        .default(30_000, "30s"),
    )
    .option("--all", "show every form, refused ones too")
    .addHelpText("after", after)
    .addHelpText(
      "after",
      examples(
        "bailiwick relay-test mail.example.org",
        "bailiwick relay-test 192.0.2.1:587 --local alice@example.org",
        "bailiwick relay-test mail.example.org --deliver me@elsewhere.example",
        "bailiwick relay-test '[2001:db8::1]:25' --json | jq .verdict",
      ),
    )
    .action(run);
}

async function run(endpoint: Endpoint, options: Options): Promise<void> {
  refuseOwnDomain(options);
  const report = await test(endpoint, options);
  if (options.json === true) printJson(reportValues(report));
  else print(describeReport(report, options.all === true));
  process.exitCode = exitCodeFor[verdictOf(report)];
}

const exitCodeFor: Readonly<Record<Verdict, number>> = {
  closed: exitCodes.done,
  open: exitCodes.no,
  unclear: exitCodes.tryLater,
};

function refuseOwnDomain({ foreign: elsewhere, deliver = elsewhere, local }: Options): void {
  if (local?.domain !== deliver.domain) return;
  throw new ConfigurationError(
    `${local.domain} cannot be the server's own and foreign at once; give another --local or --foreign`,
  );
}

/** Ctrl-C ends the test; what it has found so far is still told. */
async function test(endpoint: Endpoint, options: Options): Promise<Report> {
  const { foreign: elsewhere, local, deliver, implicitTls, pause, timeout } = options;
  const bar = createProgressBar(process.stderr, systemClock.elapsed);
  const stopped = new AbortController();
  const stop = () => stopped.abort();
  process.once("SIGINT", stop);
  try {
    return await testRelay({
      endpoint,
      implicitTls: implicitTls ?? endpoint.port === 465,
      foreign: deliver ?? elsewhere,
      deliver: deliver !== undefined,
      ...(local && { local }),
      timeLimit: timeout,
      pause,
      signal: stopped.signal,
      now: systemClock.now,
      onProgress: ({ done, all, context }) => bar.show(done, all, context),
    });
  } catch (error) {
    if (!(error instanceof DialogError)) throw error;
    const where = formatEndpoint(endpoint);
    throw new TryLaterError(`${where} could not be tested: ${errorText(error)}`, { cause: error });
  } finally {
    process.off("SIGINT", stop);
    bar.end();
  }
}

function hostArgument(text: string): Endpoint {
  return valueOf(readEndpoint(text, mailEndpoint));
}

function duration(text: string): number {
  return valueOf(readDuration(text));
}

function plainAddress(text: string): Address {
  const address = parsePlainAddress(text);
  if (address !== undefined) return address;
  throw new InvalidArgumentError("Expected a plain address such as me@example.org.");
}

function valueOf<Value>(result: Result<Value, string>): Value {
  if (result.ok) return result.value;
  throw new InvalidArgumentError(`${result.problem}.`);
}
