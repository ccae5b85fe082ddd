import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { dkimSign, sealMessage } from "mailauth";
import { anyCuts, inPieces } from "../../../test/support/pieces.ts";
import { bad, good } from "../../core/result.ts";
import { checkArc, checkDkim, isSealedBy } from "./check-signatures.ts";
import type { LookUps } from "./look-ups.ts";
import { type Contents, createSignedMessage } from "./signed-message.ts";

type Zone = Readonly<Record<string, readonly string[]>>;

const now = Date.UTC(2026, 10, 26);

function read(message: string | Buffer, cuts: readonly number[] = []): Contents {
  const signed = createSignedMessage({ now, onKeyName: () => {} });
  for (const piece of inPieces(Buffer.from(message), cuts)) signed.take(piece);
  return signed.finish();
}

function textsOf(zone: Zone): LookUps["texts"] {
  return async (name) => good(zone[name] ?? []);
}

const checked = (message: string | Buffer, zone: Zone, cuts?: readonly number[]) =>
  checkDkim(read(message, cuts), textsOf(zone));

async function results(message: string | Buffer, zone: Zone): Promise<readonly string[]> {
  return (await checked(message, zone)).map(({ result, why }) =>
    why === undefined ? result : `${result}: ${why}`,
  );
}

// RFC 8463, appendix A.
const published = {
  "brisbane._domainkey.football.example.com": [
    "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
  ],
  "test._domainkey.football.example.com": [
    "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3id" +
      "Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL" +
      "6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
  ],
};

const example = `DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=brisbane; t=1528637909; h=from : to :
 subject : date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus
 Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
 d=football.example.com; i=@football.example.com;
 q=dns/txt; s=test; t=1528637909; h=from : to : subject :
 date : message-id : from : subject : date;
 bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
 b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
 DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
 dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
From: Joe SixPack <joe@football.example.com>
To: Suzie Q <suzie@shopping.example.net>
Subject: Is dinner ready?
Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
Message-ID: <20030712040037.46341.5F8J@football.example.com>

Hi.

We lost the game.  Are you hungry yet?

Joe.
`.replaceAll("\n", "\r\n");

describe("the example of RFC 8463", () => {
  test("verifies by both of its signatures, in whatever pieces it comes", async () => {
    await fc.assert(
      fc.asyncProperty(anyCuts, async (cuts) => {
        const verdicts = await checked(example, published, cuts);
        assert.deepEqual(
          verdicts.map(({ result }) => result),
          ["pass", "pass"],
        );
      }),
      { numRuns: 30 },
    );
  });

  test("verifies with blanks and empty lines that mean nothing, and with fields that are not signed", async () => {
    const changed = example
      .replace("Subject: Is dinner", "SUBJECT:  Is \t dinner")
      .replace("To: Suzie Q <", "To: Suzie Q\r\n\t <")
      .replace("lost the", "lost   the")
      .replace("Hi.\r\n", "Hi.  \r\n");
    const verdicts = await results(`Received: x\r\n${changed}\r\n\r\n \r\n`, published);
    assert.deepEqual(verdicts, ["pass", "pass"]);
  });

  test("does not verify with another body, or another header", async () => {
    const body = "fail: the body is not the one that was signed";
    assert.deepEqual(await results(`${example}P.S.\r\n`, published), [body, body]);
    const header = "fail: the signature does not fit";
    const second = example.replace("\r\nFrom", "\r\nFrom: evil@example.net\r\nFrom");
    const changed = [example.replace("dinner", "supper"), second, `${second}\r\n`];
    for (const message of changed) {
      assert.deepEqual(await results(message, published), [header, header]);
    }
  });
});

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const edwards = generateKeyPairSync("ed25519");
const pem = (key: typeof rsa.privateKey) => key.export({ type: "pkcs8", format: "pem" }).toString();
const spki = (key: typeof rsa.publicKey) =>
  key.export({ type: "spki", format: "der" }).toString("base64");
const edwardsKey = String(edwards.publicKey.export({ format: "jwk" }).x);

const zone: Zone = {
  "rsa._domainkey.example.org": [`v=DKIM1; p=${spki(rsa.publicKey)}`],
  "pkcs1._domainkey.example.org": [
    `p=${rsa.publicKey.export({ type: "pkcs1", format: "der" }).toString("base64")}`,
  ],
  "ed._domainkey.example.org": [
    `v=DKIM1; k=ed25519; p=${Buffer.from(edwardsKey, "base64url").toString("base64")}`,
  ],
};

interface SignWith {
  readonly selector?: string;
  readonly c?: string;
  readonly maxBodyLength?: number;
  readonly signTime?: Date;
  readonly expires?: Date;
}

/** As mailauth signs, which asks the clock twice where it is not told the time. */
async function sign(message: string, how: SignWith = {}): Promise<string> {
  const { selector = "rsa", c = "relaxed/relaxed", maxBodyLength } = how;
  const { signTime = new Date(now), expires } = how;
  const privateKey = pem(selector === "ed" ? edwards.privateKey : rsa.privateKey);
  const signer = { signingDomain: "example.org", selector, privateKey };
  const { signatures, errors } = await dkimSign(message, {
    ...signer, // its types want it here as well
    canonicalization: c,
    signatureData: [{ ...signer, ...(maxBodyLength !== undefined && { maxBodyLength }) }],
    signTime,
    ...(expires !== undefined && { expires }),
  });
  assert.deepEqual(errors, []);
  return `${signatures}${message}`;
}

const letter =
  "Received: one\r\nFrom: Ann <ann@example.org>\r\nTo: bob@example.net\r\nSubject: some \r\n\tthing\r\n" +
  "X-Text: \xe0 b\r\n\r\n  Hello,\t there \r\n\r\n\r\nbye\r\n\r\n";

describe("what another program signs", () => {
  for (const selector of ["rsa", "pkcs1", "ed"]) {
    for (const c of ["simple/simple", "simple/relaxed", "relaxed/simple", "relaxed/relaxed"]) {
      test(`verifies: ${selector}, ${c}`, async () => {
        const signed = await sign(letter, { selector, c });
        assert.deepEqual(await results(signed, zone), ["pass"]);
        const other = signed.replace("Hello", "Hallo");
        assert.match((await results(other, zone))[0] ?? "", /^fail/);
      });
    }
  }

  test("verifies without a body, and without an end to its last line", async () => {
    for (const c of ["simple/simple", "relaxed/relaxed"]) {
      for (const message of ["From: ann@example.org\r\n\r\n", "From: a@example.org\r\n\r\nx"]) {
        assert.deepEqual(await results(await sign(message, { c }), zone), ["pass"], message);
      }
    }
  });

  test("may give a length only where it is that of the body", async () => {
    const message = "From: ann@example.org\r\n\r\nhello\r\n";
    const whole = await sign(message, { maxBodyLength: 7 });
    assert.deepEqual(await results(whole, zone), ["pass"]);
    assert.match((await results(`${whole}more\r\n`, zone))[0] ?? "", /^fail/);
  });

  test("expires", async () => {
    const signTime = new Date(now - 86_400_000);
    const signed = await sign(letter, { signTime, expires: new Date(now - 1_000) });
    assert.deepEqual(await results(signed, zone), ["permerror: it has expired"]);
    const fresh = await sign(letter, { signTime, expires: new Date(now + 1_000) });
    assert.deepEqual(await results(fresh, zone), ["pass"]);
  });
});

const small = generateKeyPairSync("rsa", { modulusLength: 768 });

describe("a key counts only as it says", () => {
  const key = spki(rsa.publicKey);
  const cases: readonly (readonly [record: string | undefined, expected: string])[] = [
    [undefined, "permerror: no key for the signature"],
    ["v=DKIM1; p=", "permerror: the key was revoked"],
    [`v=DKIM2; p=${key}`, "permerror: the key's record is none"],
    [`v=DKIM1; s=tlsrpt; p=${key}`, "permerror: the key is not for mail"],
    [`v=DKIM1; s=tlsrpt : email; p=${key}`, "pass"],
    [`v=DKIM1; h=sha1; p=${key}`, "permerror: the key is for other hashes"],
    [`v=DKIM1; h=sha1:sha256; p=${key}`, "pass"],
    [`v=DKIM1; k=ed25519; p=${key}`, "permerror: the key is for another algorithm"],
    [`v=DKIM1; k=dsa; p=${key}`, "permerror: the key is of a kind that is not known"],
    [`v=DKIM1; t=y; p=${key}`, "pass: the signer is testing"],
    [`v=DKIM1; p=${key}; p=${key}`, "permerror: the key's record cannot be read"],
    ["v=DKIM1; p=AAAA", "permerror: the key cannot be read"],
    [`v=DKIM1; p=${spki(small.publicKey)}`, "policy: the key has only 768 bits"],
    [`v=DKIM1; n=some words;\tp=${key} ;`, "pass"],
  ];
  for (const [record, expected] of cases) {
    test(`${record?.replaceAll(key, "KEY") ?? "none"}: ${expected}`, async () => {
      const name = "rsa._domainkey.example.org";
      const signed = await sign(letter);
      assert.deepEqual(await results(signed, record === undefined ? {} : { [name]: [record] }), [
        expected,
      ]);
    });
  }

  test("while it cannot be had, nothing is said", async () => {
    const contents = read(await sign(letter));
    const [verdict] = await checkDkim(contents, async () => bad("no server answered"));
    assert.partialDeepStrictEqual(verdict, { result: "temperror", why: "no server answered" });
  });
});

describe("a signature is void", () => {
  const fields = "DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=rsa; h=From; bh=x; b=x";
  const cases: readonly (readonly [field: string, expected: string])[] = [
    [fields.replace("v=1", "v=2"), "permerror: its version is not known"],
    [fields.replace("rsa-sha256", "rsa-sha1"), "permerror: rsa-sha1 is no longer safe"],
    [fields.replace("rsa-sha256", "rsa-md5"), "neutral: its algorithm is not known"],
    [fields.replace("h=From", "h=To:Subject"), "permerror: it leaves out From"],
    [`${fields}; i=@example.net`, "permerror: it is for a user of another domain"],
    [`${fields}; i=@badexample.org`, "permerror: it is for a user of another domain"],
    [`${fields}; c=odd/simple`, "permerror: its canonicalization is not known"],
    [`${fields}; q=http`, "permerror: its key is not in the DNS"],
    [`${fields}; b=y`, "permerror: its field cannot be read"],
    [fields.replace("d=example.org", "d=a..b"), "permerror: its domain cannot be read"],
    [fields.replace("; b=x", ""), "permerror: a tag is missing"],
    [`${fields}; t=20; x=10`, "permerror: it ends before it was made"],
    ["DKIM-Signature: nonsense", "permerror: its field cannot be read"],
    [
      fields.replace("h=From", `h=From:${"X:".repeat(600)}X`),
      "permerror: it names too many fields",
    ],
  ];
  for (const [field, expected] of cases) {
    test(`${expected.replace("permerror: ", "")}: ${field.slice(0, 100)}`, async () => {
      assert.deepEqual(await results(`${field}\r\n${letter}`, zone), [expected]);
    });
  }
});

test("of many signatures the first ten are checked", async () => {
  const many = "DKIM-Signature: nonsense\r\n".repeat(500);
  const contents = read(`${many}${letter}`);
  assert.equal(contents.passedOver, 490);
  assert.equal((await checkDkim(contents, textsOf({}))).length, 10);
});

test("a key that is for the domain alone is not for those below", async () => {
  const [name] = Object.keys(zone);
  const strict = { [name ?? ""]: [`v=DKIM1; t=y:s; p=${spki(rsa.publicKey)}`] };
  assert.deepEqual(await results(await sign(letter), strict), ["pass: the signer is testing"]);
  const below = (await sign(letter)).replace("d=example.org", "i=@a.example.org; d=example.org");
  assert.deepEqual(await results(below, strict), ["permerror: the key is not for domains below"]);
});

/** As mailauth seals: a set more. */
async function seal(message: string, cv: "none" | "pass", i: number): Promise<string> {
  const how = {
    signingDomain: "example.org",
    selector: "rsa",
    privateKey: pem(rsa.privateKey),
    cv,
    i,
    signTime: new Date(now),
    authResults: "mx.example.org; dmarc=pass header.from=example.org",
  };
  return `${String(await sealMessage(message, how))}${message}`;
}

const checkChain = (message: string, more: Zone = zone) => checkArc(read(message), textsOf(more));

/** Takes out a field of the first set. */
function without(name: string, text: string): string {
  return text.replace(new RegExp(`^${name}: i=1;(.|\\r\\n )*\\r\\n`, "m"), "");
}

describe("an ARC chain", () => {
  test("is none where there is none", async () => {
    assert.deepEqual(await checkChain(letter), { result: "none" });
  });

  test("passes, with one set and with more, and names its sealers", async () => {
    const once = await seal(letter, "none", 1);
    const twice = await seal(`List-Id: x\r\n${once}`, "pass", 2);
    for (const message of [once, twice]) {
      const verdict = await checkChain(message);
      assert.equal(verdict.result, "pass", JSON.stringify(verdict));
      assert.match(verdict.chain.firstResults, /dmarc=pass header\.from=example\.org/);
      assert.equal(isSealedBy(verdict.chain, ["example.org"]), true);
      assert.equal(isSealedBy(verdict.chain, ["org.example", "ample.org"]), false);
    }
  });

  test("fails where the message was changed after the last seal, or a seal is not there", async () => {
    const once = await seal(letter, "none", 1);
    const twice = await seal(once, "pass", 2);
    const broken = [
      once.replace("Hello", "Hallo"),
      once.replace("ann@", "eve@"),
      once.replace("dmarc=pass", "dmarc=fail"),
      without("ARC-Seal", once),
      without("ARC-Message-Signature", twice),
      twice.replace("dmarc=pass", "dmarc=fail"),
      twice.replaceAll("cv=pass", "cv=fail"),
      once.replaceAll("i=1;", "i=2;"),
      `${once.split("From:")[0] ?? ""}${once}`,
    ];
    for (const message of broken) {
      assert.notEqual(message, once);
      assert.equal((await checkChain(message)).result, "fail", message);
    }
    assert.equal((await checkChain(once, {})).result, "fail");
  });
});

test("a header that does not end is not held, and nothing is read of it", () => {
  const contents = read(`${"X: y\r\n".repeat(20_000)}${letter}`);
  assert.equal(contents.isTooLong, true);
  assert.deepEqual(contents.fields, []);
});

test("a long chain does not ask for all of its keys at once", () => {
  const signature = "a=rsa-sha256; d=evil.example; b=aaaa";
  const sets = Array.from({ length: 50 }, (_, index) => {
    const i = index + 1;
    return (
      `ARC-Authentication-Results: i=${i}; evil.example; none\r\n` +
      `ARC-Message-Signature: i=${i}; ${signature}; s=m${i}; h=from; bh=aaaa\r\n` +
      `ARC-Seal: i=${i}; ${signature}; s=s${i}; cv=${i === 1 ? "none" : "pass"}\r\n`
    );
  });
  const asked: string[] = [];
  const signed = createSignedMessage({ now, onKeyName: (name) => void asked.push(name) });
  signed.take(Buffer.from(`${sets.join("")}From: a@evil.example\r\n\r\nx\r\n`));
  assert.equal(signed.finish().arc?.ok, true);
  assert.equal(asked.length, 10);
});
