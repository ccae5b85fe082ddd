// Rules files and clients, made up so that they meet: few different octets and names, every form of
// an address, every way to quote.

import { between, type Random } from "../faults/support/random.ts";

export interface Client {
  readonly address: string;
  readonly name: string | undefined;
}

const octets = ["0", "1", "2", "10", "127", "254", "255"];
const names = ["mail.example.net", "www.example.net", "example.net", "a.b.example.org", "org"];
const suffixes = [".example.net", ".net", ".b.example.org", ".example.org", ".org", ".nope"];
const values = ["", "x", "a:b", "a,b", "-go away", "1000000", "it's", 'say "no"', "a=b", "\xe9"];
const variables = ["RELAYCLIENT", "RBLSMTPD", "DATABYTES", "OTHER", "", " X"];
const quotes = [`"`, "'", "/", "|", "x", ",", "="];
const odd = ["", "#1.:allow", "no colon", " ", "\t", "# :deny", "a,b:allow", "1.2.3.0/24:deny"];

function pick<Value>(random: Random, from: readonly Value[]): Value {
  const value = from[between(random, 0, from.length - 1)];
  if (value === undefined) throw new Error("there is nothing to pick from");
  return value;
}

/** A rules file that tcprules takes. */
export function ruleSet(random: Random): string {
  const lines = Array.from({ length: between(random, 0, 25) }, () => line(random));
  return lines.join("\n") + pick(random, ["\n", "", "\n\n"]);
}

function line(random: Random): string {
  if (random() < 0.1) return pick(random, odd);
  const blanks = random() < 0.1 ? "  \t" : "";
  return `${address(random)}:${instruction(random)}${blanks}`;
}

function address(random: Random): string {
  const octet = () => pick(random, octets);
  const range = () => `${between(random, 0, 260)}-${between(random, 0, 300)}`;
  switch (between(random, 0, 13)) {
    case 0:
    case 1:
      return [octet(), octet(), octet(), octet()].join(".");
    case 2:
      return `${octet()}.${octet()}.${octet()}.${range()}`;
    case 3:
      return `${octet()}.${octet()}.${octet()}.`;
    case 4:
      return `${octet()}.${octet()}.`;
    case 5:
      return `${octet()}.`;
    case 6:
      return `${octet()}.${range()}.`;
    case 7:
      return `${octet()}.${range()}.${octet()}.`;
    case 8:
      return `=${pick(random, names)}`;
    case 9:
      return `=${pick(random, suffixes)}`;
    case 10:
      return pick(random, ["=", "", `${range()}.`, `-${octet()}`]);
    case 11:
      return `joe@${pick(random, ["", "=", "=.net", "10.1.2.3"])}`;
    case 12:
      return pick(random, ["1.2.3", "01.2.3.4", "mail.example.net", "=MAIL.example.net", "1 .2."]);
    default:
      return `${octet()}.${octet()}.${octet()}.${octet()}`;
  }
}

function instruction(random: Random): string {
  const word = random() < 0.3 ? "deny" : "allow";
  const settings = Array.from({ length: between(random, 0, 3) }, () => {
    const value = pick(random, values);
    const quote = pick(
      random,
      quotes.filter((one) => !value.includes(one)),
    );
    return `,${pick(random, variables)}=${quote}${value}${quote}`;
  });
  return word + settings.join("");
}

export function client(random: Random): Client {
  const octet = () => pick(random, octets);
  return {
    address: [octet(), octet(), octet(), octet()].join("."),
    name: random() < 0.5 ? pick(random, names) : undefined,
  };
}
