// A DNS server on loopback for tests: it answers over UDP from a table of records, and can be told
// to fail. Authoritative enough for a stub resolver (RFC 1035), and nothing more.

import { createSocket } from "node:dgram";
import { once } from "node:events";
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
  readonly CNAME?: string;
  /** Seconds; 60 if absent. */
  readonly ttl?: number;
  /** Instead of an answer: none at all, or an error code. */
  readonly fault?: "silence" | "SERVFAIL" | "REFUSED" | "NXDOMAIN";
  /** Milliseconds before the answer. */
  readonly delay?: number;
}

/** Names in lower case, without a dot at the end. A name with an empty table exists and has no
 * records; a name that is not here, and has none below it, is NXDOMAIN. */
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
const types = { A: 1, CNAME: 5, PTR: 12, MX: 15, TXT: 16, AAAA: 28 } as const;
type TypeName = keyof typeof types;
const typeNames = ["A", "CNAME", "PTR", "MX", "TXT", "AAAA"] as const satisfies readonly TypeName[];

export async function startDns(zone: DnsZone): Promise<DnsServer> {
  const table = new Map(Object.entries(zone));
  const queries: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (packet, { address, port }) => {
    const question = readQuestion(packet);
    queries.push(`${typeName(question.type) ?? question.type} ${question.name}`);
    void answer(table, packet, question).then((response) => {
      if (response !== undefined && !closed) socket.send(response, port, address);
    });
  });
  let closed = false;
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    endpoint: { host: "127.0.0.1", port: socket.address().port },
    queries,
    set(name, records) {
      table.set(name, records);
    },
    async close() {
      closed = true;
      const ended = once(socket, "close");
      socket.close();
      await ended;
    },
  };
}

type Table = ReadonlyMap<string, DnsRecords>;

async function answer(
  table: Table,
  packet: Buffer,
  question: Question,
): Promise<Buffer | undefined> {
  const records = table.get(question.name);
  if (records?.delay !== undefined) await delay(records.delay);
  if (records?.fault === "silence") return undefined;
  const found = records?.fault === undefined ? resourceRecords(table, question) : [];
  return Buffer.concat([
    header(packet, responseCode(table, question), found.length),
    question.octets,
    ...found,
  ]);
}

function responseCode(table: Table, { name }: Question): number {
  const records = table.get(name);
  if (records?.fault !== undefined && records.fault !== "silence")
    return responseCodes[records.fault];
  const exists = records !== undefined || [...table.keys()].some((key) => key.endsWith(`.${name}`));
  return exists ? 0 : responseCodes.NXDOMAIN;
}

/** Header of a response to `packet`: recursion is claimed, there are no further sections. */
function header(packet: Buffer, code: number, answers: number): Buffer {
  const octets = Buffer.alloc(12);
  packet.copy(octets, 0, 0, 2);
  octets.writeUInt16BE(0x8580 | code, 2);
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
  const records = table.get(name);
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
      return (records.TXT ?? []).map((text) =>
        Buffer.concat([Buffer.from([Buffer.byteLength(text)]), Buffer.from(text)]),
      );
    case "PTR":
      return (records.PTR ?? []).map(encodeName);
    case "CNAME":
      return records.CNAME === undefined ? [] : [encodeName(records.CNAME)];
  }
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
