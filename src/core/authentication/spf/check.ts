// Whether a domain lets a client send its mail: check_host() of RFC 7208 §4.

import { formatIp, type IpAddress, parseIp, prefixContains } from "../../mail/ip.ts";
import { reverseName } from "../../mail/reverse-name.ts";
import type { Result } from "../../result.ts";
import { expandMacros, type MacroValues } from "./macros.ts";
import {
  isSpfRecord,
  parseSpfRecord,
  type PrefixLengths,
  type SpfMechanism,
  type SpfQualifier,
  type SpfRecord,
} from "./record.ts";

/** Each returns no records where there are none; the problem says why nobody knows. */
export interface SpfQuestions {
  readonly texts: (name: string) => Promise<Result<readonly string[], string>>;
  readonly exchanges: (name: string) => Promise<Result<readonly string[], string>>;
  /** Addresses of one family. */
  readonly addresses: (name: string, version: 4 | 6) => Promise<Result<readonly string[], string>>;
  readonly names: (reversed: string) => Promise<Result<readonly string[], string>>;
}

export interface SpfSubject {
  readonly client: IpAddress;
  /** What the client calls itself. */
  readonly hello: string;
  /** Of the envelope; `postmaster` at the hello for one that is null (§2.4). */
  readonly sender: { readonly local: string; readonly domain: string };
}

export interface SpfVerdict {
  readonly result: SpfQualifier | "none" | "temperror" | "permerror";
  /** For people, where there is something to say. */
  readonly why?: string;
}

/** Terms that ask the DNS, in all records together (§4.6.4). */
const mostTerms = 10;
/** Questions that came to nothing. */
const mostVoid = 2;
/** Hosts of one MX term, and names of the client. */
const mostNames = 10;

/** Ends the evaluation with this verdict, wherever it stands. */
class Conclusion extends Error {
  readonly verdict: SpfVerdict;

  constructor(result: SpfVerdict["result"], why: string) {
    super(why);
    this.verdict = { result, why };
  }
}

/** Never rejects where the questions do not. */
export async function checkSpf(subject: SpfSubject, questions: SpfQuestions): Promise<SpfVerdict> {
  try {
    return await new Evaluation(subject, questions).checkHost(subject.sender.domain);
  } catch (error) {
    if (error instanceof Conclusion) return error.verdict;
    throw error;
  }
}

class Evaluation {
  readonly #subject: SpfSubject;
  readonly #questions: SpfQuestions;
  #terms = 0;
  #voids = 0;
  /** Asked once. */
  #clientNames: Promise<readonly string[]> | undefined;

  constructor(subject: SpfSubject, questions: SpfQuestions) {
    this.#subject = subject;
    this.#questions = questions;
  }

  async checkHost(domain: string): Promise<SpfVerdict> {
    if (!isName(domain)) return { result: "none", why: `${domain} is no domain name` };
    const record = await this.#recordOf(domain);
    if (record === undefined) return { result: "none" };
    for (const { qualifier, mechanism } of record.directives) {
      // oxlint-disable-next-line no-await-in-loop -- the first that matches decides
      if (await this.#matches(mechanism, domain)) return { result: qualifier };
    }
    if (record.redirect === undefined) return { result: "neutral" };
    this.#countTerm();
    const verdict = await this.checkHost(await this.#expand(record.redirect, domain));
    if (verdict.result === "none") throw new Conclusion("permerror", "a redirect leads nowhere");
    return verdict;
  }

  async #recordOf(domain: string): Promise<SpfRecord | undefined> {
    const records = this.#known(await this.#questions.texts(domain)).filter(isSpfRecord);
    const [text, ...more] = records;
    if (text === undefined) return undefined;
    if (more.length > 0) throw new Conclusion("permerror", `${domain} has several records`);
    const record = parseSpfRecord(text);
    if (!record.ok) throw new Conclusion("permerror", `${domain}: ${record.problem}`);
    return record.value;
  }

  async #matches(mechanism: SpfMechanism, domain: string): Promise<boolean> {
    switch (mechanism.kind) {
      case "all":
        return true;
      case "ip":
        return this.#isInNetwork(mechanism);
      case "include":
        return this.#includes(mechanism.domain, domain);
      case "exists":
        return this.#exists(mechanism.domain, domain);
      case "a":
        return this.#isAddressOf(mechanism, domain);
      case "mx":
        return this.#isExchangeOf(mechanism, domain);
      case "ptr":
        return this.#isNamedIn(mechanism.domain, domain);
    }
  }

  #isInNetwork({ version, address, length }: Extract<SpfMechanism, { kind: "ip" }>): boolean {
    return version === this.#subject.client.version && this.#isWithin(address, length);
  }

  /** §5.2: only a pass there is a match here. */
  async #includes(spec: string, domain: string): Promise<boolean> {
    this.#countTerm();
    const verdict = await this.checkHost(await this.#expand(spec, domain));
    if (verdict.result === "none") throw new Conclusion("permerror", `${spec} has no record`);
    return verdict.result === "pass";
  }

  async #exists(spec: string, domain: string): Promise<boolean> {
    this.#countTerm();
    const name = await this.#expand(spec, domain);
    return (await this.#addresses(name, 4)).length > 0;
  }

  async #isAddressOf(
    { domain: spec, lengths }: Extract<SpfMechanism, { kind: "a" | "mx" }>,
    domain: string,
  ): Promise<boolean> {
    this.#countTerm();
    return this.#hasAddressIn(await this.#expand(spec, domain), lengths);
  }

  async #isExchangeOf(
    { domain: spec, lengths }: Extract<SpfMechanism, { kind: "a" | "mx" }>,
    domain: string,
  ): Promise<boolean> {
    this.#countTerm();
    const name = await this.#expand(spec, domain);
    const hosts = isName(name) ? this.#found(await this.#questions.exchanges(name)) : [];
    if (hosts.length > mostNames) throw new Conclusion("permerror", `${name} has too many hosts`);
    for (const host of hosts) {
      // oxlint-disable-next-line no-await-in-loop -- the first that matches decides
      if (await this.#hasAddressIn(host, lengths)) return true;
    }
    return false;
  }

  async #hasAddressIn(name: string, lengths: PrefixLengths): Promise<boolean> {
    const { version } = this.#subject.client;
    const addresses = await this.#addresses(name, version);
    return addresses.some((text) => {
      const address = parseIp(text);
      return address !== undefined && this.#isWithin(address, lengths[version]);
    });
  }

  #isWithin(address: IpAddress, length: number): boolean {
    return prefixContains({ address, length }, this.#subject.client);
  }

  /** §5.5. */
  async #isNamedIn(spec: string | undefined, domain: string): Promise<boolean> {
    this.#countTerm();
    const target = (await this.#expand(spec, domain)).toLowerCase();
    return (await this.#verifiedNames()).some((name) => isBelow(name, target));
  }

  #verifiedNames(): Promise<readonly string[]> {
    this.#clientNames ??= this.#findNames();
    return this.#clientNames;
  }

  /** What cannot be found out about a name is nothing that it has. */
  async #findNames(): Promise<readonly string[]> {
    const { client } = this.#subject;
    const claimed = await this.#questions.names(reverseName(client));
    if (!claimed.ok) return [];
    const own = formatIp(client);
    const names: string[] = [];
    for (const claim of claimed.value.slice(0, mostNames)) {
      const name = claim.toLowerCase().replace(/\.$/, "");
      // oxlint-disable-next-line no-await-in-loop -- few, and mostly one
      const found = isName(name)
        ? await this.#questions.addresses(name, client.version)
        : undefined;
      if (found?.ok !== true) continue;
      if (found.value.some((text) => formatIp(parseIp(text) ?? client) === own)) names.push(name);
    }
    return names;
  }

  async #expand(spec: string | undefined, domain: string): Promise<string> {
    return spec === undefined ? domain : expandMacros(spec, this.#values(domain));
  }

  #values(domain: string): MacroValues {
    const { client, hello, sender } = this.#subject;
    return { client, hello, sender, domain, clientName: () => this.#bestName(domain) };
  }

  /** §7.3: the name of the domain itself, or one below it, before others. */
  async #bestName(domain: string): Promise<string> {
    const names = await this.#verifiedNames();
    const target = domain.toLowerCase();
    return (
      names.find((name) => name === target) ??
      names.find((name) => isBelow(name, target)) ??
      names[0] ??
      "unknown"
    );
  }

  /** Of what cannot be a name there are none (§4.8). */
  async #addresses(name: string, version: 4 | 6): Promise<readonly string[]> {
    return isName(name) ? this.#found(await this.#questions.addresses(name, version)) : [];
  }

  #known<Found>(answer: Result<readonly Found[], string>): readonly Found[] {
    if (!answer.ok) throw new Conclusion("temperror", answer.problem);
    return answer.value;
  }

  #found<Found>(answer: Result<readonly Found[], string>): readonly Found[] {
    const found = this.#known(answer);
    if (found.length === 0 && ++this.#voids > mostVoid) {
      throw new Conclusion("permerror", "too many names that do not exist");
    }
    return found;
  }

  #countTerm(): void {
    if (++this.#terms > mostTerms) throw new Conclusion("permerror", "too many look-ups");
  }
}

function isBelow(name: string, domain: string): boolean {
  return name === domain || name.endsWith(`.${domain}`);
}

/** More than one label, none of them empty or too long. */
function isName(text: string): boolean {
  const labels = text.split(".");
  return (
    labels.length > 1 &&
    text.length <= 253 &&
    labels.every((label) => label.length > 0 && label.length <= 63)
  );
}
