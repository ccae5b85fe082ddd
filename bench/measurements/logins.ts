// How long a good login takes while others guess: 20 good ones a second, alone, and beside 200 wrong
// ones a second, from one address and from everywhere.
import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { connectSmtp } from "../../test/support/smtp-client.ts";
import type { WrongCount, WrongLogins } from "../load/wrong-logins.ts";
import { startConfigured } from "../servers/bailiwick.ts";
import type { Address } from "../servers/server.ts";
import { spread } from "../statistics.ts";
import type { Spread } from "../statistics.ts";
import type { Workspace } from "../workspace.ts";

interface LoginTimes {
  readonly beside: string;
  /** Milliseconds from connecting to 235. */
  readonly good: Spread;
  /** 95 of 100 were done in this time, in ms. */
  readonly most: number;
  /** Good ones that were refused or put off. */
  readonly failed: number;
  readonly wrong: WrongCount;
}

export interface LoginResults {
  readonly goodPerSecond: number;
  readonly wrongPerSecond: number;
  readonly seconds: number;
  readonly times: readonly LoginTimes[];
}

const goodPerSecond = 20;
const wrongPerSecond = 200;
const seconds = 15;
/** Milliseconds for the guessers to get going. */
const runUp = 1_000;
const password = "open sesame";
const users = Array.from({ length: 10 }, (_, index) => `user${index}@example.org`);
const program = fileURLToPath(new URL("../../bin/bailiwick", import.meta.url));

export async function measureLogins(workspace: Workspace): Promise<LoginResults> {
  const times: LoginTimes[] = [];
  for (const beside of ["nobody", "one address", "everywhere"] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, each with a server of its own
    times.push(await measureBeside(workspace, beside));
  }
  return { goodPerSecond, wrongPerSecond, seconds, times };
}

async function measureBeside(
  workspace: Workspace,
  beside: "nobody" | WrongLogins["from"],
): Promise<LoginTimes> {
  const { server, stop } = await startServer(workspace);
  try {
    // From here on each user is known at its address.
    for (let serial = 0; serial < users.length; serial++) await timeOne(server, serial);
    const guessers = beside === "nobody" ? undefined : startGuessers(server, beside);
    await delay(runUp);
    const took = await timeAll(server);
    const wrong = (await guessers?.stop()) ?? { tried: 0, turnedAway: 0 };
    const good = took.filter((each) => each !== undefined);
    const sorted = good.toSorted((one, other) => one - other);
    const most = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
    return { beside, good: spread(good), most, failed: took.length - good.length, wrong };
  } finally {
    await stop();
  }
}

async function startServer(workspace: Workspace) {
  let folder = "";
  const server = await startConfigured(workspace, (data) => {
    folder = dirname(data);
    return `
hostname: bench.example
data: ${JSON.stringify(data)}
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"], login-in-clear: loopback } }
domains: { example.org: { deliver: mailboxes } }
limits: { connections: 20000, connections-per-client: 20000, connection-rate: none, guessing: { allow: [] } }
`;
  });
  const secret = join(folder, "secret");
  writeFileSync(secret, password);
  for (const user of users) {
    const words = ["account", "add", user, "--password-file", secret];
    execFileSync(program, [...words, "-c", join(folder, "bailiwick.yaml")]);
  }
  return { server: server.address, stop: () => server.stop() };
}

function startGuessers(server: Address, from: WrongLogins["from"]) {
  const strangers = users.map((user) => user.replace("user", "nobody"));
  const request: WrongLogins = {
    server,
    users: [...users, ...strangers],
    perSecond: wrongPerSecond,
    from,
  };
  const path = fileURLToPath(new URL("../load/wrong-logins.ts", import.meta.url));
  const child = fork(path, [JSON.stringify(request)]);
  return {
    async stop(): Promise<WrongCount> {
      const told = once(child, "message");
      child.send("how many?");
      const [counts]: readonly unknown[] = await told;
      child.disconnect();
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own child sent it
      return counts as WrongCount;
    },
  };
}

/** At an even pace, however long each takes. */
async function timeAll(server: Address): Promise<readonly (number | undefined)[]> {
  const under: Promise<number | undefined>[] = [];
  const begun = performance.now();
  for (let serial = 0; serial < goodPerSecond * seconds; serial++) {
    // oxlint-disable-next-line no-await-in-loop -- the pace
    await delay(Math.max(0, begun + (serial * 1000) / goodPerSecond - performance.now()));
    under.push(timeOne(server, serial));
  }
  return Promise.all(under);
}

/** From connecting to 235; undefined where it is another reply. */
async function timeOne(server: Address, serial: number): Promise<number | undefined> {
  const index = serial % users.length;
  const plain = Buffer.from(`\0${users[index]}\0${password}`).toString("base64");
  const begun = performance.now();
  const client = await connectSmtp(server, `127.1.${index}.1`);
  await client.reply();
  await client.command("EHLO user.example");
  const reply = await client.command(`AUTH PLAIN ${plain}`);
  const took = performance.now() - begun;
  client.destroy();
  return reply.startsWith("235") ? took : undefined;
}
