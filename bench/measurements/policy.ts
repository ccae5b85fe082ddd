// How long a decision takes where there are many address rules: the look-up of the client among
// them, and `decide` behind it, one by one.
import { randomInt } from "node:crypto";
import type { IpAddress, Prefix } from "../../src/core/mail/ip.ts";
import { decide } from "../../src/core/policy/decide.ts";
import { known } from "../../src/core/policy/fact.ts";
import type { RelayRequest } from "../../src/core/policy/request.ts";
import { type AddressRules, verdictOf } from "../../src/core/rules/address-rules.ts";
import { RulesBuilder } from "../../src/core/rules/builder.ts";
import { instruct } from "../../src/core/rules/instruction.ts";
import { finish } from "../../src/core/work.ts";
import { spread } from "../statistics.ts";
import type { Spread } from "../statistics.ts";

interface PolicyTimes {
  readonly clients: string;
  /** Microseconds: of the look-up alone, and of the look-up and the decision. */
  readonly lookUp: Spread;
  readonly decision: Spread;
}

export interface PolicyResults {
  readonly rules: number;
  /** Decisions for each kind of client. */
  readonly decisions: number;
  readonly times: readonly PolicyTimes[];
}

const ruleCount = 100_000;
const decisions = 200_000;
/** So that the compiler has done its part. */
const warmUp = 20_000;

const relaying = instruct(false, [{ name: "RELAYCLIENT", value: "" }]);
const denying = instruct(true, []);

export function measurePolicy(): PolicyResults {
  const prefixes = Array.from({ length: ruleCount }, (_, index) => anyPrefix(index));
  const rules = makeRules(prefixes);
  const times = ([4, 6] as const).flatMap((version) => {
    const own = prefixes.filter(({ address }) => address.version === version);
    const within = () => own[randomInt(own.length)]?.address ?? anyAddress(version);
    return [
      measure(`IPv${version}, in some network`, rules, within),
      measure(`IPv${version}, anywhere`, rules, () => anyAddress(version)),
    ];
  });
  return { rules: ruleCount, decisions, times };
}

/** IPv4 and IPv6 by turns; single addresses and networks of every length, nested by chance. */
function anyPrefix(index: number): Prefix {
  const version = index % 2 === 0 ? 4 : 6;
  const length = version === 4 ? randomInt(9, 33) : randomInt(33, 129);
  return { address: anyAddress(version), length };
}

/** IPv6 addresses are all of one /16, as those in use are of few. */
function anyAddress(version: 4 | 6): IpAddress {
  const octets = Array.from({ length: version === 4 ? 4 : 16 }, () => randomInt(256));
  if (version === 6) octets.splice(0, 2, 0x20, 0x01);
  return { version, octets };
}

function makeRules(prefixes: readonly Prefix[]): AddressRules {
  const builder = new RulesBuilder();
  for (const [index, prefix] of prefixes.entries()) {
    const place = { file: "tcp.smtp", line: index + 1, column: 1 };
    const instruction = index % 3 === 0 ? denying : relaying;
    const { address, length } = prefix;
    const isWhole = length === address.octets.length * 8;
    const pattern = isWhole
      ? ({ kind: "address", address } as const)
      : ({ kind: "network", prefix } as const);
    builder.add({ address: "", instruction, place }, [pattern]);
  }
  return finish(builder.finish()).rules;
}

function measure(clients: string, rules: AddressRules, next: () => IpAddress): PolicyTimes {
  const lookUp: number[] = [];
  const decision: number[] = [];
  for (let round = -warmUp; round < decisions; round++) {
    const client = next();
    const begun = process.hrtime.bigint();
    const rule = rules.find(client, undefined);
    const found = process.hrtime.bigint();
    decide(noNetworks, request(client, known(verdictOf(rule))));
    const decided = process.hrtime.bigint();
    if (round < 0) continue;
    lookUp.push(Number(found - begun) / 1000);
    decision.push(Number(decided - begun) / 1000);
  }
  return { clients, lookUp: spread(lookUp), decision: spread(decision) };
}

const noNetworks = { networks: [] };

function request(client: IpAddress, access: RelayRequest["facts"]["access"]): RelayRequest {
  return {
    role: "mx",
    tls: "optional",
    client,
    sender: null,
    recipient: { local: "v", domain: "foreign.example" },
    facts: {
      access,
      login: undefined,
      blocklist: known({ listed: false }),
      limit: known(undefined),
      recipient: known({ kind: "foreign" }),
      grant: known({ kind: "none" }),
    },
  };
}
