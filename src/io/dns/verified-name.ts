// A client's name, from its address and back. The names that an address claims are whatever its
// holder wrote there; only one that leads back to the address says something.

import { type Domain, parseDomain } from "../../core/mail/domain.ts";
import { formatIp, type IpAddress, parseIp } from "../../core/mail/ip.ts";
import { reverseName } from "../../core/mail/reverse-name.ts";
import type { Result } from "../../core/result.ts";
import type { Remembered } from "./cache.ts";
import type { LookupProblem } from "./problem.ts";

export type NameAnswer =
  | { readonly kind: "name"; readonly name: Domain }
  /** It has none, or none that leads back. */
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

export interface NameQuestions {
  /** PTR records. */
  names(reversed: Domain): Promise<Result<readonly string[], LookupProblem>>;
  /** Addresses of the client's own family. */
  addresses(name: Domain): Promise<Result<readonly string[], LookupProblem>>;
}

/** Names of one address that are looked at: who has more has them to cost us look-ups. */
const mostNames = 4;
/** Milliseconds for all of it; a client waits for it at its first recipient. */
const patience = 10_000;
/** Node tells no time to live for a name. In ms. */
const lifetime = 60_000;

/** The first name that leads back to the client, in the order of the answer. */
export async function findVerifiedName(
  client: IpAddress,
  questions: NameQuestions,
): Promise<Remembered<NameAnswer>> {
  const late = Promise.withResolvers<NameAnswer>();
  const why = `the client's name was not found within ${patience / 1000} seconds`;
  const timer = setTimeout(() => late.resolve({ kind: "unknown", why }), patience);
  try {
    const answer = await Promise.race([find(client, questions), late.promise]);
    return { answer, lifetime: answer.kind === "unknown" ? 0 : lifetime };
  } finally {
    clearTimeout(timer);
  }
}

async function find(client: IpAddress, questions: NameQuestions): Promise<NameAnswer> {
  const claimed = await questions.names(reverseName(client));
  if (!claimed.ok) return readProblem(claimed.problem);
  const names = claimed.value.flatMap((name) => readHostName(name) ?? []).slice(0, mostNames);
  const found = await Promise.all(
    names.map(async (name) => ({ name, addresses: await questions.addresses(name) })),
  );
  for (const { name, addresses } of found) {
    if (!addresses.ok && addresses.problem.kind === "unknown") return addresses.problem;
    if (addresses.ok && addresses.value.some((address) => isSame(address, client))) {
      return { kind: "name", name };
    }
  }
  return { kind: "none" };
}

function readProblem(problem: LookupProblem): NameAnswer {
  return problem.kind === "unknown" ? problem : { kind: "none" };
}

/** A record can hold anything: numbers, which would be taken for an address, or no name at all. */
function readHostName(text: string): Domain | undefined {
  const name = parseDomain(text.replace(/\.$/, ""));
  return name === undefined || /(^|\.)[0-9]+$/.test(name) ? undefined : name;
}

function isSame(address: string, client: IpAddress): boolean {
  const ip = parseIp(address);
  return ip !== undefined && formatIp(ip) === formatIp(client);
}
