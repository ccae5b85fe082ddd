import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { octetsRichIn } from "../../../test/support/pieces.ts";
import { formatIp, parseIp } from "../mail/ip.ts";
import { parseProxyHeader } from "./header.ts";

const signature = "\r\n\r\n\0\r\nQUIT\n";

/** A binary header, its length field counted where none is given. */
function binary(command: number, family: number, rest: Uint8Array, length = rest.length): Buffer {
  const fixed = Buffer.from([command, family, length >> 8, length & 0xff]);
  return Buffer.concat([Buffer.from(signature, "latin1"), fixed, rest]);
}

function octetsOf(...texts: readonly string[]): Buffer {
  return Buffer.concat(texts.map((text) => Buffer.from(parseIp(text)?.octets ?? [])));
}

const ports = Buffer.from([0xdc, 4, 0, 25]);
const four = Buffer.concat([octetsOf("192.0.2.7", "198.51.100.1"), ports]);
const six = Buffer.concat([octetsOf("2001:db8::7", "2001:db8::1"), ports]);
const mapped = Buffer.concat([
  Buffer.from("00000000000000000000ffffc0000207", "hex"),
  octetsOf("2001:db8::1"),
  ports,
]);
const tlv = Buffer.from([3, 0, 4, 1, 2, 3, 4]);

/** `own`: the proxy's own connection, or one from where there are no addresses. */
const right: readonly (readonly [string, string | Buffer, string])[] = [
  ["version 1, IPv4", "PROXY TCP4 192.0.2.7 198.51.100.1 56324 25\r\n", "192.0.2.7"],
  ["version 1, IPv6", "PROXY TCP6 2001:db8::7 2001:db8::1 56324 25\r\n", "2001:db8::7"],
  ["version 1, IPv4 as IPv6", "PROXY TCP6 ::ffff:192.0.2.7 ::1 1 25\r\n", "192.0.2.7"],
  [
    "version 1, the longest address",
    `PROXY TCP6 ${"ffff:".repeat(7)}ffff ${"ffff:".repeat(7)}ffff 65535 65535\r\n`,
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  ],
  ["version 1, UNKNOWN", "PROXY UNKNOWN\r\n", "own"],
  ["version 1, UNKNOWN with more", "PROXY UNKNOWN 192.0.2.7 1.1.1.1 x y\r\n", "own"],
  ["version 2, IPv4", binary(0x21, 0x11, four), "192.0.2.7"],
  ["version 2, IPv6", binary(0x21, 0x21, six), "2001:db8::7"],
  ["version 2, IPv4 as IPv6", binary(0x21, 0x21, mapped), "192.0.2.7"],
  ["version 2, with further fields", binary(0x21, 0x11, Buffer.concat([four, tlv])), "192.0.2.7"],
  ["version 2, LOCAL", binary(0x20, 0x00, Buffer.alloc(0)), "own"],
  ["version 2, LOCAL with an address", binary(0x20, 0x11, four), "own"],
  ["version 2, LOCAL of an unknown family", binary(0x20, 0x77, tlv), "own"],
  ["version 2, unspecified", binary(0x21, 0x00, tlv), "own"],
  ["version 2, UDP", binary(0x21, 0x12, four), "own"],
  ["version 2, UDP over IPv6", binary(0x21, 0x22, six), "own"],
  ["version 2, a Unix socket", binary(0x21, 0x31, Buffer.alloc(216, "/run/x")), "own"],
  ["version 2, as long as may be", binary(0x21, 0x11, Buffer.alloc(4_096, 1)), "1.1.1.1"],
];

const wrong: readonly (readonly [string, string | Buffer, RegExp])[] = [
  ["SMTP", "EHLO client.example\r\n", /does not begin with a PROXY header/],
  ["a header in small letters", "proxy TCP4 1.1.1.1 1.1.1.1 1 1\r\n", /does not begin/],
  ["a header without its space", "PROXYTCP4", /does not begin/],
  ["nothing behind the word", "PROXY \r\n", /malformed/],
  ["an unknown protocol", "PROXY UDP4 192.0.2.7 192.0.2.1 1 25\r\n", /malformed/],
  ["UNKNOWN with something attached", "PROXY UNKNOWNTCP4\r\n", /malformed/],
  ["a port too few", "PROXY TCP4 192.0.2.7 192.0.2.1 25\r\n", /malformed/],
  ["a word too many", "PROXY TCP4 192.0.2.7 192.0.2.1 1 25 x\r\n", /malformed/],
  ["two spaces", "PROXY TCP4  192.0.2.7 192.0.2.1 1 25\r\n", /malformed/],
  ["a tab", "PROXY TCP4\t192.0.2.7 192.0.2.1 1 25\r\n", /malformed/],
  ["a port beyond 65535", "PROXY TCP4 192.0.2.7 192.0.2.1 65536 25\r\n", /malformed/],
  ["a port with a zero before it", "PROXY TCP4 192.0.2.7 192.0.2.1 01 25\r\n", /malformed/],
  ["IPv6 as TCP4", "PROXY TCP4 2001:db8::7 2001:db8::1 1 25\r\n", /malformed/],
  ["IPv4 as TCP6", "PROXY TCP6 192.0.2.7 192.0.2.1 1 25\r\n", /malformed/],
  ["no address", "PROXY TCP4 localhost 192.0.2.1 1 25\r\n", /malformed/],
  ["an address that might be octal", "PROXY TCP4 010.0.0.1 192.0.2.1 1 25\r\n", /malformed/],
  ["an address with a zone", "PROXY TCP6 fe80::1%eth0 ::1 1 25\r\n", /malformed/],
  ["no destination", "PROXY TCP4 192.0.2.7 x 1 25\r\n", /malformed/],
  ["LF without CR", "PROXY TCP4 192.0.2.7 192.0.2.1 1 25\n", /malformed/],
  ["CR inside", "PROXY TCP4 192.0.2.7\r192.0.2.1 1 25\r\n", /malformed/],
  ["octets beyond ASCII", "PROXY UNKNOWN \u00ff\r\n", /malformed/],
  ["a line without an end", `PROXY UNKNOWN ${"x".repeat(93)}`, /longer than 107 octets/],
  ["a line of 108 octets", `PROXY UNKNOWN ${"x".repeat(92)}\r\n`, /longer than 107 octets/],
  ["a signature that goes astray", `${signature.slice(0, 11)}X`, /does not begin/],
  ["version 1 in binary", binary(0x11, 0x11, four), /of version 1/],
  ["version 3", binary(0x31, 0x11, four), /of version 3/],
  ["an unknown command", binary(0x22, 0x11, four), /unknown command/],
  ["an unknown family", binary(0x21, 0x41, four), /unknown address family/],
  ["an unknown transport", binary(0x21, 0x13, four), /unknown address family/],
  ["IPv4 that is cut off", binary(0x21, 0x11, four.subarray(0, 11)), /too short/],
  ["IPv6 in the space of IPv4", binary(0x21, 0x21, four), /too short/],
  ["a Unix socket that is cut off", binary(0x21, 0x31, Buffer.alloc(215)), /too short/],
  ["a length without measure", binary(0x21, 0x11, four, 65_535), /of 65535 octets/],
];

suite("a header", () => {
  for (const [name, written, expected] of right) {
    test(name, () => {
      const octets = Buffer.from(written);
      const behind = Buffer.from("PROXY TCP4 10.0.0.1 10.0.0.1 1 1\r\nEHLO x\r\n");
      const parsed = parseProxyHeader(Buffer.concat([octets, behind]));
      assert.ok(parsed?.ok === true, JSON.stringify(parsed));
      assert.equal(parsed.value.length, octets.length);
      const { source } = parsed.value;
      assert.equal(source === undefined ? "own" : formatIp(source), expected);
      for (let end = 0; end < octets.length; end++) {
        assert.equal(parseProxyHeader(octets.subarray(0, end)), undefined, `cut at ${end}`);
      }
    });
  }
});

suite("no header", () => {
  for (const [name, written, problem] of wrong) {
    test(name, () => {
      const parsed = parseProxyHeader(Buffer.from(written));
      assert.ok(parsed?.ok === false, JSON.stringify(parsed));
      assert.match(parsed.problem, problem);
    });
  }
});

test("what cannot become a header any more is known at once", () => {
  for (const text of ["E", "PROXX", "\r\n\r\n\0\r\nQUITT", "\n", "\0"]) {
    assert.equal(parseProxyHeader(Buffer.from(text, "latin1"))?.ok, false, JSON.stringify(text));
  }
});

test("whatever comes, the header is found whole or not at all, and within its bounds", () => {
  const likely = octetsRichIn(
    "PROXY ",
    "TCP4 ",
    "UNKNOWN",
    "192.0.2.7 ",
    "1 25\r\n",
    signature,
    "\u0021\u0011\u0000\u000c",
    "\u0020\u0000\u0000\u0000",
  );
  fc.assert(
    fc.property(fc.oneof(likely, fc.uint8Array({ maxLength: 300 })), (octets) => {
      const whole = parseProxyHeader(octets);
      let first: ReturnType<typeof parseProxyHeader>;
      for (let end = 0; end <= octets.length && first === undefined; end++) {
        first = parseProxyHeader(octets.subarray(0, end));
      }
      assert.equal(first?.ok, whole?.ok);
      if (whole?.ok !== true) return;
      assert.deepEqual(first, whole);
      assert.ok(whole.value.length <= 16 + 4_096);
    }),
    { numRuns: 5_000 },
  );
});

test("every address comes through, in both versions", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  const port = fc.nat({ max: 65_535 });
  fc.assert(
    fc.property(address, port, fc.uint8Array({ maxLength: 40 }), (text, from, fields) => {
      const ip = parseIp(text);
      if (ip === undefined) return; // with a zone or another form that we do not read
      const isSix = text.includes(":");
      const to = isSix ? "::1" : "127.0.0.1";
      const line = `PROXY TCP${isSix ? 6 : 4} ${text} ${to} ${from} 25\r\n`;
      if (ip.version === 4 && isSix) return;
      const addresses = Buffer.concat([
        Buffer.from(ip.octets),
        Buffer.alloc(ip.octets.length),
        ports,
      ]);
      const block = binary(0x21, isSix ? 0x21 : 0x11, Buffer.concat([addresses, fields]));
      for (const octets of [Buffer.from(line), block]) {
        const parsed = parseProxyHeader(octets);
        assert.deepEqual(parsed, { ok: true, value: { source: ip, length: octets.length } });
      }
    }),
  );
});
