import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { authenticate } from "mailauth";
import { createSealing, type SealingKey } from "./sealing.ts";

const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const published = publicKey.export({ type: "spki", format: "der" }).toString("base64");

const own =
  "Authentication-Results: mail.example.org;\r\n\tspf=pass smtp.mailfrom=away.example\r\n";
const received = "Received: from away.example by mail.example.org; now\r\n";
const text = "From: <stranger@away.example>\r\nSubject: Hello\r\n\r\nHello.  \r\n\r\n\r\n";

/** As mailauth finds it, with our key in the DNS. */
async function verdict(message: string) {
  const found = await authenticate(message, {
    disableDmarc: true,
    disableBimi: true,
    resolver: async (name: string, type: string) => {
      if (type === "TXT" && name === "now-rsa._domainkey.example.org") {
        return [[`v=DKIM1; k=rsa; p=${published}`]];
      }
      throw Object.assign(new Error("none"), { code: "ENOTFOUND" });
    },
  });
  return found.arc === false ? undefined : found.arc;
}

function sealing(key: SealingKey | undefined = { selector: "now-rsa", key: privateKey }) {
  const said: string[] = [];
  const log = { warn: (_fields: object, line: string) => void said.push(line) };
  const seal = createSealing({
    hostname: () => "mail.example.org",
    keyOf: (domain) => (domain === "example.org" ? key : undefined),
    now: () => 1_795_698_557_000,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it only warns
    log: log as never,
  });
  return {
    said,
    seal: async (message: string, domain = "example.org"): Promise<string> => {
      const octets = new TextEncoder().encode(message);
      const header = octets.subarray(0, message.indexOf("\r\n\r\n") + 2);
      // In small pieces, as from a store.
      const pieces = Array.from({ length: Math.ceil(octets.length / 7) }, (_, at) =>
        octets.subarray(at * 7, at * 7 + 7),
      );
      return seal(domain, header, () => pieces);
    },
  };
}

test("a seal holds, repeats our own results, and breaks with the text", async () => {
  const message = `${own}${received}${text}`;
  const fields = await sealing().seal(message);
  assert.match(fields, /^ARC-Seal: i=1; a=rsa-sha256;[^:]*cv=none/);
  assert.match(
    fields,
    /\r\nARC-Authentication-Results: i=1; mail\.example\.org;\r\n\tspf=pass smtp\.mailfrom=away\.example\r\n$/,
  );
  const sent = `Delivered-To: info@example.org\r\n${fields}${message}`;
  assert.equal((await verdict(sent))?.status?.result, "pass");
  assert.equal((await verdict(sent.replace("Hello.", "Money.")))?.status?.result, "fail");
  assert.equal((await verdict(sent.replace("spf=pass", "spf=fail")))?.status?.result, "fail");
});

test("a chain goes on where it held", async () => {
  const { seal } = sealing();
  const first = `${await seal(`${own}${received}${text}`)}${own}${received}${text}`;
  const checked = own.replace("\tspf", "\tarc=pass (i=1);\r\n\tspf");
  const second = `${checked}${received}${first}`;
  const fields = await seal(second);
  assert.match(fields, /^ARC-Seal: i=2;[^:]*cv=pass/);
  const chain = await verdict(`${fields}${second}`);
  assert.equal(chain?.status?.result, "pass");
  const broken = `${own.replace("\tspf", "\tarc=fail;\r\n\tspf")}${received}${first}`;
  assert.equal(await seal(broken), "");
});

test("there is no seal without a key, or where nobody has looked", async () => {
  const message = `${own}${received}${text}`;
  assert.equal(await sealing().seal(message, "example.net"), "");
  assert.equal(await sealing().seal(`${received}${own}${text}`), "");
});

test("a key that cannot be used leaves the message without a seal, and says so", async () => {
  const { privateKey: other } = generateKeyPairSync("ed25519");
  const { seal, said } = sealing({ selector: "now-rsa", key: other });
  assert.equal(await seal(`${own}${received}${text}`), "");
  assert.equal(said.length, 1);
});
