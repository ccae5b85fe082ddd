// The blocklists of a running server: who is asked about whom, and the tests that keep them honest.

import type { BlocklistsSettings, Endpoint } from "../../core/config/settings.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Log } from "../log.ts";
import { Inquiry } from "./inquiry.ts";
import { List, type ListReport } from "./list.ts";
import { Zone } from "./zone.ts";

export interface Blocklists {
  /** Asks all lists about a client, now. */
  inquire(client: IpAddress): Inquiry;
  /** The lists that are asked about clients of this IP version. */
  listsFor(version: IpAddress["version"]): readonly List[];
  /** Tests all lists, now. Never rejects. */
  test(): Promise<void>;
  /** Tests the lists whose time has come. */
  testDue(): void;
  report(): readonly ListReport[];
  /** No more tests; what is being asked may end. */
  retire(): void;
  /** Gives up what is being asked, too. */
  close(): void;
}

export interface BlocklistsOptions {
  readonly settings: BlocklistsSettings;
  /** Recursive servers; where there is none, the system's. */
  readonly servers: readonly Endpoint[];
  readonly clock: Clock;
  readonly log: Log;
}

/** Milliseconds between two looks at which tests are due. */
const lookEvery = 10_000;

/** Begins to test the lists at once. */
export function createBlocklists(options: BlocklistsOptions): Blocklists {
  const { settings, servers, clock, log } = options;
  const { threshold, timeout } = settings;
  const zones = new Map<string, Zone>();

  function listOf(entry: BlocklistsSettings["lists"][number], version: 4 | 6): List {
    // Entries that differ in their codes share what the zone has said.
    const key = `${version} ${entry.zone}`;
    const zone = zones.get(key) ?? new Zone(entry.zone, version, { servers, timeout, clock, log });
    zones.set(key, zone);
    return new List(entry, zone);
  }

  const lists = {
    4: settings.lists.map((entry) => listOf(entry, 4)),
    6: settings.lists.filter(({ ipv6 }) => ipv6).map((entry) => listOf(entry, 6)),
  };
  const all = [...zones.values()];
  const testDue = () => all.forEach((zone) => zone.testIfDue());
  const timer = setInterval(testDue, lookEvery);
  timer.unref();
  testDue();

  return {
    inquire: (client) =>
      new Inquiry(client, {
        lists: lists[client.version],
        threshold,
        timeout,
        elapsed: clock.elapsed,
      }),
    listsFor: (version) => lists[version],
    async test() {
      await Promise.all(all.map((zone) => zone.test()));
    },
    testDue,
    report: () => [...lists[4], ...lists[6]].map((list) => list.report()),
    retire: () => clearInterval(timer),
    close() {
      clearInterval(timer);
      for (const zone of all) zone.close();
    },
  };
}
