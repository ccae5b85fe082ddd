import { printable } from "../core/smtp/reply.ts";

/** What a command has to say, on standard output. */
export function print(text: string): void {
  process.stdout.write(text);
}

export function printJson(value: unknown): void {
  print(`${JSON.stringify(value, null, 2)}\n`);
}

/** What went wrong quotes what was typed, or what another program said, which may be anything. */
export function printableLines(text: string): string {
  return text.split("\n").map(printable).join("\n");
}
