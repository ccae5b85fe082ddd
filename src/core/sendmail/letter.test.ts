import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress, parseAddress } from "../mail/address.ts";
import { prepareLetter, type Surroundings } from "./letter.ts";
import { toMailLines } from "./lines.ts";

const sender = parseAddress("root@mail.example.org");
assert.ok(sender.ok);
const surroundings: Surroundings = {
  host: "mail.example.org",
  sender: sender.value,
  fullName: "",
  user: 33,
  now: Date.UTC(2026, 10, 26, 10, 11, 12),
  messageId: "<1@mail.example.org>",
};
const received =
  "Received: by mail.example.org (Bailiwick, from userid 33);\r\n\tThu, 26 Nov 2026 10:11:12 +0000\r\n";
const date = "Date: Thu, 26 Nov 2026 10:11:12 +0000\r\n";
const messageId = "Message-ID: <1@mail.example.org>\r\n";
const added = `From: <root@mail.example.org>\r\n${date}${messageId}`;

function prepare(text: string, more: Partial<Surroundings> = {}) {
  const letter = prepareLetter(toMailLines(Buffer.from(text), false), { ...surroundings, ...more });
  if (!letter.ok) return { text: letter.problem, recipients: [] };
  const { pieces, recipients } = letter.value;
  return {
    text: Buffer.concat(pieces).toString(),
    recipients: recipients.ok ? recipients.value.map(formatAddress) : recipients.problem,
  };
}

test("what is missing is added, below what is there", () => {
  assert.equal(prepare("Subject: x\n\nhi").text, `${received}Subject: x\r\n${added}\r\nhi\r\n`);
  assert.equal(prepare("hi there").text, `${received}${added}\r\nhi there\r\n`);
  assert.equal(prepare("").text, `${received}${added}\r\n`);
  assert.equal(prepare("Subject: x").text, `${received}Subject: x\r\n${added}\r\n`);
  const whole = "From: a@b.example\r\nDate: x\r\nMessage-Id: y\r\n\r\n";
  assert.equal(prepare(whole).text, received + whole);
});

test("a From has the name that was given, encoded where it must be", () => {
  const from = (fullName: string) =>
    /^From: .*(\r\n .*)*/m.exec(prepare("", { fullName }).text)?.[0];
  assert.equal(from('Cron "D" \\'), 'From: "Cron \\"D\\" \\\\" <root@mail.example.org>');
  assert.equal(from("a\r\nBcc: b"), 'From: "a Bcc: b" <root@mail.example.org>');
  assert.equal(from("Jörg"), "From: =?utf-8?B?SsO2cmc=?= <root@mail.example.org>");
  const long = from("ö".repeat(40)) ?? "";
  assert.equal(long.split("\r\n ").length, 2);
  assert.ok(long.split("\r\n ").every((line) => line.length < 110));
  assert.match(prepare("", { sender: null }).text, /^From: <MAILER-DAEMON@mail\.example\.org>/m);
});

test("Bcc goes, and its recipients are read", () => {
  const text = "To: Bob <bob@b.example>,\n root\nCc: zoë@b.example\nBcc: c@d.example\n\nBcc: x\n";
  const letter = prepare(text);
  assert.deepEqual(letter.recipients, [
    "bob@b.example",
    "root@mail.example.org",
    "zoë@b.example",
    "c@d.example",
  ]);
  assert.doesNotMatch(letter.text, /^Bcc: c/m);
  assert.match(letter.text, /\r\n\r\nBcc: x\r\n$/);
  assert.match(letter.text, /^To: Bob <bob@b\.example>,\r\n root@mail\.example\.org\r\nCc: zoë@b/m);
});

test("a message that is sent again goes to those of its Resent fields", () => {
  assert.deepEqual(prepare("To: a@b.example\nResent-To: c@d.example\n\n").recipients, [
    "c@d.example",
  ]);
});

test("what cannot be read is said", () => {
  assert.match(
    String(prepare("To: a@@b\n\n").recipients),
    /^the field To cannot be read at: a @ @ b/,
  );
  assert.match(prepare(`X: ${"x".repeat(200_000)}\n\n`).text, /^the header is longer than/);
});
