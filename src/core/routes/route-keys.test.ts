import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { isFor, type RouteKeys, takesAllOf } from "./route-keys.ts";

const ann = { local: "Ann", domain: "example.org" };
const mail = { domain: "mail.example.com", sender: ann, login: "app@example.org" };

suite("a route is for mail that all of its keys fit", () => {
  const cases: readonly (readonly [RouteKeys, boolean])[] = [
    [{ to: "*" }, true],
    [{ to: "mail.example.com" }, true],
    [{ to: "example.com" }, false],
    [{ to: ".example.com" }, true],
    [{ to: ".mail.example.com" }, false],
    [{ to: ".ample.com" }, false],
    [{ to: "*", from: "example.org" }, true],
    [{ to: "*", from: ".example.org" }, false],
    [{ to: "*", from: ".org" }, true],
    [{ to: "*", from: "ann@example.org" }, true],
    [{ to: "*", from: "bob@example.org" }, false],
    [{ to: "*", from: "<>" }, false],
    [{ to: "*", account: "app@example.org" }, true],
    [{ to: "*", account: "ann@example.org" }, false],
    [{ to: ".example.com", from: "example.org", account: "app@example.org" }, true],
    [{ to: ".example.com", from: "example.net", account: "app@example.org" }, false],
    [{ to: "example.com", from: "example.org", account: "app@example.org" }, false],
  ];
  for (const [route, expected] of cases) {
    test(JSON.stringify(route), () => assert.equal(isFor(route, mail), expected));
  }
});

test("a bounce has no sender, and nobody has logged in for it", () => {
  const bounce = { domain: "a.example", sender: null };
  assert.equal(isFor({ to: "*", from: "<>" }, bounce), true);
  assert.equal(isFor({ to: "*" }, bounce), true);
  assert.equal(isFor({ to: "*", from: "example.org" }, bounce), false);
  assert.equal(isFor({ to: "*", account: "app@example.org" }, bounce), false);
});

suite("a route takes all that another is for", () => {
  const cases: readonly (readonly [RouteKeys, RouteKeys, boolean])[] = [
    [{ to: "*" }, { to: "a.example", from: "x@b.example", account: "c@d.example" }, true],
    [{ to: "a.example" }, { to: "*" }, false],
    [{ to: ".example" }, { to: ".a.example" }, true],
    [{ to: ".example" }, { to: "a.example" }, true],
    [{ to: ".a.example" }, { to: "a.example" }, false],
    [{ to: "*", from: "b.example" }, { to: "*" }, false],
    [{ to: "*", from: "b.example" }, { to: "c.example", from: "ann@b.example" }, true],
    [{ to: "*", from: ".example" }, { to: "*", from: "ann@b.example" }, true],
    [{ to: "*", from: "b.example" }, { to: "*", from: "ann@c.b.example" }, false],
    [{ to: "*", from: "ann@b.example" }, { to: "*", from: "b.example" }, false],
    [{ to: "*", from: "b.example" }, { to: "*", from: "<>" }, false],
    [{ to: "*", from: "<>" }, { to: "*", from: "<>" }, true],
    [{ to: "*", account: "a@b.example" }, { to: "*" }, false],
    [{ to: "*", account: "a@b.example" }, { to: "x.example", account: "a@b.example" }, true],
    [{ to: "*", from: "b.example" }, { to: "*", account: "a@b.example" }, false],
  ];
  for (const [one, other, expected] of cases) {
    const name = `${JSON.stringify(one)} ${JSON.stringify(other)}`;
    test(name, () => assert.equal(takesAllOf(one, other), expected));
  }
});
