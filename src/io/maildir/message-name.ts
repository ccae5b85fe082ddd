// What the file name of a message in a Maildir says (maildir(5), and the fields that Dovecot and
// Courier put into it): `SECONDS.UNIQUE.HOST,S=STORED,W=SENT:2,FLAGS`.

/** Where a message lies in its mailbox: `new/NAME` or `cur/NAME`. One character stands for one octet
 * (ISO 8859-1), for names are octets, and not always UTF-8. */
export type Place = string;

/** Of `new/` and of `cur/`. */
const directoryLength = 4;

/** What stays of a name when flags change and when the message moves from `new` to `cur`. */
export function baseOf(place: Place): string {
  const colon = place.indexOf(":");
  return place.slice(place.indexOf("/") + 1, colon === -1 ? undefined : colon);
}

/** Whether two places have the same base, found out without cutting it out of them. */
export function haveOneBase(one: Place, other: Place): boolean {
  const endsAt = (place: Place, at: number) => at === place.length || place[at] === ":";
  let at = directoryLength;
  while (!endsAt(one, at) && one.charCodeAt(at) === other.charCodeAt(at)) at++;
  return endsAt(one, at) && endsAt(other, at);
}

/** When the message was delivered, in seconds, as its name says; 0 for a name that does not. */
export function secondsOf(place: Place): number {
  return Number(/^[a-z]+\/([0-9]{1,15})/.exec(place)?.[1] ?? 0);
}

/** Octets of the message when every line is ended by CR LF, where the name says so. */
export function sentOctetsOf(place: Place): number | undefined {
  const digits = /^[^:]*?,W=([0-9]{1,15})(?=[,:]|$)/.exec(place)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Where the message lies once somebody has seen it: in `cur`, with the flag S. Flags stand in ASCII
 * order. Info of another kind than `2,` is nobody's to change: undefined for a message that stays
 * where it is. */
export function seenPlaceOf(place: Place): Place | undefined {
  const base = baseOf(place);
  const info = place.slice(place.indexOf("/") + 1 + base.length);
  const flags = info === "" ? "" : /^:2,([^,]*)$/.exec(info)?.[1];
  if (flags === undefined) return place.startsWith("new/") ? `cur/${base}${info}` : undefined;
  const seen = [...new Set(`${flags}S`)].toSorted().join("");
  const target = `cur/${base}:2,${seen}`;
  return target === place ? undefined : target;
}
