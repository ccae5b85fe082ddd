import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { dropOurselves, type MxAnswer, type MxRecord, orderHosts } from "./mx.ts";

const ownNames = new Set(["mail.example.org"]);

function order(answer: MxAnswer, random: () => number = () => 0) {
  return orderHosts("example.test", answer, { ownNames, random });
}

function names(answer: MxAnswer, random?: () => number): readonly string[] {
  const route = order(answer, random);
  assert.equal(route.kind, "hosts");
  return route.hosts.map(({ name }) => name);
}

function records(...pairs: readonly (readonly [number, string])[]): MxAnswer {
  const list = pairs.map(([preference, exchange]) => ({ preference, exchange }));
  return { kind: "records", records: list };
}

describe("order of hosts", () => {
  test("the lowest preference value comes first", () => {
    const answer = records([20, "b.test"], [10, "a.test"], [30, "c.test"]);
    assert.deepEqual(names(answer), ["a.test", "b.test", "c.test"]);
  });

  test("equals are shuffled by the numbers given", () => {
    const answer = records([10, "a.test"], [10, "b.test"], [5, "first.test"]);
    const falling = [0.9, 0.1, 0.5];
    const rising = [0.1, 0.9, 0.5];
    assert.deepEqual(
      names(answer, () => falling.shift() ?? 0),
      ["first.test", "b.test", "a.test"],
    );
    assert.deepEqual(
      names(answer, () => rising.shift() ?? 0),
      ["first.test", "a.test", "b.test"],
    );
  });

  test("without MX records the domain is its own host", () => {
    assert.deepEqual(names({ kind: "none" }), ["example.test"]);
  });

  test("a null MX is a permanent refusal", () => {
    for (const exchange of ["", "."]) {
      const route = order(records([0, exchange]));
      assert.equal(route.kind === "no-route" && route.status, "5.1.10");
    }
  });

  test("a null MX beside others counts for nothing", () => {
    assert.deepEqual(names(records([0, ""], [10, "a.test"])), ["a.test"]);
  });

  test("a domain that does not exist fails for good, an unanswered question does not", () => {
    const gone = order({ kind: "no-such-domain" });
    const unanswered = order({ kind: "unknown", why: "no server answered" });
    assert.equal(gone.kind === "no-route" && gone.status, "5.1.2");
    assert.equal(unanswered.kind === "no-route" && unanswered.status, "4.4.3");
  });
});

describe("ourselves among the hosts", () => {
  test("we are dropped with all equal or worse hosts", () => {
    const answer = records(
      [10, "a.test"],
      [20, "mail.example.org"],
      [20, "b.test"],
      [30, "c.test"],
    );
    assert.deepEqual(names(answer), ["a.test"]);
  });

  test("where we are the best host, mail would loop", () => {
    const route = order(records([10, "mail.example.org"], [10, "a.test"], [20, "b.test"]));
    assert.equal(route.kind === "no-route" && route.status, "5.4.6");
  });

  test("a domain without MX records that is ourselves would loop", () => {
    const options = { ownNames: new Set(["example.test"]), random: () => 0 };
    const route = orderHosts("example.test", { kind: "none" }, options);
    assert.equal(route.kind === "no-route" && route.status, "5.4.6");
  });

  test("the best of several hosts that are ourselves decides", () => {
    const hosts = [5, 10, 20].map((preference) => ({ preference, name: `p${preference}.test` }));
    const route = dropOurselves("example.test", hosts, ({ preference }) => preference >= 10);
    assert.deepEqual(route.kind === "hosts" && route.hosts, [hosts[0]]);
  });
});

test("every record appears once, sorted, whatever the random numbers are", () => {
  const record: fc.Arbitrary<MxRecord> = fc.record({
    preference: fc.nat(65_535),
    exchange: fc.constantFrom("a.test", "b.test", "c.test"),
  });
  const fraction = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  fc.assert(
    fc.property(fc.array(record, { minLength: 1 }), fc.infiniteStream(fraction), (list, stream) => {
      const route = order({ kind: "records", records: list }, () => stream.next().value);
      assert.equal(route.kind, "hosts");
      const preferences = route.hosts.map(({ preference }) => preference);
      assert.deepEqual(
        preferences,
        preferences.toSorted((one, other) => one - other),
      );
      assert.deepEqual(
        route.hosts.map(({ preference, name }) => `${preference} ${name}`).toSorted(),
        list.map(({ preference, exchange }) => `${preference} ${exchange}`).toSorted(),
      );
    }),
  );
});
