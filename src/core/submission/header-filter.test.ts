import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetByOctet, octetsRichIn } from "../../../test/support/pieces.ts";
import { findAuthors } from "./authors.ts";
import { createHeaderFilter, type HeaderFindings } from "./header-filter.ts";
import { maxHeaderOctets } from "./header-gate.ts";

const added = { date: "Sun, 22 Nov 2026 10:11:12 +0000", messageId: "<1@mail.example.org>" };
const date = `Date: ${added.date}\r\n`;
const messageId = `Message-ID: ${added.messageId}\r\n`;

interface Filtered {
  readonly octets: Buffer;
  readonly findings: HeaderFindings;
  readonly size: number;
  readonly eightBit: boolean;
}

function filter(pieces: readonly Uint8Array[]): Filtered {
  const passed: Uint8Array[] = [];
  // Slices are good during the call only.
  const filtering = createHeaderFilter(added, (octets) => passed.push(octets.slice()));
  let eightBit = false;
  for (const piece of pieces) {
    filtering.take(piece);
    eightBit ||= piece.some((octet) => octet > 127);
  }
  filtering.finish();
  const traits = filtering.traitsAfter({ size: 0, eightBit });
  return { octets: Buffer.concat(passed), findings: filtering.findings, ...traits };
}

function filterText(text: string): string {
  return filter([Buffer.from(text, "latin1")]).octets.toString("latin1");
}

const complete = "From: a@b.example\r\nDate: x\r\nMessage-ID: <y>\r\n";

function isField(line: string): boolean {
  return /^[!-9;-~]+[ \t]*:/.test(line);
}

/** What is expected, line by line, with the message at hand as a whole. */
function oracle(text: string): string {
  const lines = text.split(/(?<=\r\n)/);
  const found = lines.findIndex(
    (line, index) => line === "\r\n" || !(isField(line) || (index > 0 && /^[ \t]/.test(line))),
  );
  const end = found === -1 || text === "" ? lines.length : found;
  const fields: string[] = [];
  for (const line of lines.slice(0, end)) {
    if (fields.length > 0 && /^[ \t]/.test(line)) fields.push(`${fields.pop()}${line}`);
    else fields.push(line);
  }
  const has = (name: string) =>
    fields.some((field) => new RegExp(`^${name}[ \t]*:`, "i").test(field));
  const kept = fields.filter((field) => !/^(resent-)?bcc[ \t]*:/i.test(field)).join("");
  const more = `${has("date") ? "" : date}${has("message-id") ? "" : messageId}`;
  const lineEnd = kept !== "" && !kept.endsWith("\r\n") && more !== "" ? "\r\n" : "";
  const body = lines.slice(end).join("");
  return `${kept}${lineEnd}${more}${body === "" || body.startsWith("\r\n") ? "" : "\r\n"}${body}`;
}

/** Messages made of what a header filter may stumble over, without a bare CR or LF. */
const messages = octetsRichIn(
  "\r\n",
  "\r\n",
  "\r\n\r\n",
  "From: a@b.example\r\n",
  "Bcc: x\r\n",
  "bcc",
  "Resent-BCC: y",
  ":",
  " ",
  "\t",
  "\r\n ",
  "\r\n\t",
  "Date: d\r\n",
  "DATE",
  "Message-Id: m\r\n",
  "Message-ID",
  ".",

  "Subject: s\r\n",
  "\x80\xff",
  "Bcc: \xc3\xbc\r\n",
  "To : z\r\n",
  "From ",
  "no field\r\n",
  "\0",
).map((octets) => {
  const text = Buffer.from(octets).toString("latin1");
  return text.replaceAll(/\r(?!\n)|(?<!\r)\n/g, "");
});

const folder = fileURLToPath(new URL("../../../test/fixtures/", import.meta.url));
const fixtures = readdirSync(folder).filter((each) => each.endsWith(".eml"));
const headers = [
  ...fixtures.map((name) => readFileSync(`${folder}${name}`, "latin1").slice(0, 2_000)),
  'From: "a" <a@b.example>, c (d) <e@f>\r\nSender: g:;\r\nBcc: h,\r\n i\r\n\r\n',
];

/** Whole numbers below a bound, the same ones each time. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Some octets changed, doubled or taken out, in the header mostly; no bare CR or LF. */
function mutate(text: string, random: (below: number) => number): string {
  let mutated = text;
  for (let changes = random(20); changes >= 0; changes--) {
    const at = random(Math.min(mutated.length, 600));
    const likely = ["\r\n", ":", " ", "\t", "<", ">", '"', "(", ",", ";", "@", "\\", "\0", "\xff"];
    const [from, to] = [at + random(2), at + random(30)];
    const between = [likely[random(likely.length)], "", mutated.slice(at, to)][random(3)] ?? "";
    mutated = mutated.slice(0, at) + between + mutated.slice(from);
  }
  return mutated.replaceAll(/\r(?!\n)|(?<!\r)\n/g, "");
}

/** A header of so many octets, with the empty line. */
function long(size: number): string {
  return `${complete}X: ${"x".repeat(size - complete.length - 7)}\r\n\r\n`;
}

describe("the header filter", () => {
  test("does what its oracle says, in whatever pieces a message comes", () => {
    fc.assert(
      fc.property(messages, anyCuts, (text, cuts) => {
        const octets = Buffer.from(text, "latin1");
        const expected = oracle(text);
        const whole = filter([octets]);
        assert.equal(whole.octets.toString("latin1"), expected);
        assert.equal(whole.size, expected.length);
        assert.equal(whole.eightBit, /[\x80-\xff]/.test(expected));
        assert.deepEqual(filter(octetByOctet(octets)), whole);
        assert.deepEqual(filter(inPieces(octets, cuts)), whole);
      }),
      { numRuns: 2000 },
    );
  });

  test("changes nothing in a message that is complete, whatever its body", () => {
    const bodies = octetsRichIn("\r\n", ".\r\n", "Bcc: x\r\n", "\0", "\xff", "From: b@c\r\n");
    fc.assert(
      fc.property(bodies, anyCuts, (body, cuts) => {
        const octets = Buffer.concat([Buffer.from(`${complete}\r\n`), body]);
        assert.deepEqual(filter(inPieces(octets, cuts)).octets, octets);
      }),
    );
  });

  const examples: readonly (readonly [what: string, before: string, after: string])[] = [
    ["an empty body", `${complete}\r\n`, `${complete}\r\n`],
    ["a header only", complete, complete],
    ["a header only, without Date", "From: a\r\n", `From: a\r\n${date}${messageId}`],
    ["a header that is cut off", "From: a", `From: a\r\n${date}${messageId}`],
    ["no header", "\r\nhello\r\n", `${date}${messageId}\r\nhello\r\n`],
    ["nothing at all", "", `${date}${messageId}`],
    ["no final newline", `${complete}\r\nhello`, `${complete}\r\nhello`],
    ["Bcc alone", "Bcc: b", `${date}${messageId}`],
    ["a folded Bcc", `Bcc: b,\r\n c\r\n\td\r\n${complete}\r\n`, `${complete}\r\n`],
    ["a blank before the colon", `BCC \t: b\r\n${complete}\r\n`, `${complete}\r\n`],
    [
      "a name that begins alike",
      `Bccc: b\r\nXBcc: b\r\n${complete}`,
      `Bccc: b\r\nXBcc: b\r\n${complete}`,
    ],
    ["a line that is no field", `${complete}hello\r\n`, `${complete}\r\nhello\r\n`],
    [
      "an mbox's From line",
      "From a@b\r\nFrom: a\r\n",
      `${date}${messageId}\r\nFrom a@b\r\nFrom: a\r\n`,
    ],
    ["a first line that is a next line", " a\r\n", `${date}${messageId}\r\n a\r\n`],
    ["a next line of blanks only", `${complete} \r\nBcc: b\r\n\r\n`, `${complete} \r\n\r\n`],
  ];
  for (const [what, before, after] of examples) {
    test(`deals with ${what}`, () => {
      assert.equal(filterText(before), after);
      assert.equal(filter(octetByOctet(Buffer.from(before))).octets.toString(), after);
    });
  }

  test("finds what From and Sender say, in the header alone", () => {
    const text = "FROM : a@b.example\r\nSender: c\r\n d\r\nFrom: ü\r\n\r\nFrom: x\r\n";
    assert.deepEqual(filter([Buffer.from(text)]).findings, {
      isTooLong: false,
      from: [" a@b.example\r\n", " ü\r\n"],
      sender: [" c\r\n d\r\n"],
    });
    assert.deepEqual(filter([Buffer.from("no field\r\nFrom: x\r\n")]).findings.from, []);
  });

  test("a Bcc beyond ASCII leaves a message that is ASCII", () => {
    const before = "Bcc: zoë@b.example\r\n\r\n";
    assert.equal(filter([Buffer.from(`${before}ascii\r\n`)]).eightBit, false);
    assert.equal(filter([Buffer.from(`${before}grün\r\n`)]).eightBit, true);
    assert.equal(filter([Buffer.from(`Subject: ü\r\n${before}`)]).eightBit, true);
  });

  test("takes a header of 102,400 octets, and nothing of a longer one", () => {
    const fits = Buffer.from(`${long(maxHeaderOctets)}body\r\n`);
    const halves = [fits.subarray(0, 50_000), fits.subarray(50_000)];
    assert.deepEqual(filter([fits]).octets, fits);
    assert.deepEqual(filter(halves).octets, fits);
    const tooLong = Buffer.from(`${long(maxHeaderOctets + 1)}body\r\n`);
    for (const pieces of [[tooLong], octetByOctet(tooLong)]) {
      const { findings, size } = filter(pieces);
      assert.ok(findings.isTooLong);
      assert.equal(size, 0);
    }
    const oneLine = Buffer.alloc(1_000_000, "x");
    assert.ok(filter([oneLine]).findings.isTooLong);
  });

  test("hands on the body without a copy", () => {
    const passed: Uint8Array[] = [];
    const filtering = createHeaderFilter(added, (octets) => passed.push(octets));
    const first = Buffer.from(`${complete}\r\nbody`);
    const second = Buffer.from("more");
    filtering.take(first);
    filtering.take(second);
    filtering.finish();
    assert.ok(passed.every(({ buffer }) => buffer === first.buffer || buffer === second.buffer));
  });

  test("a million mutated octets: nothing is lost, all is read in bounded time", () => {
    const random = seeded(4);
    const started = performance.now();
    for (let octets = 0; octets < 1_000_000;) {
      const text = mutate(headers[random(headers.length)] ?? "", random);
      const { octets: passed, findings } = filter([Buffer.from(text, "latin1")]);
      assert.equal(passed.toString("latin1"), oracle(text));
      findAuthors(findings);
      octets += text.length;
    }
    assert.ok(performance.now() - started < 30_000);
  });

  for (const name of fixtures) {
    test(`does what its oracle says to ${name}`, () => {
      const octets = readFileSync(`${folder}${name}`);
      const expected = oracle(octets.toString("latin1"));
      assert.equal(filter([octets]).octets.toString("latin1"), expected);
      const small = octets.length < 20_000 ? octetByOctet(octets) : inPieces(octets, [0.1, 0.5]);
      assert.equal(filter(small).octets.toString("latin1"), expected);
    });
  }
});
