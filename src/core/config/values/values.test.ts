import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { formatPrefix, parsePrefix } from "../../mail/ip.ts";
import { formatDuration, readDuration } from "./duration.ts";
import {
  dnsEndpoint,
  type EndpointKind,
  formatEndpoint,
  listenEndpoint,
  mailEndpoint,
  readEndpoint,
} from "./endpoint.ts";
import { readDomain } from "./name.ts";
import { readAcknowledged, readNetwork } from "./network.ts";
import { resolvePath } from "./path.ts";
import { ratePattern, readRate } from "./rate.ts";
import { readSize } from "./size.ts";

suite("durations", () => {
  const right: readonly (readonly [string, number])[] = [
    ["1s", 1000],
    ["90s", 90_000],
    ["15m", 900_000],
    ["3h", 10_800_000],
    ["24d", 2_073_600_000],
  ];
  for (const [text, milliseconds] of right) {
    test(text, () => assert.deepEqual(readDuration(text), { ok: true, value: milliseconds }));
  }

  for (const text of [
    "",
    "5",
    "0s",
    "05m",
    "1.5h",
    "-1s",
    "1h30m",
    "5 m",
    "5M",
    "5w",
    "m",
    "25d",
  ]) {
    test(`not ${JSON.stringify(text)}`, () => assert.equal(readDuration(text).ok, false));
  }

  test("are written in the largest unit that fits", () => {
    assert.deepEqual([90_000, 5_400_000, 86_400_000].map(formatDuration), ["90s", "90m", "1d"]);
  });

  test("read as they are written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_073_600 }), (seconds) => {
        const value = seconds * 1000;
        assert.deepEqual(readDuration(formatDuration(value)), { ok: true, value });
      }),
    );
  });
});

suite("sizes", () => {
  const right: readonly (readonly [string | number, number])[] = [
    [1, 1],
    ["1000", 1000],
    ["1KB", 1024],
    ["25MB", 26_214_400],
    ["2GB", 2_147_483_648],
  ];
  for (const [text, octets] of right) {
    test(String(text), () => assert.deepEqual(readSize(text), { ok: true, value: octets }));
  }

  for (const text of ["", 0, -1, "0MB", "25M", "25mb", "25 MB", "1.5GB", "99999999999GB"]) {
    test(`not ${JSON.stringify(text)}`, () => assert.equal(readSize(text).ok, false));
  }
});

suite("rates", () => {
  const right: readonly (readonly [string, object | undefined])[] = [
    ["100 per 1h", { amount: 100, period: 3_600_000 }],
    ["1 per 1s", { amount: 1, period: 1000 }],
    ["60  per  90s", { amount: 60, period: 90_000 }],
    ["1000000 per 24d", { amount: 1_000_000, period: 2_073_600_000 }],
    ["none", undefined],
  ];
  for (const [text, value] of right) {
    test(text, () => {
      assert.deepEqual(readRate(text), { ok: true, value });
      assert.match(text, new RegExp(ratePattern));
    });
  }

  const wrong: readonly (readonly [string, RegExp])[] = [
    ["", /^"" does not fit here; write how many in how long, such as 100 per 1h, or none$/],
    ["100", /write how many in how long/],
    ["0 per 1h", /lets nothing through; write 1 or more$/],
    ["-1 per 1h", /write how many/],
    ["007 per 1h", /write how many/],
    ["1.5 per 1h", /write how many/],
    ["1000001 per 1h", /^1000001 is too many; write 1000000 or fewer, or none$/],
    ["100 per 25d", /too long/],
    ["100 per 0h", /^"0h" does not fit here/],
    ["100 per hour", /; write 100 per 1h$/],
    ["100/1h", /; write 100 per 1h$/],
    ["100/10min", /; write 100 per 10m$/],
    ["5 / 1s", /; write 5 per 1s$/],
    ["100 an hour", /; write 100 per 1h$/],
    ["2 every 3 days", /; write 2 per 3d$/],
    ["100 per month", /write how many/],
    ["unlimited", /or none$/],
    ["9".repeat(400) + " per 1h", /is too many/],
  ];
  for (const [text, problem] of wrong) {
    test(`not ${JSON.stringify(text.slice(0, 20))}`, () => {
      const read = readRate(text);
      assert.match(read.ok ? "read" : read.problem, problem);
    });
  }
});

suite("endpoints", () => {
  const right: readonly (readonly [string, EndpointKind, string])[] = [
    ["0.0.0.0:25", listenEndpoint, "0.0.0.0:25"],
    ["[::]:0", listenEndpoint, "[::]:0"],
    ["[0:0::1]:25", listenEndpoint, "[::1]:25"],
    ["[::ffff:192.0.2.1]:25", listenEndpoint, "192.0.2.1:25"],
    ["SMTP.Example.com", mailEndpoint, "smtp.example.com:25"],
    ["smtp.example.com:587", mailEndpoint, "smtp.example.com:587"],
    ["bücher.example:26", mailEndpoint, "xn--bcher-kva.example:26"],
    ["[2001:db8::1]", mailEndpoint, "[2001:db8::1]:25"],
    ["192.0.2.53", dnsEndpoint, "192.0.2.53:53"],
  ];
  for (const [text, kind, expected] of right) {
    test(`${text} is ${expected}`, () => {
      const read = readEndpoint(text, kind);
      assert.equal(read.ok ? formatEndpoint(read.value) : read.problem, expected);
    });
  }

  const wrong: readonly (readonly [string, EndpointKind])[] = [
    ["0.0.0.0", listenEndpoint],
    ["localhost:25", listenEndpoint],
    ["*:25", listenEndpoint],
    [":25", listenEndpoint],
    ["", mailEndpoint],
    ["host:0", mailEndpoint],
    ["host:65536", mailEndpoint],
    ["host:", mailEndpoint],
    ["host:smtp", mailEndpoint],
    ["2001:db8::1", mailEndpoint],
    ["[192.0.2.1]:25", mailEndpoint],
    ["[host]:25", mailEndpoint],
    ["300.1.1.1:25", mailEndpoint],
    ["user@host:25", mailEndpoint],
    ["resolver.example:53", dnsEndpoint],
  ];
  for (const [text, kind] of wrong) {
    test(`not ${JSON.stringify(text)}`, () => assert.equal(readEndpoint(text, kind).ok, false));
  }
});

suite("domain names", () => {
  test("come in one form", () => {
    assert.deepEqual(readDomain("Bücher.Example"), { ok: true, value: "xn--bcher-kva.example" });
  });

  for (const text of ["", "a..b", "example.org.", "*.example.org", "192.0.2.1", "192.0.2", "::1"]) {
    test(`not ${JSON.stringify(text)}`, () => assert.equal(readDomain(text).ok, false));
  }
});

suite("networks", () => {
  const right = [
    "192.0.2.7/32",
    "198.51.0.0/16",
    "2001:db8::/32",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "0.0.0.0/0",
  ];
  for (const text of right) {
    test(text, () => {
      const read = readNetwork(text);
      assert.equal(read.ok ? formatPrefix(read.value) : read.problem, text);
    });
  }

  const corrected: readonly (readonly [string, string])[] = [
    ["192.0.2.7/24", "192.0.2.0/24"],
    ["10.255.255.255/9", "10.128.0.0/9"],
    ["2001:db8:0:1::/48", "2001:db8::/48"],
    ["::ffff:10.0.0.1/104", "10.0.0.0/8"],
  ];
  for (const [text, advised] of corrected) {
    test(`${text}: write ${advised}`, () => {
      const read = readNetwork(text);
      assert.ok(!read.ok && read.problem.endsWith(`write ${advised}`), text);
    });
  }

  for (const text of ["", "10.", "10.0.0.0/255.0.0.0", "10.0.0.0/33", "10.0.0.0/-1", "host/24"]) {
    test(`not ${JSON.stringify(text)}`, () => {
      assert.equal(parsePrefix(text), undefined);
      assert.equal(readNetwork(text).ok, false);
    });
  }
});

suite("networks that are acknowledged", () => {
  test("are as wide as one owner may know of", () => {
    assert.equal(readAcknowledged("8.0.0.0/6").ok, true);
    assert.equal(readAcknowledged("172.17.0.1").ok, true);
  });

  for (const text of ["0.0.0.0/0", "::/0"]) {
    test(`are not ${text}`, () => {
      const read = readAcknowledged(text);
      assert.ok(!read.ok && read.problem.startsWith(`${text} is everybody`));
    });
  }
});

suite("paths", () => {
  const cases: readonly (readonly [string, string])[] = [
    ["./data", "/etc/bailiwick/data"],
    ["../mail//store/", "/etc/mail/store"],
    ["/var/./lib/x/../bailiwick", "/var/lib/bailiwick"],
    ["../../../..", "/"],
  ];
  for (const [path, expected] of cases) {
    test(path, () => assert.equal(resolvePath("/etc/bailiwick", path), expected));
  }
});
