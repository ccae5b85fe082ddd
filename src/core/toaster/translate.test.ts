// Whatever stands in an installation's files: the import says something of it, and what it makes can be
// read again.

import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { readAccountList } from "../accounts/account-list.ts";
import { readDocument } from "../config/document.ts";
import { formatAccountList } from "./accounts.ts";
import { formatDraft } from "./document.ts";
import { control, domain, dotQmails, file, run, translated, user } from "./fixture.test.ts";

const names = [
  "me",
  "helohost",
  "rcpthosts",
  "morercpthosts",
  "morercpthosts.cdb",
  "locals",
  "virtualdomains",
  "smtproutes",
  "databytes",
  "queuelifetime",
  "timeoutsmtpd",
  "blacklists",
  "servercert.pem",
  "badmailfrom",
];

/** Text of what such files are made of, and octets of any kind between. */
const content = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "example.org",
        "example.net",
        ".example.org",
        ":",
        "\n",
        "\r\n",
        "\0",
        "#",
        "&",
        "|",
        "/home/vpopmail/domains/example.org/alice/Maildir/",
        "alice",
        "@",
        "192.0.2.",
        ':allow,RELAYCLIENT=""',
        "0",
        "25",
        "tcpserver",
        "rblsmtpd",
        "qmail-smtpd",
        "-r",
        "-c",
        " ",
        "$",
        "`",
        '"',
        "'",
        "{",
        "null",
        "true",
        "~",
      ),
      fc.string({ unit: "binary", maxLength: 3 }).map((text) => text.replace(/[^\0-\u00ff]/g, "?")),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(""));

test("no content of any file breaks the import", () => {
  fc.assert(
    fc.property(
      fc.array(content, { minLength: names.length + 8, maxLength: names.length + 8 }),
      (texts) => {
        const at = (index: number) => texts[names.length + index] ?? "";
        const done = translated({
          control: control(
            Object.fromEntries(names.map((name, index) => [name, texts[index] ?? ""])),
          ),
          assign: file("assign", at(0)),
          aliases: dotQmails("/var/qmail/alias", {
            postmaster: at(1),
            [at(2).replaceAll("/", "")]: at(3),
          }),
          scripts: [run("smtp", at(4))],
          rules: file("tcp.smtp", at(5)),
          databaseFile: file("vpopmail.mysql", at(6)),
          domains: [
            domain("example.org", [user("alice"), user("bob")], { info: at(7), default: at(3) }),
          ],
        });
        const text = formatDraft(done.draft, [at(0)]);
        const read = readDocument(text);
        assert.ok(read.ok, `${JSON.stringify(read)}\n${text}`);
        const list = readAccountList(formatAccountList(done.accounts), () => false);
        assert.ok(list.ok);
        assert.deepEqual(list.value.problems, []);
        // oxlint-disable-next-line no-control-regex -- control characters are the point
        assert.doesNotMatch(done.said.join(""), /[\0-\u001f\u007f]/);
      },
    ),
    { numRuns: 150 },
  );
});

test("very many findings of one kind are counted", () => {
  const rcpthosts = Array.from({ length: 5000 }, (_, index) => `not a domain ${index}\n`).join("");
  const done = translated({ control: control({ me: "mail.example.org", rcpthosts }) });
  const said = done.said.filter((line) => line.startsWith("operator /var/qmail/control/rcpthosts"));
  assert.equal(said.length, 51);
  assert.match(said.at(-1) ?? "", /and 4950 more of this kind/);
});
