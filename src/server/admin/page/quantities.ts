// Numbers as pages show them.

/** `1 message`, `1,234 messages` */
export function counted(count: number, noun: string): string {
  return `${count.toLocaleString("en-GB")} ${count === 1 ? noun : `${noun}s`}`;
}

/** In the largest unit that leaves a number of three digits or less. */
export function formatOctets(octets: number): string {
  if (octets < 1000) return `${octets} B`;
  if (octets < 999_500) return `${(octets / 1000).toPrecision(octets < 99_950 ? 2 : 3)} kB`;
  return `${(octets / 1_000_000).toFixed(octets < 9_950_000 ? 1 : 0)} MB`;
}
