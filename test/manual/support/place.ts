// Where the world of a page is, and how what the page says is meant there: the machine's folders, ports
// and hosts in its words are a temporary folder, free ports and a sink.

import type { DnsServer } from "../../support/dns.ts";
import type { Sink } from "../../support/sink.ts";

/** What a page says, and what is meant. */
export type Meanings = readonly (readonly [said: string | RegExp, meant: string])[];

export interface Place {
  readonly folder: string;
  readonly ports: Readonly<Record<Port, number>>;
  readonly sink: Sink;
  readonly dns: DnsServer;
  /** Of the ports of a first run. */
  readonly offset: number;
  readonly instead: Meanings;
}

type Port = "mx" | "outside" | "submission" | "pop3" | "admin";

/** Ports and folders of the page become those of the world. */
export function inThisPlace(
  text: string,
  { folder, ports, sink, dns, offset, instead }: Place,
): string {
  const rules: Meanings = [
    ...instead,
    [/^user: .*\n/m, ""],
    [" -o bailiwick", ""],
    [/^( +)via: "smtp\.example\.com:587"$/m, `$1via: "${sink.name}"\n$1tls: off`],
    [/via: "smtp\.example\.com:587"/, `via: "${sink.name}", tls: off`],
    [/, "\[::\]:\d+"/, ""],
    [/\b(0\.0\.0\.0|127\.0\.0\.1|localhost):25\b/, at(ports.mx)],
    [/\b(0\.0\.0\.0|127\.0\.0\.1|localhost):587\b/, at(ports.submission)],
    [/\b(0\.0\.0\.0|127\.0\.0\.1|localhost):110\b/, at(ports.pop3)],
    [/\b(0\.0\.0\.0|127\.0\.0\.1|localhost):8025\b/, at(ports.admin)],
    [/\["0\.0\.0\.0:(465|995)"\]/, `["127.0.0.1:0"]`],
    // As root it would go to the machine's own folders, and take the usual ports.
    ["bailiwick init", `bailiwick init ${firstRun(offset)}`],
    ["sendmail ", "sendmail -C /etc/bailiwick/bailiwick.yaml "],
    ["OUTSIDE", at(ports.outside)],
    ["DNS", at(dns.endpoint.port)],
    [/(?<![\w.])\/(etc\/bailiwick|var\/lib\/bailiwick|home\/vpopmail)/, `${folder}/$1`],
  ];
  return rules.reduce((so, [said, meant]) => so.replaceAll(asPattern(said), meant), text);
}

/** What keeps a first run within the world. */
function firstRun(offset: number): string {
  // Whatever users this machine has.
  const user = process.getuid?.() === 0 ? " --user nobody" : "";
  return `--directory /etc/bailiwick --data /var/lib/bailiwick --listen 127.0.0.1 --port-offset ${offset} --dns DNS --no-outbound${user}`;
}

function at(port: number): string {
  return `127.0.0.1:${port}`;
}

function asPattern(said: string | RegExp): RegExp {
  if (said instanceof RegExp) return new RegExp(said.source, `${said.flags}g`);
  return new RegExp(said.replaceAll(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "g");
}
