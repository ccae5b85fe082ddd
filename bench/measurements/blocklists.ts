// How long a stranger waits until the blocklists have spoken: ten lists that need 50 ms each, asked by
// Bailiwick, and by rblsmtpd as tcpserver starts it for each client.
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Endpoint } from "../../src/core/config/settings.ts";
import { connectSmtp } from "../../test/support/smtp-client.ts";
import type { SlowLists } from "../load/slow-lists.ts";
import { startConfigured } from "../servers/bailiwick.ts";
import { freePort } from "../../test/support/free-port.ts";
import { waitUntil } from "../servers/server.ts";
import type { Address } from "../servers/server.ts";
import { spread } from "../statistics.ts";
import type { Spread } from "../statistics.ts";
import { outputOf } from "../workspace.ts";
import type { Workspace } from "../workspace.ts";

interface BlocklistTimes {
  readonly server: string;
  /** Milliseconds from connecting to the reply to RCPT. */
  readonly onNoList: Spread;
  /** For clients that the last of the lists has. */
  readonly onTheLast: Spread;
}

export interface BlocklistResults {
  readonly lists: number;
  /** Milliseconds that each list takes. */
  readonly delay: number;
  readonly rounds: number;
  readonly times: readonly BlocklistTimes[];
  /** Why rblsmtpd is not among them. */
  readonly missing?: string;
}

const delay = 50;
const rounds = 20;
const zones = Array.from({ length: 10 }, (_, index) => `list${index + 1}.bench.example`);
/** Clients come from 127.0.1.x, each from an address of its own: nothing is remembered of them. */
const listedFrom = 128;
/** rblsmtpd asks port 53 of whatever DNSCACHEIP names. */
const classic: Endpoint = { host: "127.0.0.53", port: 53 };

export async function measureBlocklists(workspace: Workspace): Promise<BlocklistResults> {
  const lists = await startLists();
  try {
    const ours = await measureOurs(workspace, lists.endpoint);
    const missing = lists.why ?? whyNoRblsmtpd();
    const theirs = missing === undefined ? [await measureRblsmtpd(workspace)] : [];
    const results = { lists: zones.length, delay, rounds, times: [ours, ...theirs] };
    return missing === undefined ? results : { ...results, missing };
  } finally {
    lists.stop();
  }
}

/** On port 53 where that is allowed; elsewhere for Bailiwick alone. */
async function startLists() {
  const first = await forkLists(classic);
  if (typeof first !== "string") return first;
  const other = await forkLists({ host: "127.0.0.1", port: 0 });
  if (typeof other === "string") throw new Error(`the lists did not start: ${other}`);
  const why = `it asks port 53 alone, which takes root to serve (${first})`;
  return { ...other, why };
}

interface Lists {
  readonly endpoint: Endpoint;
  readonly why?: string;
  stop(): void;
}

async function forkLists({ host, port }: Endpoint): Promise<Lists | string> {
  const request: SlowLists = { host, port, zones, delay, listedFrom };
  const path = fileURLToPath(new URL("../load/slow-lists.ts", import.meta.url));
  const child = fork(path, [JSON.stringify(request)]);
  const [answer]: readonly unknown[] = await once(child, "message");
  if (typeof answer === "number") {
    return { endpoint: { host, port: answer }, stop: () => child.disconnect() };
  }
  child.disconnect();
  return String(answer);
}

async function measureOurs(workspace: Workspace, lists: Endpoint): Promise<BlocklistTimes> {
  const blocklists = zones.map((zone) => `{ zone: ${zone}, ipv6: false }`).join(", ");
  const server = await startConfigured(
    workspace,
    (data) => `
hostname: bench.example
data: ${JSON.stringify(data)}
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }
domains: { example.org: { relay-to: "127.0.0.1:9" } }
blocklists: [${blocklists}]
dns: { servers: ["${lists.host}:${lists.port}"] }
`,
  );
  try {
    return await measure("Bailiwick", server.address);
  } finally {
    await server.stop();
  }
}

function whyNoRblsmtpd(): string | undefined {
  const found = outputOf("which", ["tcpserver", "rblsmtpd"]);
  return found === undefined ? "it is not installed (package ucspi-tcp)" : undefined;
}

/** Behind it stands not even a mail server, only its replies. */
const replies = "printf '220 x\\r\\n250 x\\r\\n250 x\\r\\n250 x\\r\\n'; exec cat >/dev/null";

async function measureRblsmtpd(workspace: Workspace): Promise<BlocklistTimes> {
  const address: Address = { host: "127.0.0.1", port: await freePort() };
  const listener = `-v -H -R -l 0 ${address.host} ${address.port}`.split(" ");
  const child = workspace.spawn({
    command: "env",
    args: [`DNSCACHEIP=${classic.host}`, "tcpserver"].concat(
      listener,
      "rblsmtpd",
      zones.flatMap((zone) => ["-r", zone]),
      ["sh", "-c", replies],
    ),
  });
  try {
    await waitUntil(child, 5_000, () => child.output().includes("status: 0/") || undefined);
    return await measure("rblsmtpd", address);
  } finally {
    await child.stop(1_000);
  }
}

async function measure(server: string, address: Address): Promise<BlocklistTimes> {
  const times = { clean: [] as number[], listed: [] as number[] };
  await timeOne(address, 1, "250"); // the first connection warms up
  for (let round = 0; round < rounds; round++) {
    times.clean.push(await timeOne(address, 2 + round, "250"));
    times.listed.push(await timeOne(address, listedFrom + round, ""));
  }
  return { server, onNoList: spread(times.clean), onTheLast: spread(times.listed) };
}

/** From connecting to the reply to RCPT, one command after the other. Throws where that is not as
 * expected; "" is any refusal. */
async function timeOne(address: Address, octet: number, expected: string): Promise<number> {
  const begun = performance.now();
  const client = await connectSmtp(address, `127.0.1.${octet}`);
  await client.reply();
  await client.command("EHLO client.example");
  await client.command("MAIL FROM:<a@client.example>");
  const reply = await client.command("RCPT TO:<bob@example.org>");
  const took = performance.now() - begun;
  client.destroy();
  const isRight = expected === "" ? /^[45]/.test(reply) : reply.startsWith(expected);
  if (!isRight) throw new Error(`127.0.1.${octet} was told: ${reply}`);
  return took;
}
