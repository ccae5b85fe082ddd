// One zone, asked about the clients of one IP version: its look-ups, its health, its figures.

import type { AddressLookup } from "../../core/blocklist/answer.ts";
import {
  afterTest,
  faultShown,
  type Health,
  testPoints,
  untilNextTest,
} from "../../core/blocklist/health.ts";
import { queryName } from "../../core/blocklist/query-name.ts";
import type { Endpoint } from "../../core/config/settings.ts";
import type { Domain } from "../../core/mail/domain.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { type BlocklistResolver, createBlocklistResolver } from "../../io/dns/blocklist.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Log } from "../log.ts";
import { createFigures, type FiguresRead } from "./figures.ts";

export interface ZoneOptions {
  readonly servers: readonly Endpoint[];
  /** Milliseconds for an answer. */
  readonly timeout: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface ZoneReport extends FiguresRead {
  readonly zone: Domain;
  readonly family: "IPv4" | "IPv6";
  readonly health: Health;
  /** UTC milliseconds; null before the first test is over. */
  readonly lastTest: number | null;
  /** Answers that were given from memory. */
  readonly remembered: number;
}

/** Questions at once in one zone, so that a silent one holds no more sockets than this, twice. */
const concurrency = 100;

/** What is odd prompts a test, but not more often than this, in ms. */
const promptedEvery = 60_000;

export class Zone {
  readonly #name: Domain;
  readonly #version: IpAddress["version"];
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #resolver: BlocklistResolver;
  readonly #figures = createFigures();
  #health: Health = { state: "untested" };
  #running: Promise<void> | undefined;
  #lastTest: number | null = null;
  /** Monotonic ms. */
  #tested = -Infinity;
  #looked = 0;
  #testQuestions = 0;

  constructor(name: Domain, version: IpAddress["version"], options: ZoneOptions) {
    const { servers, timeout, clock, log } = options;
    this.#name = name;
    this.#version = version;
    this.#clock = clock;
    this.#log = log;
    this.#resolver = createBlocklistResolver({
      servers,
      timeout,
      concurrency,
      now: clock.elapsed,
      onAsked: (latency) => this.#figures.asked(latency),
    });
  }

  /** What the zone has under a client's address; nothing is known while it is set aside. Before the first
   * test is over, both are asked at once. Never rejects. */
  async look(client: IpAddress): Promise<AddressLookup> {
    const untested = this.#health.state === "untested" ? this.test() : undefined;
    const before = this.#setAside();
    if (before !== undefined) return before;
    const found = await this.#resolver.addresses(queryName(client, this.#name));
    this.#looked++;
    await untested;
    // A listing prompts a test, too: a list that begins to list the world must not have an hour for it.
    if (found.kind !== "none") this.#prompt();
    return this.#setAside() ?? found;
  }

  /** The zone's explanation why it lists a client. Never rejects. */
  reason(client: IpAddress): Promise<string | undefined> {
    return this.#resolver.reason(queryName(client, this.#name));
  }

  /** Asks for the test points, unless they are being asked for already. Never rejects. */
  test(): Promise<void> {
    this.#running ??= this.#test().finally(() => (this.#running = undefined));
    return this.#running;
  }

  /** Tests, if it is time to. */
  testIfDue(): void {
    const due = this.#tested + untilNextTest(this.#health);
    if (this.#clock.elapsed() >= due) void this.test();
  }

  report(): ZoneReport {
    const figures = this.#figures.read();
    return {
      zone: this.#name,
      family: this.#version === 4 ? "IPv4" : "IPv6",
      health: this.#health,
      lastTest: this.#lastTest,
      remembered: Math.max(0, this.#looked - (figures.questions - this.#testQuestions)),
      ...figures,
    };
  }

  close(): void {
    this.#resolver.close();
  }

  #setAside(): AddressLookup | undefined {
    if (this.#health.state !== "set-aside") return undefined;
    return { kind: "unknown", why: `set aside, because ${this.#health.why}` };
  }

  #prompt(): void {
    if (this.#clock.elapsed() >= this.#tested + promptedEvery) void this.test();
  }

  async #test(): Promise<void> {
    this.#tested = this.#clock.elapsed();
    const { listed, unlisted } = testPoints(this.#version);
    const [yes, no] = await Promise.all(
      [listed, unlisted].map((point) => this.#resolver.addressesNow(queryName(point, this.#name))),
    );
    this.#testQuestions += 2;
    const fault = yes && no && faultShown(yes, no);
    this.#lastTest = this.#clock.now();
    const before = this.#health;
    this.#health = afterTest(before, fault, this.#lastTest);
    if (this.#health.state !== before.state) this.#tell(before);
  }

  #tell(before: Health): void {
    const { zone, family } = this.report();
    const fields = { zone, family };
    if (this.#health.state === "set-aside") {
      // What it said in this state must not be taken for true later.
      this.#resolver.forget();
      const { why } = this.#health;
      this.#log.warn(
        { event: "blocklist-set-aside", ...fields, why },
        `the blocklist ${zone} is set aside for ${family} clients: ${why}`,
      );
    } else if (before.state === "set-aside") {
      this.#log.info(
        { event: "blocklist-taken-back", ...fields },
        `the blocklist ${zone} is in order again for ${family} clients`,
      );
    }
  }
}
