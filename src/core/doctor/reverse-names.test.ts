import { test } from "node:test";
import { bad, good } from "../result.ts";
import { assertFindings } from "./fixture.test.ts";
import { judgeReverseNames, type ReverseName } from "./reverse-names.ts";

const hostname = "mail.example.org";

function judge(names: ReverseName["names"], sendsDirectly = true) {
  return judgeReverseNames({ hostname, reverse: [{ address: "192.0.2.7", names }], sendsDirectly });
}

test("a name counts that leads back", () => {
  const back = ["192.0.2.7"];
  assertFindings(judge(good([{ name: hostname, addresses: back }])), ["ok", /leads back to it$/]);
  assertFindings(judge(good([{ name: "vm7.provider.example", addresses: back }])), [
    "ok",
    /though it is not mail\.example\.org/,
  ]);
  const forged = { name: "gmail.com", addresses: ["198.51.100.1"] };
  assertFindings(judge(good([forged])), ["problem", /gmail\.com, which does not lead back/]);
  assertFindings(judge(good([forged, { name: hostname, addresses: back }])), ["ok", /called mail/]);
});

test("no name keeps from sending directly, and not through a smart host", () => {
  assertFindings(judge(good([])), ["problem", /has no name in the DNS/]);
  assertFindings(judge(good([]), false), ["warning", /has no name in the DNS/]);
  assertFindings(judge(bad("late")), ["warning", /could not be looked up: late/]);
  assertFindings(judgeReverseNames({ hostname, reverse: [], sendsDirectly: true }), [
    "ok",
    /no public address/,
  ]);
});
