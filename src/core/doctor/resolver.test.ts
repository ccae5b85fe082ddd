import { test } from "node:test";
import { assertFindings } from "./fixture.test.ts";
import { judgeResolver, type ResolverFact } from "./resolver.ts";

const server = "127.0.0.1:53";
const silent: ResolverFact = { server, answer: { kind: "silent", why: "it is silent" } };

function answering(latency: number, validates = true): ResolverFact {
  return { server, answer: { kind: "answers", latency, validates } };
}

function judge(isTrusted: boolean, ...servers: readonly ResolverFact[]) {
  return judgeResolver({ servers, isTrusted });
}

test("servers that answer are in order, and what they say of signatures is told", () => {
  assertFindings(judge(true, answering(3.2)), [
    "ok",
    /in 3 ms, and looks at signatures \(DNSSEC\)$/,
  ]);
  assertFindings(judge(false, answering(0.2)), ["ok", /in 1 ms.*not relied on/]);
  assertFindings(judge(true, answering(3, false)), ["ok", /no signatures.*DANE/]);
  assertFindings(judge(true, answering(900)), ["warning", /in 900 ms/]);
});

test("no mail leaves where none answers; one that is silent is a delay", () => {
  assertFindings(judge(true), ["problem", /no DNS server is known/]);
  assertFindings(judge(true, silent, silent), ["problem", /no DNS: it is silent and it is silent/]);
  assertFindings(judge(true, silent, answering(3)), ["warning", /silent/], ["ok", /in 3 ms/]);
});
