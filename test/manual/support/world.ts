// A small world for the commands of one page: a folder that stands for the whole machine, a server that
// is started in this process, a sink that plays all other hosts, and a DNS of its own.

import { existsSync, readFileSync } from "node:fs";
import { chmod, chown, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadProvenSettings } from "../../../src/app/configuration.ts";
import { formatEndpoint } from "../../../src/core/config/values/endpoint.ts";
import { type RunningServer, startServer } from "../../../src/app/server/run.ts";
import { systemClock } from "../../../src/io/process/clock.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { type DnsZone, startDns } from "../../support/dns.ts";
import { freePort } from "../../support/free-port.ts";
import { openSessionFrom } from "../../support/proxied.ts";
import { type Sink, startSink } from "../../support/sink.ts";
import { runBailiwick, temporaryFolder } from "../../support/server.ts";
import { type Answer, type Call, runHere, typed } from "./desk.ts";
import { inThisPlace, type Meanings, type Place } from "./place.ts";
import { openShell, type Shell } from "./shell.ts";

export interface WorldOptions {
  /** What the server is configured with, beside its listeners; in the words of a page. Where there is
   * none, the page writes its own. */
  readonly configuration?: string;
  /** Files beside the configuration. */
  readonly files?: Readonly<Record<string, string>>;
  /** Commands before those of the page. Where they write a file `instead`, its lines say further what the
   * page says, and behind a tab what it is here. */
  readonly before?: string;
  /** What the page says, and what it is here; beside what is the same for all pages. */
  readonly instead?: Meanings;
  readonly zone?: DnsZone;
}

export interface World {
  readonly sink: Sink;
  /** Runs commands in the words of the page.
   * @param mayEndWith a code that is no failure */
  run(script: string, mayEndWith?: number): Promise<Answer>;
  /** Writes a file that the page shows. */
  write(name: string, content: string): Promise<void>;
}

/** Where the page's files are, in its own words. */
const home = "/etc/bailiwick";

export async function createWorld(cleanup: Cleanup, options: WorldOptions): Promise<World> {
  const place = await findPlace(cleanup, options);
  const found: [string, string][] = [];
  const here = (text: string) =>
    inThisPlace(text, { ...place, instead: [...found, ...place.instead] });
  const shell = await openWorldShell(cleanup, place);
  const folder = here(home);
  const world: World = {
    sink: place.sink,
    async run(script, mayEndWith) {
      const { code, stdout, stderr } = await shell.run(here(script), folder, mayEndWith);
      return { code, stderr, stdout: stdout.replaceAll(`${folder}/`, "") };
    },
    write: (name, content) => writeFile(join(folder, name), here(content), { mode: 0o600 }),
  };
  await furnish(world, options);
  found.push(...readMeanings(join(folder, "instead")));
  return world;
}

async function findPlace(cleanup: Cleanup, { zone = {}, instead = [] }: WorldOptions) {
  const folder = await temporaryFolder(cleanup);
  const sink = await startSink(cleanup, { login: { user: "relay@example.org", password: typed } });
  const dns = await startDns(zone);
  cleanup.after(() => dns.close());
  const [mx, outside, submission, pop3, admin] = await freePorts();
  const ports = { mx, outside, submission, pop3, admin };
  const offset = Math.min(await freePort(), 24_000);
  const place: Place = { folder, ports, sink, dns, offset, instead };
  // The server's user of a first run passes it.
  await chmod(folder, 0o755);
  await mkdir(inThisPlace(home, place), { recursive: true });
  await mkdir(inThisPlace("/var/lib/bailiwick", place), { recursive: true });
  // What HTTP refuses ends curl with an error.
  await writeFile(join(folder, ".curlrc"), "fail\n");
  return place;
}

/** None of them twice. */
async function freePorts(): Promise<readonly [number, number, number, number, number]> {
  const found = await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort()]);
  return new Set(found).size === found.length ? found : freePorts();
}

async function furnish(world: World, options: WorldOptions): Promise<void> {
  for (const [name, content] of Object.entries(options.files ?? {})) {
    // oxlint-disable-next-line no-await-in-loop -- there are a few
    await world.write(name, content);
  }
  if (options.configuration !== undefined) {
    await world.write("bailiwick.yaml", listenersAnd(options.configuration));
    await succeed(world, "bailiwick start");
  }
  if (options.before !== undefined) await succeed(world, options.before);
}

function readMeanings(file: string): [string, string][] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.flatMap((line) => {
    const [said = "", meant = ""] = line.split("\t");
    return said === "" ? [] : [[said, meant]];
  });
}

async function succeed(world: World, script: string): Promise<void> {
  const { code, stderr } = await world.run(script);
  if (code !== 0) throw new Error(`the world of the page cannot be made: ${stderr}`);
}

/** `mx` is for clients from anywhere, whose addresses the test chooses; `inside` for those of the page. */
function listenersAnd(configuration: string): string {
  return `hostname: mail.example.org
data: /var/lib/bailiwick
authentication: { verify: false }
listeners:
  mx: { role: mx, listen: ["OUTSIDE"], proxies: ["127.0.0.8"] }
  inside: { role: mx, listen: ["0.0.0.0:25"] }
  submission: { role: submission, listen: ["0.0.0.0:587"] }
  pop3: { role: pop3, listen: ["0.0.0.0:110"] }
  admin: { role: admin, listen: ["127.0.0.1:8025"] }
dns: { servers: ["DNS"], dnssec: off }
${configuration}`;
}

function openWorldShell(cleanup: Cleanup, place: Place): Promise<Shell> {
  let server: RunningServer | undefined;
  cleanup.after(async () => server?.stop());
  const start = async ({ folder, words }: Call): Promise<Answer> => {
    const options = { config: { type: "string", short: "c" } } as const;
    const { config = join(folder, "bailiwick.yaml") } = parseArgs({
      args: words.slice(1),
      options,
    }).values;
    await server?.stop();
    server = undefined;
    await settle(config, place);
    const readSettings = () => loadProvenSettings(config, silent);
    const settings = await readSettings();
    server = await startServer({
      settings,
      readSettings,
      clock: systemClock,
      random: Math.random,
      log: silent,
      mxPort: place.sink.endpoint.port,
    });
    const lines = server.listeners.map(
      ({ listener, address }) => `listening ${listener.name} ${formatEndpoint(address)}\n`,
    );
    return { code: 0, stdout: `${lines.join("")}ready\n`, stderr: "" };
  };
  return openShell(cleanup, {
    folder: place.folder,
    typing: `${typed}\n`,
    acts: {
      bailiwick: (call) => {
        if (call.words[0] === "start") return start(call);
        return call.words[0] === "init" ? runApart(call) : runHere(call);
      },
      visit: (call) => visit(call, place.ports.outside),
    },
  });
}

/** A first run becomes the server's user for good. */
async function runApart({ folder, words }: Call): Promise<Answer> {
  const { code, stdout, stderr } = await runBailiwick(words, { folder });
  return { code: code ?? 99, stdout, stderr };
}

/** This process stays the user that it is, and a configuration may come from a first run. */
async function settle(config: string, place: Place): Promise<void> {
  await writeFile(config, inThisPlace(await readFile(config, "utf8"), place));
  const [user, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];
  await chown(inThisPlace("/var/lib/bailiwick", place), user, group);
}

const silent = { info() {}, warn() {}, error() {} };

/** `visit ADDRESS FROM TO`: a client at that address brings a message. Prints what it is told last, and
 * never fails. */
async function visit(call: Call, port: number): Promise<Answer> {
  const [client = "", from = "", to = ""] = call.words;
  const session = await openSessionFrom({ host: "127.0.0.1", port }, client);
  const content = `From: ${from}\r\nSubject: hello\r\n\r\nhello\r\n`;
  const replies = await session.send({ from, to: [to], content });
  session.destroy();
  return { code: 0, stdout: `${replies.content ?? replies.recipients.at(-1)}\n`, stderr: "" };
}
