import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { type Address, formatAddress, parseAddress } from "../mail/address.ts";
import { createSrs, type Srs } from "./srs.ts";

const day = 24 * 60 * 60 * 1000;
/** When the addresses below were written, by Mail::SRS 0.31 with the secret `secret`. */
const then = 1_795_698_557_000;

function srsWith(secret: string): Srs {
  return createSrs({
    hash: (texts) => createHmac("sha1", secret).update(texts.join("")).digest("base64"),
    hashLength: 8,
    maxAge: 21,
  });
}

const srs = srsWith("secret");

function address(text: string): Address {
  const parsed = parseAddress(text);
  assert.ok(parsed.ok, text);
  return parsed.value;
}

function reversed(local: string, now = then): string | undefined {
  const found = srs.reverse(local, now);
  if (found === undefined) return undefined;
  return found.ok ? formatAddress(found.value) : found.problem;
}

suite("the addresses of Mail::SRS", () => {
  const first = "SRS0=Z6G3czUf=JP=source.example=alice";
  const later = "SRS1=QUkaGUCo=ours.example==Z6G3czUf=JP=source.example=alice";
  const cases = [
    ["alice@source.example", "ours.example", `${first}@ours.example`],
    [
      "O=Brien+x@source.example",
      "ours.example",
      "SRS0=/FnrSgWi=JP=source.example=O=Brien+x@ours.example",
    ],
    [`${first}@ours.example`, "second.example", `${later}@second.example`],
    [`${later}@second.example`, "third.example", `${later}@third.example`],
  ] as const;
  for (const [sender, domain, written] of cases) {
    test(sender, () => {
      assert.equal(formatAddress(srs.forward(address(sender), domain, then)), written);
    });
  }

  test("lead back", () => {
    assert.equal(reversed(first), "alice@source.example");
    assert.equal(reversed(later), `${first}@ours.example`);
    assert.equal(reversed(first.toLowerCase()), "alice@source.example");
    assert.equal(
      reversed(later.toUpperCase())?.toLowerCase(),
      `${first}@ours.example`.toLowerCase(),
    );
  });
});

test("an address is taken for three weeks, and no longer", () => {
  const { local } = srs.forward(address("alice@source.example"), "ours.example", then);
  assert.equal(reversed(local, then + 21 * day), "alice@source.example");
  assert.equal(reversed(local, then + 22 * day), "expired");
  assert.equal(reversed(local, then - day), "expired", "nobody has made it yet");
  assert.equal(reversed(local, then + 1023 * day), "expired");
});

test("what nobody here has made is forged", () => {
  const own = srs.forward(address("alice@source.example"), "ours.example", then).local;
  const others = srsWith("another").forward(address("alice@source.example"), "ours.example", then);
  for (const local of [
    others.local,
    own.replace("alice", "mallory"),
    own.replace("source", "other"),
    own.replace("=JP=", "=JQ="),
    own.replace("Z6G3czUf", "Z6G3czU"),
    own.replace("Z6G3czUf", "Z6G3czUfx"),
    "SRS0=A=JP=source.example=alice",
    "SRS1=QUkaGUCo=theirs.example==Z6G3czUf=JP=source.example=alice",
  ]) {
    assert.equal(reversed(local), "forged", local);
  }
});

test("a name that only looks like one is none", () => {
  for (const local of [
    "srs0",
    "SRS0=",
    "srs0-fan",
    "SRS0=a=b=c",
    "SRS2=a=JP=c=d",
    "xSRS0=a=JP=c=d",
    "SRS1=a=b",
  ]) {
    assert.equal(reversed(local), undefined, local);
  }
  const fan = srs.forward(address("srs0-fan@source.example"), "ours.example", then);
  assert.equal(reversed(fan.local), "srs0-fan@source.example");
});

test("an address literal leads back as well", () => {
  const { local } = srs.forward(address("alice@[192.0.2.1]"), "ours.example", then);
  assert.equal(reversed(local), "alice@[192.0.2.1]");
});

test("every sender comes back, also from addresses that travelled as text", () => {
  const anyLocal = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme-ascii" });
  fc.assert(
    fc.property(anyLocal, fc.integer({ min: 0, max: 21 }), (local, age) => {
      fc.pre(!/^srs[01][-+=]/i.test(local));
      const sender = { local, domain: "source.example" };
      const travelled = parseAddress(formatAddress(srs.forward(sender, "ours.example", then)));
      assert.ok(travelled.ok);
      const found = srs.reverse(travelled.value.local, then + age * day);
      assert.deepEqual(found, { ok: true, value: sender });
    }),
  );
});
