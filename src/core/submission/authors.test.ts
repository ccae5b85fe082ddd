import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { octetsRichIn } from "../../../test/support/pieces.ts";
import { formatAddress } from "../mail/address.ts";
import { describeReply, formatReply } from "../smtp/reply.ts";
import { findAuthors } from "./authors.ts";
import { describeProblem, notOwned } from "./refusals.ts";

/** Authors as `From: address`, or the reply. */
function authors(
  from: readonly string[],
  sender: readonly string[] = [],
): readonly string[] | string {
  const found = findAuthors({ isTooLong: false, from, sender });
  if (!found.ok) return describeReply(describeProblem(found.problem));
  return found.value.map(({ field, address }) => `${field}: ${formatAddress(address)}`);
}

function many(count: number): string {
  return Array.from({ length: count }, (_, index) => `a+${index}@b.example`).join(",");
}

describe("the authors of a message", () => {
  test("are those of From and of Sender, each once", () => {
    assert.deepEqual(authors(["a@b.example"]), ["From: a@b.example"]);
    assert.deepEqual(authors(["A@b.example, c@d.example, a@b.example"], ["<c@d.example>"]), [
      "From: A@b.example",
      "From: c@d.example",
    ]);
    assert.deepEqual(authors(["a@b.example"], ["s@b.example"]), [
      "From: a@b.example",
      "Sender: s@b.example",
    ]);
  });

  test("cannot be none, nor doubtful, and the reply says what to do", () => {
    assert.equal(
      authors([]),
      "550 5.6.0 The message's header has no From field; it must say who the message is from",
    );
    assert.equal(
      authors(["a@b.example", "a@b.example"]),
      "550 5.6.0 The message's header has more than one From field; keep one",
    );
    assert.equal(
      authors(["Scanner, 2nd floor <a@b.example>"]),
      '550 5.6.0 The From field cannot be read at: Scanner Write "Your Name" <you@your.domain>, the name in double quotes',
    );
    assert.equal(authors(["us:;"]), "550 5.6.0 The From field names no address");
    assert.equal(authors(["a@b.example"], [""]), "550 5.6.0 The Sender field names no address");
    assert.match(String(authors(["a@b.example"], ["a", "b"])), /more than one Sender field/);
    assert.equal(
      describeReply(describeProblem({ kind: "header-too-long" })),
      "552 5.3.4 Header too long: at most 102400 octets are taken",
    );
  });

  test("are at most 100, each of which is looked up", () => {
    assert.equal(authors([many(100)]).length, 100);
    const tooMany = "550 5.6.0 From and Sender name too many addresses";
    assert.equal(authors([many(101)]), tooMany);
    assert.equal(authors([many(60)], [many(101).slice(many(60).length + 1)]), tooMany);
    assert.equal(authors([many(5_000)]), tooMany);
  });

  test("fit into a reply, whatever they are called", () => {
    const longest = `${"l".repeat(64)}@${`${"d".repeat(61)}.`.repeat(4)}example`;
    const hostile = octetsRichIn("<", "@", "\u00ff", "\0", "b.example", '"', ",", longest);
    fc.assert(
      fc.property(hostile, (octets) => {
        const from = [Buffer.from(octets).toString("utf8")];
        const found = findAuthors({ isTooLong: false, from, sender: [] });
        const replies = found.ok ? found.value.map(notOwned) : [describeProblem(found.problem)];
        for (const line of replies.flatMap((each) => formatReply(each).trimEnd().split("\r\n"))) {
          assert.match(line, /^550[ -]5\.[67]\.[01] [ -~]+$/);
          assert.ok(line.length <= 510, line);
        }
      }),
    );
  });
});
