// Dates as header fields carry them (RFC 5322 §3.3). We write UTC always.

/** `Sun, 22 Nov 2026 10:11:12 +0000` for a time in UTC milliseconds. */
export function formatDate(utcMs: number): string {
  // ECMAScript fixes the form of toUTCString: it differs from RFC 5322 in the zone alone.
  // oxlint-disable-next-line no-restricted-globals -- the time is given; no clock is read
  return new Date(utcMs).toUTCString().replace("GMT", "+0000");
}

const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i;

/** Reads `2026-11-22T10:11:12Z` or `2026-11-22T11:11:12.5+01:00` (RFC 3339 §5.6).
 * @returns UTC milliseconds; undefined where it is none */
export function parseDateTime(text: string): number | undefined {
  if (!dateTime.test(text)) return undefined;
  // oxlint-disable-next-line no-restricted-globals -- as above
  const utcMs = Date.parse(text.toUpperCase());
  return Number.isNaN(utcMs) ? undefined : utcMs;
}

/** `2026-11-22T10:11:12Z` */
export function formatDateTime(utcMs: number): string {
  // oxlint-disable-next-line no-restricted-globals -- as above
  return new Date(utcMs).toISOString().replace(/\.\d+Z$/, "Z");
}
