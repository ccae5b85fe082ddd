import assert from "node:assert/strict";
import { test } from "node:test";
import { readOwnResults } from "./own-results.ts";

const host = "mail.example.org";
const own = `Authentication-Results: ${host};\r\n\tspf=pass smtp.mailfrom=a.example;\r\n\tdmarc=pass\r\n`;
const received = "Received: from a.example by mail.example.org; now\r\n";
const chain =
  "ARC-Seal: i=1\r\nARC-Message-Signature: i=1\r\nARC-Authentication-Results: i=1; x\r\n";

function found(header: string) {
  return readOwnResults(header, host);
}

test("our own word stands above our own Received field", () => {
  const results = `${host};\r\n\tspf=pass smtp.mailfrom=a.example;\r\n\tdmarc=pass`;
  assert.deepEqual(found(`${own}${received}From: x\r\n`), { results, chain: "none" });
  assert.deepEqual(found(`Delivered-To: a@b\r\n${own}${received}`), { results, chain: "none" });
  assert.equal(found(`${received}${own}From: x\r\n`), undefined, "a stranger's");
  assert.equal(found(`${own}From: x\r\n`), undefined, "nobody received it");
  assert.equal(found(`${own.replace(host, `${host}.evil.example`)}${received}`), undefined);
  assert.equal(found(received), undefined);
});

test("seals of others are gone on with where they hold", () => {
  const said = (word: string) =>
    own.replace("\tdmarc", `\tarc=${word} (i=1; arc=none);\r\n\tdmarc`);
  assert.equal(found(`${said("pass")}${received}${chain}`)?.chain, "pass");
  assert.equal(found(`${said("fail")}${received}${chain}`), undefined);
  assert.equal(found(`${own}${received}${chain}`), undefined, "nobody has checked them");
  assert.equal(found(`${said("none")}${received}`)?.chain, "none");
  assert.equal(found(`${said("pass")}${received}`), undefined);
  const foreign = own.replace(
    "\tdmarc",
    '\tspf=pass (; arc=pass) smtp.helo="; arc=pass";\r\n\tdmarc',
  );
  assert.equal(found(`${foreign}${received}${chain}`), undefined, "only our own word counts");
});

test("a message is sealed here once, however often it is sent on", () => {
  assert.equal(found(`${chain}${own}${received}`), undefined);
});
