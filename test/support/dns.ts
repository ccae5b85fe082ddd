// A DNS server on loopback for tests: it answers from a table of records, over UDP and, where an
// answer is too long for that, over TCP; and it can be told to fail and to lie. Authoritative enough
// for a stub resolver (RFC 1035), and nothing more.

import { createSocket, type Socket as UdpSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { parseIp } from "../../src/core/mail/ip.ts";
import { encodeName, type Question, readQuestion } from "./dns-wire.ts";

export interface DnsRecords {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** Preference and exchange; `[[0, "."]]` is the null MX. */
  readonly MX?: readonly (readonly [number, string])[];
  readonly TXT?: readonly string[];
  readonly PTR?: readonly string[];
  /** Priority, weight, port and target. */
  readonly SRV?: readonly (readonly [number, number, number, string])[];
  readonly CNAME?: string;
  /** Usage, selector, matching type, data. */
  readonly TLSA?: readonly (readonly [number, number, number, Uint8Array])[];
  /** The answer is said to be validated (AD), if all that it follows are. */
  readonly signed?: boolean;
  /** Seconds; 60 if absent. */
  readonly ttl?: number;
  /** Instead of an answer: none at all, or an error code. */
  readonly fault?: "silence" | "SERVFAIL" | "REFUSED" | "NXDOMAIN";
  /** A question with EDNS is taken for no question (FORMERR), as old servers do. */
  readonly knowsNoEdns?: boolean;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** What is sent instead of the honest answer, in this order: lies, doubles, nothing. */
  readonly twist?: (honest: Buffer) => readonly Buffer[] | Promise<readonly Buffer[]>;
}

/** Names in lower case, without a dot at the end. A name with an empty table exists and has no
 * records; a name that is not here, and has none below it, is NXDOMAIN, unless a name such as
 * `*.example.test` above it speaks for it. */
export type DnsZone = Readonly<Record<string, DnsRecords>>;

export interface DnsServer {
  readonly endpoint: { readonly host: string; readonly port: number };
  /** What was asked so far, as `MX example.test`, repeated questions included. */
  readonly queries: readonly string[];
  /** Replaces what is said about one name. */
  set(name: string, records: DnsRecords): void;
  close(): Promise<void>;
}

const responseCodes = { SERVFAIL: 2, NXDOMAIN: 3, REFUSED: 5 } as const;
const formErr = 1;
const types = { A: 1, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28, SRV: 33, TLSA: 52 } as const;
type TypeName = keyof typeof types;
const typeNames = [
  "A",
  "CNAME",
  "PTR",
  "MX",
  "TXT",
  "AAAA",
  "SRV",
  "TLSA",
] as const satisfies readonly TypeName[];

/** Octets of an answer that UDP carries; a longer one is cut, and asked for again over TCP. */
const longestOverUdp = 1232;

/** @param at an IPv4 address and a port; by default 127.0.0.1, and a port that the system chooses. */
export async function startDns(
  zone: DnsZone,
  at: { readonly host: string; readonly port: number } = { host: "127.0.0.1", port: 0 },
): Promise<DnsServer> {
  const table = new Map(Object.entries(zone));
  const queries: string[] = [];
  let closed = false;

  async function respond(packet: Buffer, send: (response: Buffer) => void): Promise<void> {
    const question = readQuestion(packet);
    queries.push(`${typeName(question.type) ?? question.type} ${question.name}`);
    for (const response of await answer(table, packet, question)) if (!closed) send(response);
  }

  const server = createServer((client) => serveTcp(client, respond));
  const socket = await listenOnBoth(server, at);
  socket.on("message", (packet, { address, port }) => {
    void respond(packet, (response) => socket.send(fitForUdp(response), port, address));
  });
  return {
    endpoint: { host: at.host, port: socket.address().port },
    queries,
    set(name, records) {
      table.set(name, records);
    },
    async close() {
      closed = true;
      const ended = [once(socket, "close"), closeServer(server)];
      socket.close();
      await Promise.all(ended);
    },
  };
}

/** The socket for UDP on the port on which the server listens. A port that the system chooses for the one
 * may be taken for the other. */
async function listenOnBoth(
  server: Server,
  at: { readonly host: string; readonly port: number },
): Promise<UdpSocket> {
  for (let tries = 1; ; tries++) {
    const socket = createSocket("udp4").bind(at.port, at.host);
    // oxlint-disable-next-line no-await-in-loop -- one after the other, until one is free
    await once(socket, "listening");
    try {
      // oxlint-disable-next-line no-await-in-loop
      await once(server.listen(socket.address().port, at.host), "listening");
      return socket;
    } catch (error) {
      socket.close();
      if (at.port !== 0 || tries === 20) throw error;
    }
  }
}

/** RFC 1035 §4.2.1: what does not fit is left out, and TC says so. */
function fitForUdp(response: Buffer): Buffer {
  if (response.length <= longestOverUdp) return response;
  const cut = Buffer.concat([response.subarray(0, 12), readQuestion(response).octets]);
  cut.writeUInt8(cut.readUInt8(2) | 0x02, 2);
  cut.writeUInt16BE(0, 6);
  return cut;
}

/** One question a connection is enough here; its length stands before it (RFC 1035 §4.2.2). */
function serveTcp(
  client: Socket,
  respond: (packet: Buffer, send: (response: Buffer) => void) => Promise<void>,
): void {
  let received = Buffer.alloc(0);
  client.on("error", () => client.destroy());
  client.on("data", (octets: Buffer) => {
    received = Buffer.concat([received, octets]);
    if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
    const packet = received.subarray(2, 2 + received.readUInt16BE(0));
    received = received.subarray(2 + packet.length);
    void respond(packet, (response) => {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(response.length);
      client.write(Buffer.concat([length, response]));
    });
  });
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}

type Table = ReadonlyMap<string, DnsRecords>;

async function answer(
  table: Table,
  packet: Buffer,
  question: Question,
): Promise<readonly Buffer[]> {
  const records = recordsOf(table, question.name);
  if (records?.delay !== undefined) await delay(records.delay);
  if (records?.fault === "silence") return [];
  if (records?.knowsNoEdns === true && packet.readUInt16BE(10) > 0) {
    return [Buffer.concat([header(packet, formErr, 0), question.octets])];
  }
  const found = records?.fault === undefined ? resourceRecords(table, question) : [];
  const honest = Buffer.concat([
    header(packet, responseCode(table, question) | validated(table, question), found.length),
    question.octets,
    ...found,
  ]);
  return records?.twist === undefined ? [honest] : records.twist(honest);
}

/** What is said of a name: by itself, or by the nearest wildcard above it (RFC 4592). */
function recordsOf(table: Table, name: string): DnsRecords | undefined {
  const exact = table.get(name);
  if (exact !== undefined) return exact;
  const labels = name.split(".");
  const above = labels.map((_, index) => `*.${labels.slice(index + 1).join(".")}`);
  return above.map((wildcard) => table.get(wildcard)).find((found) => found !== undefined);
}

function responseCode(table: Table, { name }: Question): number {
  const records = recordsOf(table, name);
  if (records?.fault !== undefined && records.fault !== "silence")
    return responseCodes[records.fault];
  const exists = records !== undefined || [...table.keys()].some((key) => key.endsWith(`.${name}`));
  return exists ? 0 : responseCodes.NXDOMAIN;
}

/** The AD bit (RFC 4035 §3.2.3), where all aliases on the way are signed as well. */
function validated(
  table: Table,
  { name, type }: Pick<Question, "name" | "type">,
  steps = 8,
): number {
  const records = recordsOf(table, name);
  if (records?.signed !== true) return 0;
  if (records.CNAME === undefined || type === types.CNAME || steps === 0) return 0x20;
  return validated(table, { name: records.CNAME, type }, steps - 1);
}

/** Header of a response to `packet`: recursion is claimed, there are no further sections. */
function header(packet: Buffer, flags: number, answers: number): Buffer {
  const octets = Buffer.alloc(12);
  packet.copy(octets, 0, 0, 2);
  octets.writeUInt16BE(0x8580 | flags, 2);
  octets.writeUInt16BE(1, 4);
  octets.writeUInt16BE(answers, 6);
  return octets;
}

/** The answer section; aliases are followed, as a recursive server would, for at most 8 steps. */
function resourceRecords(
  table: Table,
  { name, type }: Pick<Question, "name" | "type">,
  steps = 8,
): Buffer[] {
  const records = recordsOf(table, name);
  const asked = typeName(type);
  if (records === undefined || asked === undefined) return [];
  const ttl = records.ttl ?? 60;
  if (records.CNAME !== undefined && asked !== "CNAME") {
    const alias = resourceRecord(name, "CNAME", ttl, encodeName(records.CNAME));
    const target = { name: records.CNAME, type };
    return steps === 0 ? [alias] : [alias, ...resourceRecords(table, target, steps - 1)];
  }
  return recordData(records, asked).map((data) => resourceRecord(name, asked, ttl, data));
}

function recordData(records: DnsRecords, type: TypeName): Buffer[] {
  switch (type) {
    case "A":
    case "AAAA":
      return (records[type] ?? []).map((text) => Buffer.from(parseIp(text)!.octets));
    case "MX":
      return (records.MX ?? []).map(([preference, exchange]) =>
        Buffer.concat([Buffer.from([preference >> 8, preference & 0xff]), encodeName(exchange)]),
      );
    case "TXT":
      return (records.TXT ?? []).map((text) => characterStrings(Buffer.from(text, "latin1")));
    case "PTR":
      return (records.PTR ?? []).map(encodeName);
    case "SRV":
      return (records.SRV ?? []).map(([priority, weight, port, target]) => {
        const fixed = [priority, weight, port].flatMap((value) => [value >> 8, value & 0xff]);
        return Buffer.concat([Buffer.from(fixed), encodeName(target)]);
      });
    case "TLSA":
      return (records.TLSA ?? []).map(([usage, selector, matching, data]) =>
        Buffer.concat([Buffer.from([usage, selector, matching]), data]),
      );
    case "CNAME":
      return records.CNAME === undefined ? [] : [encodeName(records.CNAME)];
  }
}

/** A text in pieces of at most 255 octets, each behind its length (RFC 1035 §3.3.14). */
function characterStrings(text: Buffer): Buffer {
  const pieces: Buffer[] = [];
  for (let at = 0; at === 0 || at < text.length; at += 255) {
    const piece = text.subarray(at, at + 255);
    pieces.push(Buffer.from([piece.length]), piece);
  }
  return Buffer.concat(pieces);
}

function resourceRecord(name: string, type: TypeName, ttl: number, data: Buffer): Buffer {
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(types[type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([encodeName(name), fixed, data]);
}

function typeName(asked: number): TypeName | undefined {
  return typeNames.find((name) => types[name] === asked);
}
