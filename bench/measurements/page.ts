// The operator's page beside the mail: how long its pages take while mail flows, and what an open page
// costs the mail.
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { hashOperatorPassword } from "../../src/io/password/operator-password.ts";
import { openStore } from "../../src/io/store/open.ts";
import { sections } from "../../src/server/admin/page/sections.ts";
import type { Load } from "../load/source.ts";
import { type Sink, startSink } from "../load/sink.ts";
import { send } from "../load/source.ts";
import { startConfigured } from "../servers/bailiwick.ts";
import { spread } from "../statistics.ts";
import type { Spread } from "../statistics.ts";
import type { Workspace } from "../workspace.ts";
import { deliver } from "./delivery.ts";

export interface PageResults {
  /** Messages a second that were sent while pages were asked for. */
  readonly rate: number;
  readonly pages: readonly PageTimes[];
  /** Messages relayed a second by as many clients as can, without the page and with it. */
  readonly alone: Spread;
  readonly beside: Spread;
}

interface PageTimes {
  readonly path: string;
  /** Milliseconds of its requests, from the first octet sent to the last received. */
  readonly time: Spread;
}

const rate = 1_000;
const requests = 40;
const rounds = 5;
const patienceMs = 60_000;
/** As an operator who works with it: a request every so many milliseconds. */
const betweenRequests = 250;
const full: Load = { connections: "kept", sessions: 10, messages: 6_000, octets: 4096 };
const second: Load = { connections: "kept", sessions: 5, messages: rate, octets: 4096 };
const operator = { name: "bench", password: "a password for the bench" };

export async function measurePage(workspace: Workspace): Promise<PageResults> {
  const sink = await startSink(workspace);
  const server = await startConfigured(workspace, configuration(sink), addOperator);
  const site = `http://127.0.0.1:${adminPort(server.log())}`;
  const cookie = await logIn(site);
  const pair = { workspace, server, sink };
  await deliver(pair, full); // the first ones are slow everywhere
  const pages = await whileMailFlows(
    () => send(workspace, server.address, second, patienceMs),
    (paths) => timeRequests(site, cookie, paths),
  );
  const alone: number[] = [];
  const beside: number[] = [];
  for (let round = 0; round < rounds; round++) {
    alone.push(full.messages / (await deliver(pair, full)).relay);
    const page = openPage(site, cookie);
    beside.push(full.messages / (await deliver(pair, full)).relay);
    await page.close();
  }
  await server.stop();
  await sink.stop();
  return { rate, pages, alone: spread(alone), beside: spread(beside) };
}

/** Sends a second's messages each second, as long as `work` takes. */
async function whileMailFlows(
  sendSome: () => Promise<void>,
  work: (paths: readonly string[]) => Promise<readonly PageTimes[]>,
): Promise<readonly PageTimes[]> {
  const over = new AbortController();
  const flow = (async () => {
    while (!over.signal.aborted) await Promise.all([sendSome(), delay(1_000)]);
  })();
  try {
    return await work(sections.map(({ path }) => path));
  } finally {
    over.abort();
    await flow;
  }
}

async function timeRequests(
  site: string,
  cookie: string,
  paths: readonly string[],
): Promise<readonly PageTimes[]> {
  const times = new Map<string, number[]>(paths.map((path) => [path, []]));
  for (let round = 0; round < requests; round++) {
    for (const [path, own] of times) {
      own.push(await timeOf(site + path, cookie));
      await delay(20);
    }
  }
  return [...times].map(([path, own]) => ({ path, time: spread(own) }));
}

/** Milliseconds. */
async function timeOf(url: string, cookie: string): Promise<number> {
  const begun = performance.now();
  const response = await fetch(url, { headers: { cookie }, redirect: "manual" });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return performance.now() - begun;
}

interface OpenPage {
  close(): Promise<void>;
}

/** A page that follows what happens, and an operator who goes from one to the next. */
function openPage(site: string, cookie: string): OpenPage {
  const leave = new AbortController();
  const { signal } = leave;
  const follow = fetch(`${site}/events?topics=queue,now`, { headers: { cookie }, signal })
    .then((response) => response.arrayBuffer())
    .catch(() => {});
  const walk = (async () => {
    for (let turn = 0; !signal.aborted; turn++) {
      await timeOf(site + (sections[turn % sections.length]?.path ?? "/"), cookie);
      await delay(betweenRequests);
    }
  })();
  return {
    async close() {
      leave.abort();
      await Promise.all([follow, walk]);
    },
  };
}

async function logIn(site: string): Promise<string> {
  const response = await fetch(`${site}/login`, {
    method: "POST",
    headers: { origin: site },
    body: new URLSearchParams(operator),
    redirect: "manual",
  });
  const cookie = response.headers.get("set-cookie")?.split(";")[0];
  if (response.status === 303 && cookie !== undefined) return cookie;
  throw new Error(`the login failed with ${response.status}: ${await response.text()}`);
}

async function addOperator(data: string): Promise<void> {
  const hash = await hashOperatorPassword(operator.password);
  if (!hash.ok) throw new Error(hash.problem);
  const store = await openStore({ path: join(data, "store.db") });
  await store.operators.add({ name: operator.name, createdAt: Date.now() }, hash.value);
  await store.close();
}

function adminPort(output: string): string {
  const port = /^listening admin 127\.0\.0\.1:(\d+)$/m.exec(output)?.[1];
  if (port === undefined) throw new Error("the server has no admin listener");
  return port;
}

function configuration({ address }: Sink) {
  return (data: string): string => `
hostname: bench.example
data: ${JSON.stringify(data)}
listeners:
  mx: { role: mx, listen: ["127.0.0.1:0"] }
  admin: { role: admin, listen: ["127.0.0.1:0"] }
relay:
  networks: ["127.0.0.0/8"]
routes:
  - { to: "*", via: "${address.host}:${address.port}" }
limits: { connections: 20000, connections-per-client: 20000 }
`;
}
