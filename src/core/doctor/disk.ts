// Is there a place for the mail: room, a disk that syncs in time, and nobody else who may look?

import { type Finding, ok, problem, warning } from "./finding.ts";

export interface DiskFacts {
  /** The data folder. */
  readonly path: string;
  /** What is wrong with whose it is and who may look, with what to do. */
  readonly trouble: string | undefined;
  readonly room: RoomFacts | { readonly unknown: string };
}

export interface RoomFacts {
  /** Octets that this program may still write. */
  readonly free: number;
  /** It is kept in memory alone. */
  readonly isMemory: boolean;
  /** Milliseconds of the middle one of some writes with a sync; or why nothing could be written. */
  readonly sync: { readonly median: number } | { readonly unknown: string };
}

const mebi = 2 ** 20;
const gibi = 2 ** 30;
const tooLittle = 100 * mebi;
const little = gibi;
/** In ms; every acknowledged message waits for one sync. */
const slow = 50;

export function judgeDisk({ path, trouble, room }: DiskFacts): readonly Finding[] {
  const owner =
    trouble === undefined
      ? []
      : [problem(trouble, { why: "the server does not start on a data folder like that" })];
  if ("unknown" in room) {
    return [
      ...owner,
      problem(`${path}: ${room.unknown}`, {
        why: "mail, accounts and keys are kept there",
        remedy: "mend it, or name another folder in `data:`",
      }),
    ];
  }
  const found = [...owner, ...judgeRoom(path, room), ...judgeSync(path, room)];
  if (found.length > 0) return found;
  const time = "median" in room.sync ? `, and a sync takes ${formatMs(room.sync.median)}` : "";
  return [ok(`${path}: ${formatOctets(room.free)} are free${time}`)];
}

function judgeRoom(path: string, { free, isMemory }: RoomFacts): readonly Finding[] {
  const found: Finding[] = [];
  if (isMemory) {
    found.push(
      warning(`${path} lies in memory (tmpfs)`, {
        why: "mail that was acknowledged is gone with the next start of the machine",
        remedy: "name a folder on a disk in `data:`",
      }),
    );
  }
  if (free < little) {
    found.push(
      (free < tooLittle ? problem : warning)(`${path}: only ${formatOctets(free)} are free`, {
        why: "with a full disk all mail is put off (452)",
        remedy: "make room, or name another folder in `data:`",
      }),
    );
  }
  return found;
}

function judgeSync(path: string, { sync }: RoomFacts): readonly Finding[] {
  if ("unknown" in sync) {
    return [
      warning(`${path}: nothing could be written there to see how fast it is: ${sync.unknown}`, {
        remedy: "run this as the user that the server works as, or as root",
      }),
    ];
  }
  if (sync.median <= slow) return [];
  return [
    warning(`${path}: a sync takes ${formatMs(sync.median)}`, {
      why: "each message is acknowledged after a sync, so clients wait that long",
      remedy: "put `data:` on a local disk, better a solid one",
    }),
  ];
}

function formatMs(ms: number): string {
  return ms < 10 ? `${Math.max(0.1, Math.round(ms * 10) / 10)} ms` : `${Math.round(ms)} ms`;
}

function formatOctets(octets: number): string {
  if (octets >= 10 * gibi) return `${Math.floor(octets / gibi)} GiB`;
  if (octets >= gibi) return `${Math.floor((octets / gibi) * 10) / 10} GiB`;
  return `${Math.floor(octets / mebi)} MiB`;
}
