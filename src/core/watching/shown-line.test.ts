import assert from "node:assert/strict";
import { test } from "node:test";
import { assert as check, pre, property, string } from "fast-check";
import { hidden, longestShown, noCommand, shownLine, visible } from "./shown-line.ts";
import { pop3Secrets } from "../pop3/secrets.ts";
import { smtpSecrets } from "../smtp/server/secrets.ts";

const secret = "AGFsaWNlAGh1bnRlcjI=";

const smtp: readonly (readonly [line: string, shown: string])[] = [
  ["EHLO client.example", "EHLO client.example"],
  ["mail from:<ann@example.org> SIZE=5", "mail from:<ann@example.org> SIZE=5"],
  [`AUTH PLAIN ${secret}`, `AUTH PLAIN ${hidden}`],
  [`auth\tplain\t ${secret}`, `auth plain ${hidden}`],
  ["AUTH LOGIN", "AUTH LOGIN"],
  ["AUTH", "AUTH"],
  [`AUTH ${secret}`, `AUTH ${hidden}`],
  [`AUTH PLAIN=${secret}`, `AUTH ${hidden}`],
  ["AUTH SCRAM-SHA-256 biws", `AUTH SCRAM-SHA-256 ${hidden}`],
  ["NOOP hunter2", `NOOP ${hidden}`],
  ["STARTTLS hunter2", `STARTTLS ${hidden}`],
  ["EHLO client.example hunter2", `EHLO client.example ${hidden}`],
  ["MAIL FROM: <ann@example.org> SIZE=5", "MAIL FROM: <ann@example.org> SIZE=5"],
  ["rcpt TO:<bob@example.org>", "rcpt TO:<bob@example.org>"],
  ["BDAT 5 LAST", "BDAT 5 LAST"],
  ["VRFY bob", "VRFY bob"],
  // Lines of a message that was not wanted.
  ["Mail me when you are there", `Mail ${hidden}`],
  ["Help! They are after the plan", noCommand],
  ["Help is on its way", `Help ${hidden}`],
  ["data is the new oil", `data ${hidden}`],
  [secret, noCommand],
  [` AUTH PLAIN ${secret}`, noCommand],
  [`AUTHPLAIN ${secret}`, noCommand],
  ["hunter2", noCommand],
  ["GET / HTTP/1.1", noCommand],
  ["", noCommand],
  ["constructor x", noCommand],
];

for (const [line, shown] of smtp) {
  test(`SMTP: ${line}`, () => assert.equal(shownLine(line, false, smtpSecrets), shown));
}

const pop3: readonly (readonly [line: string, shown: string])[] = [
  ["USER alice@example.org", "USER alice@example.org"],
  ["PASS hunter2 with blanks", `PASS ${hidden}`],
  ["pass hunter2", `pass ${hidden}`],
  ["APOP alice c4c9334bac560ecc979e58001b3e22fb", `APOP alice ${hidden}`],
  [`AUTH PLAIN ${secret}`, `AUTH PLAIN ${hidden}`],
  [`AUTH ${secret}`, `AUTH ${hidden}`],
  ["APOP hunter2", `APOP ${hidden}`],
  ["USER alice hunter2", `USER alice ${hidden}`],
  ["STLS hunter2", `STLS ${hidden}`],
  ["RETR 1", "RETR 1"],
  ["TOP 1 0", "TOP 1 0"],
  [secret, noCommand],
];

for (const [line, shown] of pop3) {
  test(`POP3: ${line}`, () => assert.equal(shownLine(line, false, pop3Secrets), shown));
}

test("the answer to a challenge is never shown, whatever it looks like", () => {
  for (const line of ["MAIL FROM:<a@b.example>", secret, "*", ""]) {
    assert.equal(shownLine(line, true, smtpSecrets), hidden);
  }
});

test("whatever stands behind AUTH or PASS is not seen", () => {
  check(
    property(string({ minLength: 9, unit: "grapheme" }), (password) => {
      const word = password.replaceAll(/\s/g, "");
      pre(word.length > 8);
      assert.ok(!shownLine(`AUTH PLAIN ${word}`, false, smtpSecrets).includes(word));
      assert.ok(!shownLine(`PASS ${word}`, false, pop3Secrets).includes(word));
    }),
  );
});

test("nothing that is shown can move the cursor or turn the text around", () => {
  assert.equal(visible("a\u001b[2Jb\r\n\u202e\\"), "a\\u{1b}[2Jb\\u{d}\\u{a}\\u{202e}\\\\");
  assert.equal(visible("grüße@bücher.example"), "grüße@bücher.example");
  assert.equal(visible("\ud800"), "\\u{d800}");
  check(
    property(string({ unit: "binary", maxLength: 3_000 }), (text) => {
      assert.doesNotMatch(visible(text), /[\p{C}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test("a long line is cut", () => {
  assert.equal(visible("x".repeat(longestShown)).length, longestShown);
  assert.equal(visible("x".repeat(100_000)), `${"x".repeat(longestShown)}…`);
});
