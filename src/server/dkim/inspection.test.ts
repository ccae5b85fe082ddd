import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { takeIn } from "../../../test/support/intake.ts";
import { makeKeyPair, readPrivateKey } from "../../io/dkim/key-pair.ts";
import { bad, good } from "../../core/result.ts";
import type { ArrivingMessage } from "../smtpd/inspection.ts";
import { createSigning, type SigningOptions } from "./inspection.ts";
import { signNotice } from "./sign-notice.ts";
import type { SigningKeys } from "./signing-keys.ts";

const login = "ann@client.example";
const domain = "client.example";
const pieces = [Buffer.from("From: ann@client.example\r\nSubject: x\r\n\r\nhello\r\n")];

const made = readPrivateKey((await makeKeyPair()).ed25519, "ed25519");
assert.ok(made.ok);
const key = made.value;

const keys: Pick<SigningKeys, "isEmpty" | "of"> = {
  isEmpty: false,
  of: (name) => good(name === domain ? [{ domain, selector: "s", algorithm: "ed25519", key }] : []),
};
const broken: typeof keys = { isEmpty: false, of: () => bad("it is damaged") };

function signing(changes: Partial<SigningOptions> = {}) {
  return createSigning({ keys, isOurs: (name) => name === domain, now: () => 0, ...changes });
}

describe("mail of somebody who has logged in", () => {
  test("is signed above our trace", async () => {
    const { kept } = await takeIn({ pieces, login, inspections: [signing()] });
    const text = kept?.octets.toString() ?? "";
    assert.match(text, /^DKIM-Signature: v=1; a=ed25519-sha256; [^]*b=[^]*\r\nReceived: /);
    assert.match(text, /\bd=client\.example;\s+s=s;/);
  });

  test("is put off where it cannot be signed", async () => {
    const taken = await takeIn({ pieces, login, inspections: [signing({ keys: broken })] });
    assert.match(taken.reply, /^451 4\.7\.5 /);
    assert.equal(taken.kept, undefined);
    assert.match(JSON.stringify(taken.events), /dkim: it is damaged/);
  });

  test("is not signed for a domain that is ours no more", async () => {
    const inspections = [signing({ isOurs: () => false })];
    const { kept } = await takeIn({ pieces, login, inspections });
    assert.match(kept?.octets.toString() ?? "", /^Received: /);
  });
});

interface Standing {
  readonly mayRelay: boolean;
  readonly login: string | undefined;
  readonly kind: "relay" | "local";
  readonly to: string;
  readonly isEmpty: boolean;
}

function arriving({ mayRelay, login: account, kind, to }: Standing): ArrivingMessage {
  return {
    id: 1,
    session: "session",
    listener: "mx",
    role: "mx",
    client: { version: 4, octets: [192, 0, 2, 7] },
    mayRelay,
    isGranted: false,
    transaction: {
      hello: { name: "client.test", extended: true },
      tls: undefined,
      login: account,
      sender: null,
      smtputf8: false,
      requireTls: false,
      recipients: [{ address: { local: "b", domain: to }, kind }],
    },
    receivedAt: 0,
  };
}

describe("whose mail is looked at", () => {
  const usual: Standing = { mayRelay: true, login, kind: "relay", to: "x.test", isEmpty: false };
  const cases: readonly (readonly [string, Partial<Standing>, boolean])[] = [
    ["a stranger's, never", { mayRelay: false }, false],
    ["that of a trusted client which goes out", { login: undefined }, true],
    ["that of a trusted client which stays here, not", { login: undefined, kind: "local" }, false],
    [
      "that which it brings for a domain that we relay for, not",
      { login: undefined, to: domain },
      false,
    ],
    ["that of a user which stays here", { kind: "local" }, true],
    ["nobody's where there are no keys", { isEmpty: true }, false],
  ];
  for (const [title, changes, expected] of cases) {
    test(title, () => {
      const standing = { ...usual, ...changes };
      const { isEmpty } = standing;
      const message = arriving(standing);
      const inspector = signing({ keys: { ...keys, isEmpty } }).begin(message, () => {});
      assert.equal(inspector !== undefined, expected);
    });
  }
});

describe("mail by a grant", () => {
  const cases: readonly (readonly [string, sender: string, signed: boolean])[] = [
    ["is signed for the domain of its sender, which is the account's own", domain, true],
    ["is not signed for another domain of ours", "neighbour.example", false],
  ];
  for (const [title, senderDomain, expected] of cases) {
    test(title, async () => {
      const standing = { mayRelay: true, login: undefined, kind: "relay", to: "x.test" } as const;
      const message = arriving({ ...standing, isEmpty: false });
      const sender = { local: "ann", domain: senderDomain };
      const transaction = { ...message.transaction, sender };
      const inspector = signing().begin({ ...message, isGranted: true, transaction }, () => {});
      for (const piece of pieces) inspector?.take(piece);
      const verdict = await inspector?.judge(AbortSignal.timeout(10_000));
      assert.equal(verdict?.kind === "pass" && verdict.fields !== "", expected);
    });
  }
});

const from = (name: string) => Buffer.from(`From: a@${name}\r\n\r\nx\r\n`);

describe("a notice of ours", () => {
  const said: string[] = [];
  const log = { info() {}, warn: (_: object, text: string) => void said.push(text), error() {} };

  test("is signed by the nearest domain with keys", async () => {
    const options = { keys, now: () => 0, log };
    assert.match(await signNotice(from(domain), options), /d=client\.example;/);
    assert.match(await signNotice(from(`mx.eu.${domain}`), options), /d=client\.example;/);
    assert.equal(await signNotice(from("else.test"), options), "");
    assert.equal(await signNotice(from("localhost"), options), "");
  });

  test("goes out unsigned where the keys are damaged", async () => {
    assert.equal(await signNotice(from(domain), { keys: broken, now: () => 0, log }), "");
    assert.deepEqual(said, ["a notice goes out unsigned: it is damaged"]);
  });
});
