// One run of sendmail: reads what is on standard input, and hands it to the running server.

import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { userInfo } from "node:os";
import type { Endpoint, Settings } from "../../core/config/settings.ts";
import { formatProblem } from "../../core/config/problem.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { type Address, formatAddress, mailboxKey } from "../../core/mail/address.ts";
import { sayFailure, sayReply } from "../../core/queue/outcome.ts";
import { readAddresses, readSender } from "../../core/sendmail/addresses.ts";
import { parseSendmailArguments, type SendmailArguments } from "../../core/sendmail/arguments.ts";
import { prepareLetter } from "../../core/sendmail/letter.ts";
import { toMailLines } from "../../core/sendmail/lines.ts";
import { findConfiguration } from "../../io/config/find.ts";
import { readConfiguration } from "../../io/config/read.ts";
import { connect } from "../../io/net/connect.ts";
import { handIn, type HandInProblem, type RecipientWord, type Submission } from "./hand-in.ts";
import { findLocalListener } from "./local-listener.ts";
import { SendmailProblem, type sysexits } from "./problem.ts";

/** Programs call it from anywhere: a file of that name in their folder is not meant first. */
const files = ["/etc/bailiwick/bailiwick.yaml", "bailiwick.yaml"];

/** @param words what stands behind `sendmail`
 * @param print what is told with -v
 * @throws {SendmailProblem} with what to do */
export async function sendmail(
  words: readonly string[],
  print: (text: string) => void,
): Promise<void> {
  const read = parseSendmailArguments(words);
  if (!read.ok) throw new SendmailProblem("usage", read.problem);
  const wanted = read.value;
  if (wanted.mode === "nothing") return;
  if (wanted.mode === "send" && wanted.recipients.length === 0 && !wanted.fromHeader) {
    throw new SendmailProblem("usage", "no recipient is named; name one, or use -t");
  }
  const settings = await settingsOf(wanted);
  const server = findLocalListener(settings.listeners);
  if (server === undefined) {
    throw new SendmailProblem(
      "configuration",
      "no listener takes mail of this machine: one of the role mx with a port of its own, with TLS at most " +
        "offered and without proxies is needed",
    );
  }
  if (wanted.mode === "smtp") return talk(server);
  const submission = await compose(wanted, settings);
  const result = await handIn(server, settings.hostname, submission);
  if (!result.ok) throw serverProblem(result.problem, server);
  report(result.value, wanted.verbose ? print : () => {});
}

async function settingsOf({ configuration }: SendmailArguments): Promise<Settings> {
  const file = await findConfiguration(configuration, files);
  if (!file.ok) throw new SendmailProblem("configuration", formatProblem(file.problem));
  const settings = await readConfiguration(file.value);
  if (settings.ok) return settings.value;
  const [first] = settings.problem.map(formatProblem);
  throw new SendmailProblem("configuration", first ?? "the configuration cannot be read");
}

async function compose(wanted: SendmailArguments, settings: Settings): Promise<Submission> {
  const { hostname } = settings;
  const user = process.getuid?.() ?? 0;
  const written = wanted.sender ?? nameOf(user);
  const sender = readSender(written, hostname);
  if (!sender.ok) {
    throw new SendmailProblem("usage", `-f ${written}: expected an address, or <>`);
  }
  const named = wanted.recipients.flatMap((each) => {
    const list = readAddresses(each, hostname);
    if (list.ok) return list.value;
    throw new SendmailProblem(
      "data",
      `${each} is no address; expected one such as bob@example.org`,
    );
  });
  const input = await readInput(settings.limits.messageSize);
  const letter = prepareLetter(toMailLines(input, wanted.dotEnds), {
    host: hostname,
    sender: sender.value,
    fullName: wanted.fullName ?? process.env["NAME"] ?? "",
    user,
    now: Date.now(),
    messageId: `<${randomUUID()}@${hostname}>`,
  });
  if (!letter.ok) throw new SendmailProblem("data", letter.problem);
  const { pieces, recipients } = letter.value;
  if (wanted.fromHeader && !recipients.ok) throw new SendmailProblem("data", recipients.problem);
  const more = wanted.fromHeader && recipients.ok ? recipients.value : [];
  const all = different([...named, ...more]);
  if (all.length === 0) {
    throw new SendmailProblem(
      "data",
      "no recipient is named: To, Cc and Bcc of the header are empty",
    );
  }
  const { message, notices } = wanted;
  return { sender: sender.value, recipients: all, pieces, message, notices };
}

/** In a container, a user may have a number alone. */
function nameOf(user: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(user);
  }
}

function different(addresses: readonly Address[]): readonly Address[] {
  const byMailbox = new Map(addresses.map((address) => [mailboxKey(address), address]));
  return [...byMailbox.values()];
}

/** All of standard input, but no more than the server would take. */
async function readInput(limit: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin) {
    const octets: Buffer = chunk;
    size += octets.length;
    if (size > limit) {
      throw new SendmailProblem(
        "data",
        `the message is larger than ${limit} octets (limits.message-size); it was not sent`,
      );
    }
    chunks.push(octets);
  }
  return Buffer.concat(chunks);
}

/** Standard input and output are the client of an SMTP session. */
async function talk(server: Endpoint): Promise<void> {
  const connected = await connect({ endpoint: server, timeout: 10_000 });
  if (!connected.ok) {
    throw serverProblem({ kind: "no-server", said: connected.problem.said }, server);
  }
  const socket = connected.value;
  socket.on("error", () => socket.destroy());
  const closed = once(socket, "close");
  process.stdin.pipe(socket);
  socket.pipe(process.stdout);
  await closed;
  process.stdin.destroy();
}

function serverProblem(problem: HandInProblem, server: Endpoint): SendmailProblem {
  const where = formatEndpoint(server);
  if (problem.kind === "no-server") {
    return new SendmailProblem(
      "tryLater",
      `no server runs here (${problem.said}); the message was not sent, try again later`,
    );
  }
  const { text, status } = sayFailure(problem.why);
  return new SendmailProblem(
    status.startsWith("5") ? "unavailable" : "tryLater",
    `${where}: ${text}; the message was not sent`,
  );
}

/** Tells what the server said; one recipient that it refused makes the run fail. */
function report(words: readonly RecipientWord[], print: (text: string) => void): void {
  const refused: string[] = [];
  const exits: (keyof typeof sysexits)[] = [];
  for (const { address, outcome } of words) {
    const to = formatAddress(address);
    if (outcome.kind === "delivered") {
      print(`${to}: ${sayReply(outcome.reply, "final").text}\n`);
      continue;
    }
    const said = sayFailure(outcome.why);
    refused.push(`${to}: ${said.text}`);
    exits.push(exitOf(outcome.kind, said.status));
  }
  if (refused.length === 0) return;
  const others = words.length - refused.length;
  if (others > 0)
    refused.push(`the other ${others === 1 ? "recipient" : others} will have the message`);
  throw new SendmailProblem(
    exits.find((exit) => exit !== "tryLater") ?? "tryLater",
    refused.join("\n"),
  );
}

function exitOf(kind: "temporary" | "permanent", status: string): keyof typeof sysexits {
  if (kind === "temporary") return "tryLater";
  return status === "5.1.1" ? "noUser" : "unavailable";
}
