// `npm run bench`: arguments, the order of things, the exit code. docs/performance.md says how it measures.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compareIdle, compareLarge, compareThroughput } from "./compare.ts";
import { describeMachine } from "./machine.ts";
import { measureBlocklists } from "./measurements/blocklists.ts";
import { measureGrants } from "./measurements/grants.ts";
import { measureMailboxes } from "./measurements/mailboxes.ts";
import { measurePage } from "./measurements/page.ts";
import { measurePolicy } from "./measurements/policy.ts";
import { measureProcessor } from "./measurements/processor.ts";
import { measureQueue } from "./measurements/queue.ts";
import { measureLogins } from "./measurements/logins.ts";
import { watchAcceptances, watchedMessages } from "./measurements/sync.ts";
import { parseOptions, usage } from "./options.ts";
import type { Options } from "./options.ts";
import {
  blocklistTable,
  grantTable,
  loginTable,
  machineTable,
  mailboxTable,
  pageTable,
  policyTable,
  processorTable,
  queueTable,
  tables,
} from "./report.ts";
import type { Table } from "./report.ts";
import { renderText, replaceTables } from "./render.ts";
import type { Results, ServerFacts } from "./results.ts";
import { bailiwick } from "./servers/bailiwick.ts";
import { bare } from "./servers/bare.ts";
import { haraka, installHaraka } from "./servers/haraka.ts";
import { postfix } from "./servers/postfix.ts";
import type { ServerDriver } from "./servers/server.ts";
import { openWorkspace, outputOf } from "./workspace.ts";
import type { Workspace } from "./workspace.ts";

const done = 0;
const failed = 1;
const wrongUsage = 2;

const latest = fileURLToPath(new URL("./results/latest.json", import.meta.url));

process.exitCode = await main(process.argv.slice(2));

async function main(args: readonly string[]): Promise<number> {
  let options: Options;
  try {
    options = parseOptions(args);
  } catch (error) {
    console.error(`${messageOf(error)}\n\n${usage}`);
    return wrongUsage;
  }
  try {
    return await perform(options);
  } catch (error) {
    console.error(messageOf(error));
    return failed;
  }
}

async function perform(options: Options): Promise<number> {
  switch (options.task) {
    case "help":
      console.log(usage);
      return done;
    case "install-haraka":
      return installHaraka() ? done : failed;
    case "strace":
      return inWorkspace(checkSync);
    case "blocklists":
      return inWorkspace((workspace) => compareBlocklists(workspace, options));
    case "policy":
      return inWorkspace(async (workspace) => comparePolicy(workspace, options));
    case "grants":
      return inWorkspace((workspace) => compareGrants(workspace, options));
    case "logins":
      return inWorkspace((workspace) => showLogins(workspace, options));
    case "mailboxes":
      return inWorkspace((workspace) => showMailboxes(workspace, options));
    case "queue":
      return inWorkspace((workspace) => showQueue(workspace, options));
    case "page":
      return inWorkspace((workspace) => showPage(workspace, options));
    case "against":
      return inWorkspace((workspace) => showProcessor(workspace, options));
    case "compare":
      return inWorkspace((workspace) => compare(workspace, options));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whatever way the bench ends, the workspace and its children end first. */
async function inWorkspace(use: (workspace: Workspace) => Promise<number>): Promise<number> {
  const workspace = openWorkspace();
  process.once("exit", () => workspace.close());
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  try {
    return await use(workspace);
  } finally {
    workspace.close();
  }
}

async function compare(workspace: Workspace, options: Options): Promise<number> {
  if (outputOf("which", ["smtp-source", "smtp-sink"]) === undefined) {
    console.error("the load comes from smtp-source and smtp-sink: install the package postfix");
    return failed;
  }
  const wanted = [bailiwick, postfix, haraka, bare].filter(({ name }) =>
    options.only.includes(name),
  );
  const machine = describeMachine(workspace.directory, new Date());
  if (machine.fileSystem === "tmpfs") {
    console.error("warning: the queues are in memory (tmpfs), syncs cost nothing: set TMPDIR");
  }
  const drivers = wanted.filter((driver) => driver.availability().available);
  const comparison = { workspace, drivers, options, progress: console.error };
  const results: Results = {
    machine,
    servers: wanted.map(factsOf),
    throughput: options.throughput ? await compareThroughput(comparison) : [],
    idle: options.idle ? await compareIdle(comparison) : [],
    large: options.large ? await compareLarge(comparison) : [],
  };
  publish(results, options);
  return done;
}

function factsOf(driver: ServerDriver): ServerFacts {
  const { name, setup } = driver;
  const availability = driver.availability();
  return availability.available
    ? { name, measured: true, version: availability.version, setup }
    : { name, measured: false, why: availability.why };
}

async function compareBlocklists(workspace: Workspace, options: Options): Promise<number> {
  const machine = describeMachine(workspace.directory, new Date());
  const results = await measureBlocklists(workspace);
  if (results.missing !== undefined) console.error(`rblsmtpd is not measured: ${results.missing}`);
  show([machineTable(machine), blocklistTable(results)], options);
  return done;
}

function comparePolicy(workspace: Workspace, options: Options): number {
  const machine = describeMachine(workspace.directory, new Date());
  show([machineTable(machine), policyTable(measurePolicy())], options);
  return done;
}

async function compareGrants(workspace: Workspace, options: Options): Promise<number> {
  const machine = describeMachine(workspace.directory, new Date());
  show([machineTable(machine), grantTable(await measureGrants(workspace))], options);
  return done;
}

async function showLogins(workspace: Workspace, options: Options): Promise<number> {
  const machine = describeMachine(workspace.directory, new Date());
  show([machineTable(machine), loginTable(await measureLogins(workspace))], options);
  return done;
}

async function showMailboxes(workspace: Workspace, options: Options): Promise<number> {
  const machine = describeMachine(workspace.directory, new Date());
  const results = await measureMailboxes(workspace, options.messages ?? 50_000);
  show([machineTable(machine), mailboxTable(results)], options);
  return done;
}

async function showQueue(workspace: Workspace, options: Options): Promise<number> {
  const machine = describeMachine(workspace.directory, new Date());
  const results = await measureQueue(workspace, options.messages ?? 1_000_000);
  show([machineTable(machine), queueTable(results)], options);
  return done;
}

async function showPage(workspace: Workspace, options: Options): Promise<number> {
  const machine = describeMachine(workspace.directory, new Date());
  show([machineTable(machine), pageTable(await measurePage(workspace))], options);
  return done;
}

async function showProcessor(workspace: Workspace, options: Options): Promise<number> {
  const { sessions, rounds, messages } = options;
  const against = resolve(options.against ?? ".");
  const plan = { against, sessions, rounds, messages };
  const machine = describeMachine(workspace.directory, new Date());
  const results = await measureProcessor(workspace, plan);
  show([machineTable(machine), processorTable(results)], options);
  return done;
}

function publish(results: Results, options: Options): void {
  const json = options.json ?? latest;
  mkdirSync(dirname(json), { recursive: true });
  writeFileSync(json, `${JSON.stringify(results, undefined, 2)}\n`);
  show(tables(results), options);
}

function show(found: readonly Table[], { markdown }: Options): void {
  for (const table of found) console.log(renderText(table));
  if (markdown === undefined) return;
  writeFileSync(markdown, replaceTables(readFileSync(markdown, "utf8"), found));
}

async function checkSync(workspace: Workspace): Promise<number> {
  if (outputOf("strace", ["--version"]) === undefined) {
    console.log("skipped: strace is not installed");
    return done;
  }
  const seen = await watchAcceptances(workspace);
  const last = seen.at(-1);
  if (last !== undefined) console.log(last.lines.map((line) => line.slice(0, 160)).join("\n"));
  const synced = seen.filter((acceptance) => acceptance.synced).length;
  console.log(
    `${synced} of ${watchedMessages} messages were synced between their final dot and their 250`,
  );
  return synced === watchedMessages ? done : failed;
}
