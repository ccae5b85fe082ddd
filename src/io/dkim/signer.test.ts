import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import * as fc from "fast-check";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { runCommand, whyMissing } from "../../../test/support/command.ts";
import { anyCuts, inPieces } from "../../../test/support/pieces.ts";
import { temporaryFolder } from "../../../test/support/server.ts";
import { keyAlgorithms, selectorOf } from "../../core/dkim/key.ts";
import { formatKeyRecord, keyRecordName } from "../../core/dkim/key-record.ts";
import { good } from "../../core/result.ts";
import { makeKeyPair, publicKeyOf, readPrivateKey } from "./key-pair.ts";
import { createSigner, type SigningKey } from "./signer.ts";

const domain = "example.org";
const made = await makeKeyPair();
const keys = keyAlgorithms.map((algorithm): SigningKey => {
  const key = readPrivateKey(made[algorithm], algorithm);
  assert.ok(key.ok);
  return { domain, selector: selectorOf("20261126", algorithm), algorithm, key: key.value };
});
const records = new Map(
  keys.map(({ algorithm, key }) => [
    keyRecordName(domain, "20261126", algorithm),
    formatKeyRecord(algorithm, publicKeyOf(key)),
  ]),
);

const letter = Buffer.from(
  "Received: from a by b; Thu, 26 Nov 2026 13:00:00 +0000\r\n" +
    "From: Alice\r\n\t<alice@example.org>\r\nTo: bob@example.net\r\n" +
    "Subject:  A  folded\r\n  subject \u00e4\r\nDate: Thu, 26 Nov 2026 13:00:00 +0000\r\n" +
    "Message-ID: <1@example.org>\r\n\r\nHello  Bob, \r\n\r\n\tgood bye\u00e4\r\n\r\n\r\n",
);

async function signatures(content: Uint8Array, cuts: readonly number[] = []): Promise<string> {
  const signer = createSigner({
    keysOf: (name) => good(name === domain ? keys : []),
    now: () => Date.UTC(2026, 10, 26),
  });
  for (const piece of inPieces(content, cuts)) signer.take(piece);
  const fields = await signer.finish();
  assert.ok(fields.ok);
  return fields.value;
}

async function signed(content: Uint8Array): Promise<Buffer> {
  return Buffer.concat([Buffer.from(await signatures(content)), content]);
}

/** What mailauth says of each signature, the RSA one first. */
async function verify(content: Buffer): Promise<readonly string[]> {
  const { results } = await dkimVerify(content, {
    resolver: async (name: string) => [[records.get(name) ?? ""]],
  });
  return results.map(({ status }) => status.result);
}

describe("a signed message", () => {
  test("is believed by mailauth, with either key", async () => {
    assert.deepEqual(await verify(await signed(letter)), ["pass", "pass"]);
  });

  test("has lines that mail may have", async () => {
    const lines = (await signatures(letter)).split("\r\n");
    assert.ok(
      lines.every((line) => line.length <= 78),
      lines.join("\n"),
    );
  });

  const changes: readonly (readonly [string, (text: string) => string])[] = [
    ["another subject", (text) => text.replace("A  folded", "B folded")],
    ["a second From on top", (text) => `From: eve@example.org\r\n${text}`],
    ["a field that was absent", (text) => `Reply-To: eve@example.com\r\n${text}`],
    ["another body", (text) => text.replace("Bob,", "Eve,")],
    ["more body", (text) => `${text}PS\r\n`],
  ];
  for (const [name, change] of changes) {
    test(`is not believed with ${name}`, async () => {
      const changed = change((await signed(letter)).toString("latin1"));
      const results = await verify(Buffer.from(changed, "latin1"));
      assert.equal(results.length, 2);
      assert.ok(!results.includes("pass"), results.join());
    });
  }

  test("is believed with what the way does to it", async () => {
    const changed = (await signed(letter))
      .toString("latin1")
      .replace("Hello  Bob, ", "Hello Bob,")
      .replace("A  folded\r\n  subject", "A folded subject");
    const onTheWay = Buffer.from(`Received: from b by c\r\n${changed}`, "latin1");
    assert.deepEqual(await verify(onTheWay), ["pass", "pass"]);
  });

  test("is signed the same in whatever pieces it came", async () => {
    const whole = await signatures(letter);
    // The signatures themselves are always the same: neither kind has any chance in it.
    await fc.assert(
      fc.asyncProperty(anyCuts, async (cuts) => {
        assert.equal(await signatures(letter, cuts), whole);
      }),
      { numRuns: 30 },
    );
  });
});

test("a long domain stays whole in its signature", async () => {
  const long = `${"a".repeat(60)}.${"b".repeat(60)}.example`;
  const key = keys.find(({ algorithm }) => algorithm === "ed25519");
  assert.ok(key);
  const signer = createSigner({ keysOf: () => good([{ ...key, domain: long }]), now: () => 0 });
  signer.take(Buffer.from(`From: a@${long}\r\n\r\nx\r\n`));
  const fields = await signer.finish();
  assert.ok(fields.ok && fields.value.includes(`d=${long};`));
});

const shapes: readonly (readonly [string, string])[] = [
  ["no body", "From: a@example.org\r\n\r\n"],
  ["empty lines alone", "From: a@example.org\r\n\r\n\r\n\r\n"],
  ["no last line end", "From: a@example.org\r\n\r\nHello"],
  ["two fields of a name", "List-Id: 1\r\nFrom: a@example.org\r\nList-Id: 2\r\n\r\nHello\r\n"],
  ["an old-fashioned header", "From : a@example.org\r\nSubject : x\r\n\r\nHello\r\n"],
];
for (const [name, text] of shapes) {
  test(`a message with ${name} can be signed`, async () => {
    const content = await signed(Buffer.from(text));
    assert.deepEqual(await verify(content), ["pass", "pass"]);
  });
}

const unsigned: readonly (readonly [string, string])[] = [
  ["from another domain", "From: a@example.net\r\n\r\nHello\r\n"],
  ["from a domain below", "From: a@sub.example.org\r\n\r\nHello\r\n"],
  ["from two domains", "From: a@example.org, b@example.net\r\n\r\nHello\r\n"],
  ["whose body begins amid the header", "From: a@example.org\r\nHello\r\n"],
  ["with too long a header", `From: a@example.org\r\nX: ${"x".repeat(110_000)}\r\n\r\nHello\r\n`],
];
for (const [name, text] of unsigned) {
  test(`a message ${name} is not signed`, async () => {
    assert.equal(await signatures(Buffer.from(text)), "");
  });
}

test("opendkim believes both signatures", { skip: await whyMissing("opendkim") }, async (t) => {
  const content = await signed(letter);
  const said = await opendkim(t, content);
  assert.match(said, /dkim=pass [^;]*header\.a=rsa-sha256/);
  assert.match(said, /dkim=pass [^;]*header\.a=ed25519-sha256/);
});

async function opendkim(t: TestContext, content: Buffer): Promise<string> {
  const folder = await temporaryFolder(t);
  const [message, published] = [join(folder, "message"), join(folder, "keys")];
  await writeFile(message, content);
  await writeFile(published, [...records].map(([name, text]) => `${name} ${text}\n`).join(""));
  const configuration = join(folder, "opendkim.conf");
  await writeFile(configuration, `TestPublicKeys ${published}\nMode v\n`);
  const { stdout, stderr } = await runCommand("opendkim", [
    "-x",
    configuration,
    "-vv",
    "-t",
    message,
  ]);
  return stdout + stderr;
}
