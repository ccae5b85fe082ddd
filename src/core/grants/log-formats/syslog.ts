// The front of a line as syslog daemons write it: when, on which host, by which program. The rest is
// the program's own text, and only what stands here is known not to come from a stranger.

export interface SyslogLine {
  readonly program: string;
  /** The process; undefined where the program does not say it. */
  readonly pid: string | undefined;
  readonly message: string;
}

/** `Nov 26 09:53:48` (RFC 3164), or `2026-11-26T09:53:48.123456+00:00` (RFC 3339). */
export const time = String.raw`(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)?)`;

// FreeBSD's daemon may put facility and level before the host.
const shape = new RegExp(
  String.raw`^${time} (?:<[\w.]+> )?[\w.:-]+ (?<program>[\w./-]+)(?:\[(?<pid>\d+)\])?: (?<message>.*)$`,
  "u",
);

export function readSyslog(line: string): SyslogLine | undefined {
  const { program, pid, message } = shape.exec(line)?.groups ?? {};
  return program === undefined || message === undefined ? undefined : { program, pid, message };
}
