import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { type Address, parseAddress } from "./address.ts";
import { type IpAddress, parseIp } from "./ip.ts";
import { formatDeliveryFields, formatReceived, type Trace } from "./trace.ts";

function address(text: string): Address {
  const result = parseAddress(text);
  assert.ok(result.ok, text);
  return result.value;
}

function ip(text: string): IpAddress {
  const found = parseIp(text);
  assert.ok(found, text);
  return found;
}

const trace: Trace = {
  hello: "client.example.com",
  client: ip("192.0.2.1"),
  hostname: "mail.example.org",
  protocol: "ESMTP",
  id: "0000000000a",
  recipients: [address("bob@example.org")],
  receivedAt: Date.UTC(2026, 10, 22, 10, 11, 12),
};

describe("the Received field", () => {
  test("says who, where, how, for whom and when", () => {
    assert.equal(
      formatReceived(trace),
      "Received: from client.example.com ([192.0.2.1])\r\n" +
        "\tby mail.example.org (Bailiwick) with ESMTP id 0000000000a\r\n" +
        "\tfor <bob@example.org>; Sun, 22 Nov 2026 10:11:12 +0000\r\n",
    );
  });

  test("names no recipient where there are several, or where ASCII cannot", () => {
    const several = [address("bob@example.org"), address("cat@example.org")];
    assert.doesNotMatch(formatReceived({ ...trace, recipients: several }), /for </);
    assert.doesNotMatch(
      formatReceived({ ...trace, recipients: [address("ü@example.org")] }),
      /for </,
    );
  });

  test("says how a message was encrypted on its way", () => {
    const tls = { version: "TLSv1.3", cipher: "TLS_AES_256_GCM_SHA384" };
    assert.equal(
      formatReceived({ ...trace, protocol: "ESMTPS", tls }),
      "Received: from client.example.com ([192.0.2.1])\r\n" +
        "\tby mail.example.org (Bailiwick) with ESMTPS\r\n" +
        "\t(TLSv1.3 TLS_AES_256_GCM_SHA384) id 0000000000a\r\n" +
        "\tfor <bob@example.org>; Sun, 22 Nov 2026 10:11:12 +0000\r\n",
    );
  });

  test("says nothing of a client that is to be hidden", () => {
    assert.equal(
      formatReceived({ ...trace, hidesClient: true, protocol: "ESMTPSA" }),
      "Received: by mail.example.org (Bailiwick) with ESMTPSA id 0000000000a\r\n" +
        "\tfor <bob@example.org>; Sun, 22 Nov 2026 10:11:12 +0000\r\n",
    );
  });

  test("tags an IPv6 client", () => {
    assert.match(
      formatReceived({ ...trace, client: ip("2001:db8::1") }),
      /\(\[IPv6:2001:db8::1\]\)/,
    );
  });

  test("stays three lines of printable ASCII, whatever the client calls itself", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 600 }), (hello) => {
        const lines = formatReceived({ ...trace, hello }).split("\r\n");
        assert.equal(lines.length, 4);
        for (const line of lines) assert.match(line, /^\t?[ -~]{0,996}$/);
      }),
    );
  });
});

test("the fields of final delivery name the sender, or nobody, and the recipient", () => {
  assert.equal(
    formatDeliveryFields(null, address('"b b"@example.org')),
    'Return-Path: <>\r\nDelivered-To: "b b"@example.org\r\n',
  );
  assert.equal(
    formatDeliveryFields(address("ann@example.com"), address("bob@example.org")),
    "Return-Path: <ann@example.com>\r\nDelivered-To: bob@example.org\r\n",
  );
});
