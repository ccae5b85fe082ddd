// The look-ups of delivery with what is known of their signatures: MX records, addresses, TLSA records.

import type { Answer } from "dns-packet";
import { type AddressAnswer, interleave } from "../../../core/delivery/addresses.ts";
import type { MxAnswer } from "../../../core/delivery/mx.ts";
import type { TlsaRecord } from "../../../core/dane/tlsa.ts";
import { formatIp, parseIp } from "../../../core/mail/ip.ts";
import { bad, good, type Result } from "../../../core/result.ts";
import { type DnsAnswer, readName } from "./answer.ts";
import { createDnsClient, type DnsClientOptions } from "./client.ts";

type TlsaAnswer =
  /** Signed; at least one. */
  | { readonly kind: "records"; readonly records: readonly TlsaRecord[] }
  /** There are none, or none that anybody has signed. */
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

export interface ValidatedResolver {
  /** MX records of a domain. Never rejects, as all of these. */
  mx(domain: string): Promise<MxAnswer>;
  /** A and AAAA records of a host. */
  addresses(host: string): Promise<AddressAnswer>;
  /** @param name such as `_25._tcp.mx.example.org`. */
  tlsa(name: string): Promise<TlsaAnswer>;
  /** Whether the name is an alias by the signed word of its own zone; the problem is why nobody knows. */
  signedAlias(name: string): Promise<Result<boolean, string>>;
  /** Gives up the questions in flight: their answers are `unknown`. */
  close(): void;
}

export function createValidatedResolver(options: DnsClientOptions): ValidatedResolver {
  const client = createDnsClient(options);
  return {
    mx: async (name) => readMx(await client.ask({ name, type: "MX" })),
    async addresses(name) {
      const [six, four] = await Promise.all([
        client.ask({ name, type: "AAAA" }),
        client.ask({ name, type: "A" }),
      ]);
      return readAddresses(six, four);
    },
    tlsa: async (name) => readTlsa(await client.ask({ name, type: "TLSA" })),
    async signedAlias(name) {
      const answer = await client.ask({ name, type: "CNAME" });
      if (answer.kind === "unknown") return bad(answer.why);
      return good(answer.kind === "records" && answer.isSigned);
    },
    close: () => client.close(),
  };
}

function readMx(answer: DnsAnswer): MxAnswer {
  switch (answer.kind) {
    case "unknown":
      return answer;
    case "no-such-name":
      return { kind: "no-such-domain" };
    case "no-records":
      return { kind: "none", validation: validationOf(answer) };
    case "records":
      return {
        kind: "records",
        records: answer.records.flatMap((record) =>
          record.type === "MX"
            ? [
                {
                  preference: record.data.preference ?? 0,
                  exchange: readName(record.data.exchange),
                },
              ]
            : [],
        ),
        validation: validationOf(answer),
      };
  }
}

/** One family is enough, whatever became of the other's question. */
function readAddresses(six: DnsAnswer, four: DnsAnswer): AddressAnswer {
  const found = [six, four].filter((answer) => answer.kind === "records");
  const [ipv6, ipv4] = [six, four].map((answer) =>
    answer.kind === "records" ? answer.records.flatMap(addressOf) : [],
  );
  const addresses = interleave(ipv6 ?? [], ipv4 ?? []);
  const [first] = found;
  if (first !== undefined && addresses.length > 0) {
    const isSigned = found.every((answer) => answer.isSigned);
    return { kind: "addresses", addresses, validation: { ...validationOf(first), isSigned } };
  }
  const unknown = [six, four].find((answer) => answer.kind === "unknown");
  if (unknown !== undefined) return unknown;
  const isGone = [six, four].some(({ kind }) => kind === "no-such-name");
  return { kind: isGone ? "no-such-host" : "none" };
}

function addressOf(record: Answer): readonly string[] {
  if (record.type !== "A" && record.type !== "AAAA") return [];
  const ip = parseIp(record.data);
  return ip === undefined ? [] : [formatIp(ip)];
}

function readTlsa(answer: DnsAnswer): TlsaAnswer {
  if (answer.kind === "unknown") return answer;
  if (answer.kind !== "records" || !answer.isSigned) return { kind: "none" };
  const records = answer.records.flatMap((record): TlsaRecord[] => {
    if (record.type !== "TLSA") return [];
    const { usage, selector, matchingType: matching, certificate: data } = record.data;
    return [{ usage, selector, matching, data }];
  });
  return { kind: "records", records };
}

function validationOf({
  isSigned,
  canonical,
}: Exclude<DnsAnswer, { kind: "unknown" | "no-such-name" }>) {
  return { isSigned, canonical };
}
