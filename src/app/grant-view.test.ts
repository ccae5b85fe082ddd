import assert from "node:assert/strict";
import { test } from "node:test";
import { parseIp } from "../core/mail/ip.ts";
import type { GrantView } from "../server/admin/operations.ts";
import { dailyUseTable, grantTable, noGrantsText, useTable } from "./grant-view.ts";

const start = Date.UTC(2026, 10, 26, 8);
const grant: GrantView = {
  id: "0123456789abcdef",
  client: parseIp("203.0.113.9") ?? assert.fail(),
  account: "ann@example.org",
  source: "pop3",
  software: "Outlook Express 5",
  openedAt: start,
  heardAt: start,
  endedAt: null,
  lifetime: null,
  revokedAt: null,
  sessions: [],
  state: "open",
  expiresAt: null,
  bar: null,
};

test("grants stand in a table, each with its end, and those that do not count say why", () => {
  const hour = 3_600_000;
  const table = grantTable(
    [
      grant,
      { ...grant, id: "1", account: null, state: "closed", expiresAt: start + 2 * hour },
      { ...grant, id: "2", software: "\u001b[2J\u009bevil", state: "over", expiresAt: start },
      { ...grant, id: "3", software: null, state: "revoked", revokedAt: start, bar: "too many" },
    ],
    start + hour,
  );
  const lines = table.split("\n").map((line) => line.replace(/ {2,}/g, " | "));
  assert.deepEqual(lines, [
    "ID | CLIENT | ACCOUNT | SOURCE | SOFTWARE | SINCE | UNTIL",
    "0123456789abcdef | 203.0.113.9 | ann@example.org | pop3 | Outlook Express 5 | 2026-11-26 08:00:00Z | the session's end",
    "1 | 203.0.113.9 | - | pop3 | Outlook Express 5 | 2026-11-26 08:00:00Z | 2026-11-26 10:00:00Z (1 h 0 min)",
    "2 | 203.0.113.9 | ann@example.org | pop3 | ?[2J?evil | 2026-11-26 08:00:00Z | over since 2026-11-26 08:00:00Z",
    "3 | 203.0.113.9 | ann@example.org | pop3 | - | 2026-11-26 08:00:00Z | revoked 2026-11-26 08:00:00Z",
    "",
    "3 does not count: too many",
    "",
  ]);
});

test("where there is no grant, it is said of whom, and that there can be none", () => {
  const { client } = grant;
  const account = "nobody@example.org";
  const cases = [
    [{ client: null, account: null }, "Nobody relays for having read mail.\n"],
    [{ client: null, account }, "There is no grant for nobody@example.org.\n"],
    [{ client, account: null }, "There is no grant from 203.0.113.9.\n"],
    [{ client, account }, "There is no grant for nobody@example.org from 203.0.113.9.\n"],
  ] as const;
  for (const [filter, text] of cases) assert.equal(noGrantsText(filter, true), text);
  assert.match(
    noGrantsText({ client: null, account }, false),
    /^There is no grant for nobody@example\.org\. Reading .*`relay\.roaming` is not in the conf/,
  );
});

test("uses add up by account and program, or stand day by day", () => {
  const use = { day: "2026-11-25", account: "ann@example.org", software: "", messages: 2 };
  const uses = [use, { ...use, account: "", messages: 9 }, { ...use, day: "2026-11-26" }];
  assert.equal(
    useTable(uses),
    [
      "ACCOUNT          SOFTWARE  MESSAGES  DAYS  LAST",
      "-                -         9         1     2026-11-25",
      "ann@example.org  -         4         2     2026-11-26",
      "",
    ].join("\n"),
  );
  assert.equal(dailyUseTable(uses).split("\n").length, 5);
  assert.equal(dailyUseTable([]), "Nothing was relayed for having read mail.\n");
});
