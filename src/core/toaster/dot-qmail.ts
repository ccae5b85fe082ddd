// Delivery instructions: .qmail files (dot-qmail(5)), and lines of vpopmail's table `valias`.

export type Delivery =
  | { readonly kind: "forward"; readonly to: string }
  /** A Maildir's path, without the slash at its end. */
  | { readonly kind: "maildir"; readonly path: string }
  | { readonly kind: "mbox"; readonly path: string }
  | { readonly kind: "program"; readonly command: string };

/** In their order. None: the file has comments alone, and mail for it is thrown away; undefined: the
 * file is empty, and stands for qmail's default delivery. */
export function readDeliveries(text: string): readonly Delivery[] | undefined {
  const lines = text.split("\n").map((line) => line.replace(/[ \t\r]+$/, ""));
  const said = lines.filter((line) => line !== "");
  if (said.length === 0) return undefined;
  return said.flatMap((line) => readDelivery(line) ?? []);
}

function readDelivery(line: string): Delivery | undefined {
  switch (line.charAt(0)) {
    case "#":
      return undefined;
    case "&":
      return { kind: "forward", to: line.slice(1).trim() };
    case "|":
      return { kind: "program", command: line.slice(1).trim() };
    case ".":
    case "/":
      return line.endsWith("/")
        ? { kind: "maildir", path: line.replace(/\/+$/, "") }
        : { kind: "mbox", path: line };
    case "+": // `+list`, which qmail takes no notice of either
      return undefined;
    default:
      return { kind: "forward", to: line.trim() };
  }
}

/** What vpopmail's own delivery does with mail that no user of the domain has: `vdelivermail '' WHAT`. */
export function readCatchAll(command: string): string | undefined {
  return /(?:^|\/)vdelivermail\s+(?:''|"")\s+(\S+)$/.exec(command)?.[1];
}

/** Whether it is vpopmail's own delivery, whatever that does with the rest. */
export function isOwnDelivery(command: string): boolean {
  return /(?:^|\/)vdelivermail(?:\s|$)/.test(command);
}

/** What a program is, where its name says it. */
export function describeProgram(command: string): string {
  if (/\bezmlm/.test(command)) return "a mailing list (ezmlm), which there is none of here";
  if (/\bautorespond\b|\bvacation\b/.test(command)) {
    return "an automatic answer, which there is none of here";
  }
  if (/\bmailman\b/.test(command)) return "a mailing list (mailman), which there is none of here";
  if (/\bmaildrop\b|\bprocmail\b/.test(command)) return "a filter, which there is none of here";
  return "a program, and none is run for mail here";
}
