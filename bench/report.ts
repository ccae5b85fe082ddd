// The results as tables: the same ones for the terminal and for Markdown.
import type { BlocklistResults } from "./measurements/blocklists.ts";
import type { GrantResults } from "./measurements/grants.ts";
import type { LoginResults } from "./measurements/logins.ts";
import type { MailboxResults } from "./measurements/mailboxes.ts";
import type { PageResults } from "./measurements/page.ts";
import type { ProcessorResult } from "./measurements/processor.ts";
import type { QueueResults } from "./measurements/queue.ts";
import type { PolicyResults } from "./measurements/policy.ts";
import type { Results, Throughput } from "./results.ts";
import type { Machine } from "./machine.ts";
import type { Spread } from "./statistics.ts";

export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

export function tables(results: Results): readonly Table[] {
  const all = [
    machineTable(results.machine),
    serverTable(results),
    throughputTable(results.throughput),
    idleTable(results),
    largeTable(results),
  ];
  return all.filter((table) => table.rows.length > 0);
}

export function machineTable(machine: Machine): Table {
  return {
    title: "Machine",
    columns: ["what", "value"],
    rows: [
      ["date", machine.date],
      ["commit", machine.commit],
      ["processor", `${machine.processor}, ${machine.cores} cores`],
      ["memory", `${(machine.memory / 2 ** 30).toFixed(0)} GiB`],
      ["kernel", machine.kernel],
      ["Node.js", machine.node],
      ["file system", machine.fileSystem],
      ["4 KiB and fdatasync, ms", spreadText(machine.sync, 2)],
      ["load before the start", machine.load.toFixed(2)],
    ],
  };
}

function serverTable({ servers }: Results): Table {
  return {
    title: "Servers",
    columns: ["server", "version", "set up"],
    rows: servers.map((server) =>
      server.measured
        ? [server.name, server.version, server.setup]
        : [server.name, "not measured", server.why],
    ),
  };
}

function throughputTable(results: readonly Throughput[]): Table {
  return {
    title: "Messages of 4 KiB a second: median (lowest to highest round)",
    columns: [
      "connection",
      "clients",
      "server",
      "messages",
      "accepted/s",
      "relayed/s",
      "Bailiwick accepts",
      "Bailiwick relays",
    ],
    rows: results.map((result) => {
      const ours = results.find((other) => other.server === "bailiwick" && sameLoad(other, result));
      return [
        result.connections,
        String(result.sessions),
        result.server,
        String(result.messages),
        spreadText(result.accept, 0),
        spreadText(result.relay, 0),
        ratio(ours?.accept.median, result.accept.median),
        ratio(ours?.relay.median, result.relay.median),
      ];
    }),
  };
}

function sameLoad(one: Throughput, other: Throughput): boolean {
  return one.connections === other.connections && one.sessions === other.sessions;
}

function idleTable({ idle }: Results): Table {
  return {
    title: "Memory of idle connections, after EHLO",
    columns: ["server", "connections", "before, MB", "with them, MB", "each, KiB"],
    rows: idle.map((result) => [
      result.server,
      result.connections.toLocaleString("en"),
      megabytes(result.memoryBefore),
      megabytes(result.memoryAfter),
      ((result.memoryAfter - result.memoryBefore) / result.connections / 1024).toFixed(1),
    ]),
  };
}

function largeTable({ large }: Results): Table {
  const ours = large.find((result) => result.server === "bailiwick");
  return {
    title: "One message of 25 MB: median (lowest to highest round)",
    columns: [
      "server",
      "accepted, s",
      "relayed, s",
      "peak before, MB",
      "peak after, MB",
      "times Bailiwick's time",
    ],
    rows: large.map((result) => [
      result.server,
      spreadText(result.accept, 2),
      spreadText(result.relay, 2),
      megabytes(result.memoryBefore),
      megabytes(result.memoryPeak),
      ratio(result.relay.median, ours?.relay.median),
    ]),
  };
}

export function blocklistTable({ lists, delay, rounds, times }: BlocklistResults): Table {
  const ours = times.find(({ server }) => server === "Bailiwick");
  return {
    title: `${lists} blocklists of ${delay} ms each, from connecting to the reply to RCPT, in ms: median (lowest to highest of ${rounds})`,
    columns: ["server", "client on no list", "client on the last list", "times Bailiwick's time"],
    rows: times.map(({ server, onNoList, onTheLast }) => [
      server,
      spreadText(onNoList, 0),
      spreadText(onTheLast, 0),
      ratio(onNoList.median, ours?.onNoList.median),
    ]),
  };
}

export function loginTable({ goodPerSecond, wrongPerSecond, seconds, times }: LoginResults): Table {
  const alone = times.find(({ beside }) => beside === "nobody");
  return {
    title: `${goodPerSecond} good logins a second beside ${wrongPerSecond} wrong ones, for ${seconds} s, from connecting to 235, in ms`,
    columns: [
      "wrong ones from",
      "median (lowest to highest)",
      "95 of 100 within",
      "times the time alone",
      "good ones that failed",
      "wrong ones",
      "turned away unchecked",
    ],
    rows: times.map(({ beside, good, most, failed, wrong }) => [
      beside,
      spreadText(good, 0),
      most.toFixed(0),
      ratio(good.median, alone?.good.median),
      String(failed),
      String(wrong.tried),
      String(wrong.turnedAway),
    ]),
  };
}

export function policyTable({ rules, decisions, times }: PolicyResults): Table {
  return {
    title: `A decision with ${rules.toLocaleString("en")} address rules, in µs: median (lowest to highest of ${decisions.toLocaleString("en")})`,
    columns: ["client", "the look-up", "the look-up and the decision"],
    rows: times.map(({ clients, lookUp, decision }) => [
      clients,
      spreadText(lookUp, 2),
      spreadText(decision, 2),
    ]),
  };
}

export function mailboxTable({ messages, octetsEach, times }: MailboxResults): Table {
  return {
    title: `A mailbox of ${messages.toLocaleString("en")} messages, in ms; open, it holds ${octetsEach.toFixed(0)} octets for each`,
    columns: ["what is done", "median (lowest to highest)", "longest pause of the event loop"],
    rows: times.map(({ act, time, pause }) => [act, spreadText(time, 0), pause.toFixed(0)]),
  };
}

export function pageTable({ rate, pages, alone, beside }: PageResults): Table {
  const share = (beside.median / alone.median).toFixed(2);
  return {
    title: `The operator's page, at ${rate.toLocaleString("en")} messages a second`,
    columns: ["what", "median (lowest to highest)"],
    rows: [
      ...pages.map(({ path, time }) => [`${path}, ms`, spreadText(time, 1)]),
      ["relayed/s, kept connections, 10 clients, without the page", spreadText(alone, 0)],
      [`... with it open (${share} times that)`, spreadText(beside, 0)],
    ],
  };
}

export function processorTable(results: readonly ProcessorResult[]): Table {
  return {
    title: "Processor time of a message, in µs, all threads together: median (lowest to highest)",
    columns: ["connections", "clients", "here", "there", "here / there", "relayed/s, here / there"],
    rows: results.map(({ connections, sessions, here, there }) => [
      connections,
      String(sessions),
      spreadText(here.processor, 0),
      spreadText(there.processor, 0),
      (here.processor.median / there.processor.median).toFixed(2),
      (here.relay.median / there.relay.median).toFixed(2),
    ]),
  };
}

export function queueTable(results: QueueResults): Table {
  const { dead, live, start } = results;
  return {
    title: `A queue of ${dead.toLocaleString("en")} messages for a dead host, and ${live.toLocaleString("en")} behind them for one that works`,
    columns: ["what", "value"],
    rows: [
      ["until the sink has the live ones", secondsText(results.liveAfter)],
      [
        "1,000 more that come by SMTP while the others stand in line",
        secondsText(results.comingAfter),
      ],
      ["until all others stand in line", secondsText(results.linedAfter)],
      ["connections to the dead host, in all", String(results.attempts)],
      ["… and at once", String(results.mostAtOnce)],
      ["memory at most", `${megabytes(results.memory)} MB`],
      [`start with ${start.messages.toLocaleString("en")} messages`, secondsText(start.ready)],
      ["memory then", `${megabytes(start.memoryThen)} MB`],
      ["memory at most, in half a minute", `${megabytes(start.memoryPeak)} MB`],
      ["the store on disk", `${megabytes(start.disk)} MB`],
    ],
  };
}

export function grantTable({ decisions, times, memory }: GrantResults): Table {
  const kept = memory < 1 ? "" : `; a grant takes ${Math.round(memory)} octets`;
  return {
    title: `Facts and decision with roaming grants, in µs: median (lowest to highest of ${decisions.toLocaleString("en")})${kept}`,
    columns: ["live grants", "client", "facts and decision"],
    rows: times.map(({ grants, clients, decision }) => [
      grants.toLocaleString("en"),
      clients,
      spreadText(decision, 2),
    ]),
  };
}

function spreadText({ median, min, max }: Spread, digits: number): string {
  const text = (value: number) =>
    value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  return `${text(median)} (${text(min)} to ${text(max)})`;
}

function ratio(value: number | undefined, by: number | undefined): string {
  return value === undefined || by === undefined ? "–" : `${(value / by).toFixed(1)} ×`;
}

function megabytes(octets: number): string {
  return (octets / 1e6).toFixed(1);
}

function secondsText(value: number): string {
  return `${value.toFixed(1)} s`;
}
