// What was found out about where a message comes from, and the field that says so to its readers
// (RFC 8601): Authentication-Results, with our host's name.

/** `none`: there was nothing to check. `temperror`: it could not be found out now. */
export interface MethodResult {
  readonly method: "spf" | "dkim" | "dmarc" | "arc";
  readonly result: string;
  /** For people. */
  readonly comment?: string;
  /** Of what it holds: `smtp.mailfrom`, `header.d` and so on. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/** Octets of a value that is written; what is longer says nothing more to a reader. */
const mostOfValue = 255;

/** The field, folded, ended by CR LF.
 * @param hostname as other hosts know us: the name that readers trust */
export function formatResults(hostname: string, results: readonly MethodResult[]): string {
  if (results.length === 0) return `Authentication-Results: ${hostname}; none\r\n`;
  const said = results.map((result) => `;\r\n\t${formatResult(result).join("\r\n\t ")}`);
  return `Authentication-Results: ${hostname}${said.join("")}\r\n`;
}

/** In lines that each fit into a field's line. */
function formatResult({ method, result, comment, properties }: MethodResult): readonly string[] {
  const words = [
    `${method}=${result}`,
    ...(comment === undefined ? [] : [`(${commentText(comment)})`]),
    ...properties.map(([name, value]) => `${name}=${formatValue(value)}`),
  ];
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && line.length + word.length > 74) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}

/** Foreign text: nothing that could end the comment, or the field. */
function commentText(text: string): string {
  return text
    .replace(/[()\\]/g, " ")
    .replace(/[^ -~]/g, "?")
    .slice(0, mostOfValue)
    .trim();
}

/** A value as it is where RFC 8601 §2.2 allows it so, and in quotes otherwise. */
function formatValue(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  const value = text.replace(/[\u0000-\u001f\u007f]/g, "?").slice(0, mostOfValue);
  if (/^[\w.!#$%&'*+/^`{|}~-]*@?[\w.-]+$/.test(value) && value !== "") return value;
  return `"${value.replace(/["\\]/g, "\\$&")}"`;
}
