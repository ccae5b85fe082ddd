import assert from "node:assert/strict";
import { test } from "node:test";
import { formatForward, readForwardList } from "./forward-list.ts";

function problem(line: string): string | undefined {
  const [read] = readForwardList(line);
  assert.ok(read !== undefined && !read.forward.ok, line);
  return read.forward.problem;
}

test("every line that can be written can be read", () => {
  const text = [
    "info@example.org: ann@example.org, Bob@elsewhere.example\n",
    "@example.net: ann@example.org\n",
    "alice@example.org: keep=alice@example.org, alice@elsewhere.example\n",
    "team@example.org: owner=boss@example.org, members-only, ann@example.org\n",
  ].join("");
  const read = readForwardList(text);
  assert.deepEqual(
    read.map(({ line }) => line),
    [1, 2, 3, 4],
  );
  const again = read.map(({ forward }) => (forward.ok ? formatForward(forward.value) : ""));
  assert.equal(again.join(""), text);
});

test("comments, blanks and short forms", () => {
  const [first, ...others] = readForwardList(
    "# all of them\r\n\r\n  alice@example.org :keep,  x@far.example ,,\r\n",
  );
  assert.deepEqual(others, []);
  assert.deepEqual(first, {
    line: 3,
    forward: {
      ok: true,
      value: {
        address: { local: "alice", domain: "example.org" },
        targets: [{ local: "x", domain: "far.example" }],
        keep: { local: "alice", domain: "example.org" },
        owner: null,
        membersOnly: false,
      },
    },
  });
});

test("what is wrong with a line is said", () => {
  assert.match(problem("info: ann@example.org") ?? "", /begin with an address/);
  assert.match(problem("info@example.org ann@example.org") ?? "", /begin with an address/);
  assert.match(problem("info@example.org: ") ?? "", /nobody/);
  assert.match(problem("info@example.org: keep") ?? "", /nobody/);
  assert.match(problem("info@example.org: ann") ?? "", /"ann" is no address/);
  assert.match(problem("info@example.org: owner=x, a@b.example") ?? "", /"owner=x" is no/);
  assert.match(problem("@example.org: keep, a@b.example") ?? "", /no account/);
});
