// Blocklists: rblsmtpd's options in the run scripts, or Mail::Toaster's settings.

import { readDomain } from "../config/values/name.ts";
import type { Domain } from "../mail/domain.ts";
import type { DraftBlocklist, From } from "./draft.ts";
import { type At, quote, type Report } from "./report.ts";
import { blocklistOptions, type Service } from "./services.ts";
import type { Toaster } from "./toaster.ts";
import { isOn, readWatcher, type WatcherSetting } from "./watcher.ts";

/** Lists that are known to have ended; the name's own end counts. What else is silent is found out by
 * the tests that the server makes of each list. */
const ended: Readonly<Record<string, string>> = {
  "rfc-ignorant.org": "it ended in 2012",
  "ordb.org": "it ended in 2006, and then listed everybody",
  "dsbl.org": "it ended in 2008",
  "njabl.org": "it ended in 2013",
  "sorbs.net": "it ended in 2024",
  "sbl-xbl.spamhaus.org": "zen.spamhaus.org took its place",
  "cbl.abuseat.org": "it is part of zen.spamhaus.org",
  "korea.services.net": "it ended",
};

interface Written {
  readonly text: string;
  readonly at: At;
}

interface Lists {
  readonly block: readonly Written[];
  readonly allow: readonly Written[];
  /** rblsmtpd's -c */
  readonly failClosed: At | undefined;
}

export function findBlocklists(
  toaster: Toaster,
  services: readonly Service[],
  report: Report,
): readonly From<DraftBlocklist>[] {
  const { block, allow, failClosed } = findLists(toaster, services);
  const listed = zonesOf(block, report);
  if (listed.size === 0) {
    for (const { text, at } of allow) {
      report.leftOut(at, `the allow list ${quote(text)} has no use without a blocklist`);
    }
    return [];
  }
  if (failClosed !== undefined) {
    report.translated(
      failClosed,
      "-c: a list without an answer listed everybody; here it counts nothing, unless its `fail` is closed",
    );
  }
  for (const [zone, at] of listed) report.taken(at, `blocklists: ${zone}`);
  const allowed = zonesOf(allow, report);
  for (const [zone, at] of allowed) {
    const score = -listed.size;
    report.translated(
      at,
      `blocklists: the allow list ${zone}, with a score of ${score} against all others together`,
    );
  }
  return [
    ...[...listed].map(([zone, at]) => ({ value: { zone, score: 1 }, at })),
    ...[...allowed].map(([zone, at]) => ({ value: { zone, score: -listed.size }, at })),
  ];
}

/** What the scripts say is what ran. */
function findLists(toaster: Toaster, services: readonly Service[]): Lists {
  const ran = services.filter(({ blocklists }) => blocklists !== undefined);
  if (ran.length > 0) return fromOptions(ran);
  const file = toaster.control.get("blacklists");
  if (file !== undefined) {
    const words = file.text.split(/\s+/).filter((word) => word !== "");
    return fromOptions([{ blocklists: blocklistOptions(words), at: { path: file.path } }]);
  }
  return fromWatcher(readWatcher(toaster.watcher));
}

function fromOptions(services: readonly Pick<Service, "blocklists" | "at">[]): Lists {
  const all = services.flatMap(({ blocklists = [], at }) =>
    blocklists.map((text) => ({ text, at })),
  );
  const behind = (option: string) =>
    all.flatMap(({ text, at }) => (text.startsWith(option) ? [{ text: text.slice(2), at }] : []));
  return { block: behind("-r"), allow: behind("-a"), failClosed: behind("-c")[0]?.at };
}

function fromWatcher(settings: ReadonlyMap<string, WatcherSetting>): Lists {
  const chosen = (prefix: "rbl" | "rwl"): readonly Written[] =>
    isOn(settings.get(`${prefix}_enable`))
      ? [...settings].flatMap(([name, setting]) =>
          name.startsWith(`${prefix}_`) && name.includes(".") && /^[1-9][0-9]*$/.test(setting.value)
            ? [{ text: name.slice(prefix.length + 1), at: setting.at }]
            : [],
        )
      : [];
  const closed = settings.get("rbl_enable_fail_closed");
  return {
    block: chosen("rbl"),
    allow: chosen("rwl"),
    failClosed: isOn(closed) ? closed?.at : undefined,
  };
}

/** `zone`, or `zone:message` as a patch has it. */
function zonesOf(written: readonly Written[], report: Report): ReadonlyMap<Domain, At> {
  const zones = new Map<Domain, At>();
  for (const { text, at } of written) {
    const [name = "", message] = text.split(/:(.*)/s);
    const zone = readDomain(name);
    if (!zone.ok) {
      report.operator(at, `${quote(name)} is no blocklist's name, so it is left out`);
      continue;
    }
    const why = whyEnded(zone.value);
    if (why !== undefined) report.leftOut(at, `the blocklist ${zone.value}: ${why}`);
    else if (!zones.has(zone.value)) zones.set(zone.value, at);
    if (message !== undefined && why === undefined) {
      report.leftOut(at, `the message for ${zone.value}: the list's own reason is told`);
    }
  }
  return zones;
}

function whyEnded(zone: Domain): string | undefined {
  const found = Object.entries(ended).find(([name]) => zone === name || zone.endsWith(`.${name}`));
  return found?.[1];
}
