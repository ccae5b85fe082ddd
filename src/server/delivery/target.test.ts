import assert from "node:assert/strict";
import { test } from "node:test";
import type { DomainSettings } from "../../core/config/settings.ts";
import { targetOf } from "./target.ts";

const place = { file: "b.yaml", line: 1, column: 1 };
const via = { host: "192.0.2.1", port: 25 };

test("a domain that only sends gets no notices either, whatever the routes say", () => {
  const mute: DomainSettings = { name: "news.example", deliver: { to: "none" }, place };
  const directory = { domain: (name: string) => (name === mute.name ? mute : undefined) };
  const to = (domain: string) => {
    const address = { local: "app", domain };
    return targetOf({ index: 0, kind: "relay", address, attempts: 0, waited: 0 }, directory, [
      { to: "*", via, place },
    ]);
  };
  assert.deepEqual(to("news.example"), {
    kind: "nowhere",
    why: "news.example only sends; no mail for it is taken",
  });
  assert.deepEqual(to("other.example"), { kind: "via", host: via });
});
