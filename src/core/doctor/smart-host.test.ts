import { test } from "node:test";
import type { HostLogin, TransportSettings } from "../config/transport-settings.ts";
import { assertFindings } from "./fixture.test.ts";
import { judgeSmartHost, type SmtpOffer } from "./smart-host.ts";

const login: HostLogin = { user: "ann", password: { file: "/p" } };
const offered: SmtpOffer = {
  tls: { kind: "up", doubt: undefined },
  auth: ["PLAIN", "LOGIN"],
  isLoopback: false,
};

function judge(
  transport: Pick<TransportSettings, "tls" | "login">,
  changes: Partial<SmtpOffer> = {},
) {
  const host = "smtp.example.com:587";
  return judgeSmartHost({ host, transport, offer: { ...offered, ...changes } });
}

test("what the route asks for is there", () => {
  assertFindings(judge({ tls: "verified", login }), ["ok", /with TLS, and offers a login/]);
  assertFindings(judge({ tls: "off" }, { tls: { kind: "not-offered" } }), ["ok", /in the clear/]);
  assertFindings(
    judge({ tls: "opportunistic", login }, { tls: { kind: "not-offered" }, isLoopback: true }),
    ["ok", /in the clear, and offers a login/],
  );
});

test("TLS that is missing or doubtful keeps mail back where the route says so", () => {
  assertFindings(judge({ tls: "required" }, { tls: { kind: "not-offered" } }), [
    "problem",
    /it offers no TLS/,
  ]);
  assertFindings(judge({ tls: "opportunistic" }, { tls: { kind: "not-offered" } }), [
    "warning",
    /it offers no TLS/,
  ]);
  const doubt = "its certificate has expired";
  assertFindings(judge({ tls: "verified" }, { tls: { kind: "up", doubt } }), [
    "problem",
    /expired/,
  ]);
  assertFindings(judge({ tls: "required" }, { tls: { kind: "up", doubt } }), ["ok", /with TLS/]);
  assertFindings(judge({ tls: "verified" }, { tls: { kind: "failed", why: "no cipher" } }), [
    "problem",
    /its TLS fails: no cipher/,
  ]);
});

test("a login that is missing, or of a kind that nobody here knows", () => {
  assertFindings(judge({ tls: "verified", login }, { auth: [] }), ["problem", /offers no login/]);
  assertFindings(judge({ tls: "verified", login }, { auth: ["GSSAPI"] }), ["problem", /GSSAPI/]);
});

test("a host that does not answer", () => {
  assertFindings(
    judgeSmartHost({ host: "h:25", transport: { tls: "off" }, offer: { unreached: "it is down" } }),
    ["problem", /h:25 takes no mail from here: it is down/],
  );
});
