import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { formatPrefix, parsePrefix } from "../../../mail/ip.ts";
import { ipFromNumber } from "../../../mail/ip-number.ts";
import type { Admission } from "../admitted.ts";
import { countOf, overlap, type Space, spaceOf, union } from "../space.ts";
import { indexAdmitted } from "./admitted-index.ts";
import { coloursOf, drawView } from "./draw-view.ts";
import { lookInto, nameOf, viewOf, viewsAround, wholeView } from "./view.ts";

function prefix(text: string) {
  return parsePrefix(text) ?? assert.fail(text);
}

function admission(line: number, ...texts: readonly string[]): Admission {
  const place = { file: "b.yaml", line, column: 1 };
  return { role: "mx", reason: "trusted-network", place, space: spaceOf(texts.map(prefix)) };
}

function view(text: string) {
  return viewOf(text) ?? assert.fail(text);
}

function drawn(admissions: readonly Admission[], at = wholeView): string {
  const content = lookInto(indexAdmitted(admissions), at);
  return drawView(content, {
    colours: coloursOf(content.lines),
    href: (square) => `?view=${nameOf(square.prefix)}`,
    labelledBy: "map",
  });
}

describe("a view", () => {
  test("is the nearest that shows what is asked for", () => {
    for (const [asked, shown] of [
      ["0.0.0.0/0", "0.0.0.0/0"],
      ["10.0.0.0/8", "10.0.0.0/8"],
      ["172.16.0.0/12", "172.0.0.0/8"],
      ["192.0.2.128/25", "192.0.2.0/24"],
      ["192.0.2.7", "192.0.2.0/24"],
    ] as const) {
      assert.equal(formatPrefix(view(asked)), shown);
    }
    for (const bad of [
      "",
      "/8",
      "10",
      "2001:db8::/32",
      "::1",
      "10.0.0.0/33",
      "<b>",
      "1.2.3.4/8/8",
    ]) {
      assert.equal(viewOf(bad), undefined, bad);
    }
  });

  test("lies in those around it", () => {
    const around = viewsAround(view("192.0.2.7")).map(formatPrefix);
    assert.deepEqual(around, ["0.0.0.0/0", "192.0.0.0/8", "192.0.0.0/16"]);
    assert.deepEqual(viewsAround(wholeView), []);
  });

  test("tells what each square and each line has in it", () => {
    const index = indexAdmitted([
      admission(1, "10.0.0.0/8", "192.0.2.0/24"),
      admission(2, "192.0.3.0/25", "2001:db8::/32"),
      admission(3, "2001:db8:1::/48"),
    ]);
    const whole = lookInto(index, wholeView);
    assert.equal(whole.squares.length, 256);
    assert.deepEqual(
      whole.squares
        .filter(({ admitted }) => admitted > 0)
        .map((each) => [each.octet, each.admitted, each.lines]),
      [
        [10, 2 ** 24, 1],
        [192, 384, 2],
      ],
    );
    assert.deepEqual(
      whole.lines.map(({ line, addresses }) => [line, addresses]),
      [
        [0, 2 ** 24 + 256],
        [1, 128],
      ],
    );
    const near = lookInto(index, view("192.0.3.0/24"));
    assert.equal(near.admitted, 128);
    assert.equal(near.squares.filter(({ admitted }) => admitted === 1).length, 128);
    assert.deepEqual(
      near.lines.map(({ line }) => line),
      [1],
    );
  });

  test("counts as the sets of the proof do, wherever one looks", () => {
    const some = fc.array(
      fc.tuple(fc.nat(2 ** 32 - 1), fc.integer({ min: 4, max: 32 })).map(([value, length]) => {
        const shift = BigInt(32 - length);
        return { address: ipFromNumber((BigInt(value) >> shift) << shift, 4), length };
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(
        some,
        some,
        fc.nat(2 ** 32 - 1),
        fc.constantFrom(0, 8, 16, 24),
        (a, b, at, bits) => {
          const shift = BigInt(32 - bits);
          const shown = { address: ipFromNumber((BigInt(at) >> shift) << shift, 4), length: bits };
          const [one, other] = [a, b].map((list, line) => ({
            ...admission(line),
            space: spaceOf(list),
          }));
          if (one === undefined || other === undefined) return;
          const content = lookInto(indexAdmitted([one, other]), shown);
          const here = spaceOf([shown]);
          const expected = countOf(overlap(union([one.space, other.space]), here), 4);
          assert.equal(BigInt(content.admitted), expected);
          const sum = content.squares.reduce((total, { admitted }) => total + admitted, 0);
          assert.equal(BigInt(sum), expected);
          for (const { line, addresses } of content.lines) {
            const own: Space = line === 0 ? one.space : other.space;
            assert.equal(BigInt(addresses), countOf(overlap(own, here), 4));
          }
        },
      ),
    );
  });
});

describe("the picture of a view", () => {
  test("draws what is large in true size, and marks what is not", () => {
    const whole = drawn([admission(1, "10.0.0.0/8"), admission(2, "192.0.2.7/32")]);
    assert.match(whole, /<path class="c0" d="M192 192h64v64h-64z"\/>/);
    assert.match(whole, /<path class="c1 mark-place" d="M\d+(\.\d+)? \d+(\.\d+)?h9v9h-9z"\/>/);
    assert.match(
      whole,
      /<a href="\?view=192\.0\.0\.0\/8" aria-label="192\.0\.0\.0\/8: 1 address, by one line">/,
    );
    assert.match(whole, /<a href="\?view=11\.0\.0\.0\/8" tabindex="-1" aria-hidden="true">/);
    const near = drawn([admission(2, "192.0.2.7/32")], view("192.0.2.0/24"));
    assert.match(near, /<path class="c0" d="M\d+ \d+h64v64h-64z"\/>/);
    assert.match(near, /aria-label="192\.0\.2\.7: all of it, by one line"/);
    assert.doesNotMatch(near, /mark-place/);
  });

  test("has no style of its own, which the policy of the page would refuse", () => {
    assert.doesNotMatch(drawn([admission(1, "10.0.0.0/8")]), /style/);
  });

  test("is bounded and quick with a hundred thousand lines", () => {
    const many = Array.from({ length: 100_000 }, (_, line) => ({
      ...admission(line),
      space: spaceOf([{ address: ipFromNumber(BigInt(line * 42_943), 4), length: 32 }]),
    }));
    const index = indexAdmitted(many);
    const content = lookInto(index, wholeView);
    const colours = coloursOf(content.lines);
    assert.equal(content.lines.length, 100_000);
    assert.equal(colours.size, 6);
    const picture = drawn(many);
    assert.ok(picture.length < 700_000, `${picture.length}`);
  });
});
