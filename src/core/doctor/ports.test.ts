import { test } from "node:test";
import { assertFindings } from "./fixture.test.ts";
import { judgePorts, type PortFacts, type PortState } from "./ports.ts";

function judge(states: readonly PortState[], changes: Partial<PortFacts> = {}) {
  const ports = states.map((state, index) => ({
    listener: `l${index}`,
    endpoint: { host: "192.0.2.1", port: 25 + index },
    state,
  }));
  return judgePorts({ ports, serverRuns: false, mayStartAsRoot: false, ...changes });
}

const free: PortState = { kind: "free" };

test("ports that are free are one line, in few words where they are on all addresses", () => {
  assertFindings(judge([free, free]), [
    "ok",
    /free: 192\.0\.2\.1:25 \(l0\) and 192\.0\.2\.1:26 \(l1\)/,
  ]);
  const onAll = (...states: readonly PortState[]) =>
    ["0.0.0.0", "::"].map((host, index) => ({
      listener: "mx",
      endpoint: { host, port: 25 },
      state: states[index] ?? free,
    }));
  assertFindings(judge([], { ports: onAll() }), ["ok", /free: 25 \(mx\)$/]);
  const taken: PortState = { kind: "taken", by: undefined };
  assertFindings(
    judge([], { ports: onAll(taken) }),
    ["ok", /free: \[::\]:25 \(mx\)$/],
    ["problem", /0\.0\.0\.0:25 \(mx\) is taken/],
  );
});

test("a port that is taken is named with the program, where that can be seen", () => {
  const by = "master (process 7)";
  assertFindings(
    judge([{ kind: "taken", by }, { kind: "taken", by: undefined }, free]),
    ["ok", /free: 192\.0\.2\.1:27/],
    ["problem", /25 \(l0\) is taken by master \(process 7\)/],
    ["problem", /26 \(l1\) is taken by another program/],
  );
});

test("beside a running server its own ports are in order, and one that is free is not", () => {
  assertFindings(judge([{ kind: "own" }], { serverRuns: true }), [
    "ok",
    /the running server listens/,
  ]);
  assertFindings(judge([free], { serverRuns: true }), ["warning", /does not listen on 192/]);
});

test("a port that the service manager keeps is in order", () => {
  assertFindings(judge([{ kind: "kept" }]), ["ok", /systemd keeps 192\.0\.2\.1:25 \(l0\)/]);
});

test("who may not listen is told so, unless root will", () => {
  const state: PortState = { kind: "no-right" };
  assertFindings(judge([state]), ["problem", /may not listen on/]);
  assertFindings(judge([state], { mayStartAsRoot: true }), ["ok", /root can tell/]);
  assertFindings(judge([{ kind: "no-address" }]), ["problem", /has no address to listen on/]);
  assertFindings(judge([{ kind: "unknown", why: "EMFILE" }]), ["warning", /EMFILE/]);
});
