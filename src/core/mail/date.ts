// Dates as header fields carry them (RFC 5322 §3.3). We write UTC always.

/** `Sun, 22 Nov 2026 10:11:12 +0000` for a time in UTC milliseconds. */
export function formatDate(utcMs: number): string {
  // ECMAScript fixes the form of toUTCString: it differs from RFC 5322 in the zone alone.
  // oxlint-disable-next-line no-restricted-globals -- the time is given; no clock is read
  return new Date(utcMs).toUTCString().replace("GMT", "+0000");
}
