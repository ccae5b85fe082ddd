import assert from "node:assert/strict";
import { test } from "node:test";
import { formatAddress } from "../mail/address.ts";
import { formatAddressPattern } from "../mail/address-pattern.ts";
import { readAccountList } from "./account-list.ts";

function read(text: string) {
  const list = readAccountList(text, (hash) => hash === "$h$");
  assert.ok(list.ok, list.ok ? "" : list.problem);
  const { accounts, problems } = list.value;
  return {
    accounts: accounts.map(({ line, address, secret, aliases }) =>
      [line, formatAddress(address), secret.kind, ...aliases.map(formatAddressPattern)].join(" "),
    ),
    problems: problems.map(({ line, problem }) => `${line}: ${problem}`),
  };
}

test("columns stand in any order, and each line has a password or a hash", () => {
  const text =
    "Aliases,hash,password,address\n,$h$,,ann@a.test\nx@a.test @b.test,, p w ,B@a.test\n";
  assert.deepEqual(read(text), {
    accounts: ["2 ann@a.test hash", "3 B@a.test password x@a.test @b.test"],
    problems: [],
  });
});

test("without a column for them no account has a password", () => {
  assert.deepEqual(read("address,aliases\nann@a.test,x@a.test\nbob@a.test,\n"), {
    accounts: ["2 ann@a.test none x@a.test", "3 bob@a.test none"],
    problems: [],
  });
  assert.deepEqual(read("address\nann@a.test\n").accounts, ["2 ann@a.test none"]);
});

test("a password is taken as it stands, with blanks at its ends", () => {
  const list = readAccountList("address,password\nann@a.test, p w \n", () => false);
  assert.ok(list.ok);
  assert.deepEqual(list.value.accounts[0]?.secret, { kind: "password", password: " p w " });
});

test("each wrong line is named, and no password is shown", () => {
  const lines = [
    "address,password,hash,aliases",
    "ann,x,,",
    "ann@a.test,,,",
    "ann@a.test,p,$h$,",
    "ann@a.test,,geheim,",
    "ann@a.test,se\u0007cret,,",
    "ann@a.test,p",
    "ann@a.test,p,q,r,s",
    "ann@a.test,p,,bob",
    "ann@a.test,p,,Ann@a.test",
    "bob@a.test,p,,x@a.test",
    "BOB@a.test,p,,",
    "eve@a.test,p,,X@a.test",
    '"\u001b[2J",p,,',
    "",
  ];
  assert.deepEqual(read(lines.join("\n")), {
    accounts: ["11 bob@a.test password x@a.test"],
    problems: [
      '2: "ann" is no address such as alice@example.org',
      "3: it has no password",
      "4: it has a password and a hash; one is enough",
      "5: the hash is of no kind that is known here; a password in clear is no hash",
      "6: the password has characters that cannot be typed everywhere, such as control characters",
      "7: it has 2 of 4 fields",
      '8: it has 5 of 4 fields; quote a field that has a comma: "a,b"',
      '9: "bob" is no alias; aliases are addresses with blanks between them',
      "10: it names one address twice",
      "12: bob@a.test stands in line 11 already",
      "13: x@a.test stands in line 11 already",
      '14: "\\u001b[2J" is no address such as alice@example.org',
    ],
  });
});

test("a first line that does not name the columns is a problem of the whole file", () => {
  const wrong = [
    "",
    "\n",
    "ann@a.test,secret\n",
    "aliases\n",
    "password\n",
    "address;password\n",
    "address,password,password\n",
    "address,password,quota\n",
    "address,password",
  ];
  for (const text of wrong) assert.equal(readAccountList(text, () => true).ok, false, text);
});
