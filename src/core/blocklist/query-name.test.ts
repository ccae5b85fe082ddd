import assert from "node:assert/strict";
import { test } from "node:test";
import { type IpAddress, parseIp } from "../mail/ip.ts";
import { queryName } from "./query-name.ts";

function ip(text: string): IpAddress {
  return parseIp(text) ?? assert.fail(text);
}

test("an IPv4 address is asked for by its octets backwards", () => {
  assert.equal(queryName(ip("192.0.2.99"), "bad.example.com"), "99.2.0.192.bad.example.com");
});

// The example of RFC 5782 §2.4.
test("an IPv6 address is asked for by its nibbles backwards", () => {
  assert.equal(
    queryName(ip("2001:db8:1:2:3:4:567:89ab"), "ugly.example.com"),
    "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ugly.example.com",
  );
});

test("an IPv4 client of an IPv6 socket is asked for as IPv4", () => {
  assert.equal(queryName(ip("::ffff:192.0.2.9"), "l.test"), "9.2.0.192.l.test");
});
