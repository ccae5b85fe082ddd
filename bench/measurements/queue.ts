// A long queue: how long mail for a destination that works waits behind mail for one that does not, what
// that costs, and how long a start with a million messages takes.
import { readdirSync, statSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { NewMessage } from "../../src/core/queue/message.ts";
import { openStore } from "../../src/io/store/open.ts";
import { startSink } from "../load/sink.ts";
import { send } from "../load/source.ts";
import { peakMemory, processorTime, processTree } from "../processes.ts";
import { startConfigured } from "../servers/bailiwick.ts";
import type { RunningServer } from "../servers/server.ts";
import type { Workspace } from "../workspace.ts";

export interface QueueResults {
  readonly dead: number;
  readonly live: number;
  /** Seconds from `ready` until the sink has had the live ones, and until all others stand in line. */
  readonly liveAfter: number;
  readonly linedAfter: number;
  /** Seconds for as many live ones more, sent once the others stand in line: from the first connection
   * until the sink has had them. */
  readonly comingAfter: number;
  /** Connections to the dead host in all that time, and at most at once. */
  readonly attempts: number;
  readonly mostAtOnce: number;
  /** Octets. */
  readonly memory: number;
  readonly start: StartResults;
}

interface StartResults {
  readonly messages: number;
  /** Seconds until `ready`. */
  readonly ready: number;
  /** Octets at that moment, and at most in the half minute that follows. */
  readonly memoryThen: number;
  readonly memoryPeak: number;
  /** Octets of the store's files, before the start. */
  readonly disk: number;
}

const deadMessages = 100_000;
const liveMessages = 1_000;
const inOneGo = 500;
const patienceMs = 180_000;
const coming = {
  connections: "kept",
  sessions: 10,
  messages: liveMessages,
  octets: 1_000,
} as const;
const content = new TextEncoder().encode(`Subject: bench\r\n\r\n${"x".repeat(70)}\r\n`);

/** @param many messages in the queue at the start that is timed */
export async function measureQueue(workspace: Workspace, many: number): Promise<QueueResults> {
  const dead = await startDeadHost();
  try {
    return {
      ...(await besideDead(workspace, dead)),
      start: await startWithMany(workspace, dead, many),
    };
  } finally {
    dead.close();
  }
}

async function besideDead(
  workspace: Workspace,
  dead: DeadHost,
): Promise<Omit<QueueResults, "start">> {
  const sink = await startSink(workspace);
  const routes = { dead: dead.port, live: sink.address.port };
  // The live ones came last: they stand behind all others.
  const server = await startConfigured(workspace, configuration(routes), async (data) => {
    await fill(data, "dead.example", 0, deadMessages);
    await fill(data, "live.example", deadMessages, liveMessages);
  });
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  if (!(await sink.waitFor(liveMessages, patienceMs))) throw failure(server, "mail is missing");
  const liveAfter = seconds();
  await untilLined(server);
  const linedAfter = seconds();
  const begun = performance.now();
  await send(workspace, server.address, coming, patienceMs);
  if (!(await sink.waitFor(2 * liveMessages, patienceMs))) throw failure(server, "mail is missing");
  const comingAfter = (performance.now() - begun) / 1000;
  const memory = peakMemory(processTree(server.rootPid));
  const { attempts, mostAtOnce } = dead;
  await server.stop();
  await sink.stop();
  const counted = { attempts, mostAtOnce, memory };
  return { dead: deadMessages, live: liveMessages, liveAfter, linedAfter, comingAfter, ...counted };
}

async function startWithMany(
  workspace: Workspace,
  dead: DeadHost,
  messages: number,
): Promise<StartResults> {
  let begun = 0;
  let disk = 0;
  const routes = { dead: dead.port, live: dead.port };
  const server = await startConfigured(workspace, configuration(routes), async (data) => {
    await fill(data, "dead.example", 0, messages);
    disk = octetsIn(data);
    begun = performance.now();
  });
  const ready = (performance.now() - begun) / 1000;
  const memoryThen = peakMemory(processTree(server.rootPid));
  await delay(30_000);
  const memoryPeak = peakMemory(processTree(server.rootPid));
  await server.stop();
  return { messages, ready, memoryThen, memoryPeak, disk };
}

interface DeadHost {
  readonly port: number;
  readonly attempts: number;
  readonly mostAtOnce: number;
  close(): void;
}

/** Hangs up on everybody, and counts them. */
async function startDeadHost(): Promise<DeadHost> {
  let attempts = 0;
  let open = 0;
  let mostAtOnce = 0;
  const server = createServer((socket) => {
    attempts++;
    mostAtOnce = Math.max(mostAtOnce, ++open);
    socket.on("error", () => {});
    socket.on("close", () => open--);
    setTimeout(() => socket.destroy(), 50);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get attempts() {
      return attempts;
    },
    get mostAtOnce() {
      return mostAtOnce;
    },
    close: () => server.close(),
  };
}

async function fill(data: string, domain: string, from: number, count: number): Promise<void> {
  const store = await openStore({ path: join(data, "store.db") });
  const receivedAt = Date.now() - 60_000;
  for (let at = 0; at < count; at += inOneGo) {
    const ids = Array.from({ length: Math.min(inOneGo, count - at) }, (_, one) => from + at + one);
    await Promise.all(
      ids.map((id) => store.messages.keep(message(id + 1, domain, receivedAt + id))),
    );
  }
  await store.close();
}

function message(id: number, domain: string, receivedAt: number): NewMessage {
  return {
    id: id * 16,
    receivedAt: Math.min(receivedAt, Date.now()),
    size: content.length,
    eightBit: false,
    smtputf8: false,
    sender: { local: "news", domain: "example.org" },
    origin: { client: "127.0.0.1", hello: "bench.example", listener: "mx" },
    recipients: [{ address: { local: "user", domain }, kind: "relay" }],
    stashed: 0,
    content: [content],
  };
}

/** The server has looked at all that is due. */
async function untilLined(server: RunningServer): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let before = -1; performance.now() < deadline; await delay(1_000)) {
    const now = processorTime(processTree(server.rootPid));
    if (before >= 0 && now - before < 0.1) return;
    before = now;
  }
  throw failure(server, "the queue does not come to rest");
}

function octetsIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

function failure(server: RunningServer, what: string): Error {
  return new Error(`${what}; the log ends:\n${server.log().slice(-4_000)}`);
}

function configuration({ dead, live }: { readonly dead: number; readonly live: number }) {
  return (data: string): string => `
hostname: bench.example
data: ${JSON.stringify(data)}
listeners:
  mx: { role: mx, listen: ["127.0.0.1:0"] }
relay:
  networks: ["127.0.0.0/8"]
routes:
  - { to: "dead.example", via: "127.0.0.1:${dead}" }
  - { to: "*", via: "127.0.0.1:${live}" }
queue: { retry: ["10s", "5m"] }
`;
}
