import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import { type Incoming, takeIn, type Taken } from "../../../test/support/intake.ts";
import { anyCuts, inPieces } from "../../../test/support/pieces.ts";

const login = "ann@client.example";

function take(text: string, more: Partial<Incoming> = {}): Promise<Taken> {
  return takeIn({ pieces: [Buffer.from(text)], login, ...more });
}

const complete = "From: ann@client.example\r\nDate: d\r\nMessage-ID: <m>\r\n";

describe("the mail of those who have logged in", () => {
  test("is kept with its size and traits as they are in the end, in whatever pieces it comes", async () => {
    const header = fc.constantFrom("Bcc: zoë\r\n", "Subject: ü\r\n", "Bcc: b\r\n", "Date: d\r\n");
    const body = fc.constantFrom("", "\r\n", "\r\nhello\r\n", "\r\ngrün", "no field\r\n");
    await fc.assert(
      fc.asyncProperty(fc.array(header), body, anyCuts, async (fields, rest, cuts) => {
        const octets = Buffer.from(`From: ${login}\r\n${fields.join("")}${rest}`);
        const { kept, leaked } = await takeIn({ pieces: inPieces(octets, cuts), login });
        assert.ok(kept);
        assert.equal(kept.message.size, kept.octets.length);
        assert.equal(
          kept.message.eightBit,
          kept.octets.some((octet) => octet > 127),
        );
        assert.equal(leaked, 0);
      }),
    );
  });

  test("is stashed as it comes where it is large", async () => {
    const body = "x".repeat(1_000_000);
    const { kept } = await take(`Bcc: b\r\n${complete}\r\n${body}\r\n`);
    assert.ok(kept);
    assert.equal(kept.message.stashed, 3);
    assert.equal(kept.message.size, kept.octets.length);
    assert.ok(kept.octets.toString().endsWith(`\r\n${complete}\r\n${body}\r\n`));
  });

  test("names the login and the client in the log, not in the message", async () => {
    const { kept, events } = await take(`From: x@client.example\r\n\r\n`, {
      rules: { hideClient: true },
    });
    assert.doesNotMatch(kept?.octets.toString() ?? "", /192\.0\.2\.7|laptop|ann/);
    assert.deepEqual(kept?.message.origin.client, "192.0.2.7");
    assert.ok(
      events.some((event) => "login" in event && "client" in event && event.client === "192.0.2.7"),
    );
  });

  test("is put off while it is not known whose an address is, and the log says why", async () => {
    const { reply, kept, events, leaked } = await take(`${complete}\r\nhello\r\n`, {
      rules: { ownsSender: async () => unknown("the store did not answer") },
    });
    assert.equal(reply, "451 4.3.0 Cannot check the From address now; try again later\r\n");
    assert.equal(kept, undefined);
    assert.equal(leaked, 0);
    assert.ok(
      events.some((event) => "error" in event && event.error === "the store did not answer"),
    );
  });

  test("is refused at the first address that is not the login's, each being asked about once", async () => {
    const asked: string[] = [];
    const ownsSender = async (account: string, sender: Address): Promise<Fact<boolean>> => {
      asked.push(`${account}: ${formatAddress(sender)}`);
      return known(sender.domain === "client.example");
    };
    const from = "From: a@client.example, A@client.example, b@bank.example, c@bank.example\r\n";
    const { reply } = await take(`${from}\r\n`, { rules: { ownsSender } });
    assert.match(reply, /^550-5\.7\.1 The From address <b@bank\.example> is not one of/);
    assert.deepEqual(asked, [`${login}: a@client.example`, `${login}: b@bank.example`]);
  });

  test("is refused with a header that does not end, checked or not, and takes no memory", async () => {
    const line = `X: ${"x".repeat(1000)}\r\n`;
    for (const checkFrom of [true, false]) {
      const pieces = Array.from({ length: 3_000 }, () => Buffer.from(line));
      const { reply, kept, leaked } = await takeIn({ pieces, login, rules: { checkFrom } });
      assert.equal(reply, "552 5.3.4 Header too long: at most 102400 octets are taken\r\n");
      assert.equal(kept, undefined);
      assert.equal(leaked, 0);
    }
  });

  test("counts its hops as all mail does", async () => {
    const { reply } = await take(`${"Received: x\r\n".repeat(51)}${complete}\r\n`);
    assert.match(reply, /^554 5\.4\.6/);
  });
});

test("mail of those who have not logged in goes through as it is, and nobody is asked about it", async () => {
  const parts = fc.constantFrom(
    "From: x\r\n",
    "Bcc: b\r\n",
    "\r\n",
    "no field\r\n",
    "\xff",
    "a: b",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(parts), anyCuts, async (lines, cuts) => {
      const octets = Buffer.from(lines.join(""), "latin1");
      const rules = { hideClient: true, ownsSender: () => assert.fail("asked") };
      const { kept } = await takeIn({ pieces: inPieces(octets, cuts), rules });
      assert.ok(kept);
      const trace = kept.octets.subarray(0, kept.octets.length - octets.length);
      assert.deepEqual(kept.octets.subarray(trace.length), octets);
      assert.match(
        trace.toString(),
        /^Received: from laptop\.client\.example \(\[192\.0\.2\.7\]\)/,
      );
      assert.equal(kept.message.size, kept.octets.length);
    }),
  );
});
