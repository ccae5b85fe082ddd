import { test } from "node:test";
import { type CertificateFact, judgeCertificates } from "./certificate.ts";
import { assertFindings } from "./fixture.test.ts";

const hostname = "mail.example.org";
const good = {
  kind: "read",
  file: "cert.pem",
  names: [hostname],
  daysLeft: 60.5,
  isSelfSigned: false,
} as const;

function judge(certificates: readonly CertificateFact[], usersLogIn = true) {
  return judgeCertificates({ hostname, usersLogIn, certificates });
}

test("without any, users are warned and servers do not mind", () => {
  assertFindings(judge([]), ["warning", /no certificate is configured/]);
  assertFindings(judge([], false), ["ok", /enough between servers/]);
  assertFindings(judge([{ ...good, isSelfSigned: true }]), ["warning", /signed by itself/]);
  assertFindings(judge([{ ...good, isSelfSigned: true }], false), ["ok", /60 days/]);
});

test("the days that are left count", () => {
  assertFindings(judge([good]), ["ok", /good for 60 days/]);
  assertFindings(judge([{ ...good, daysLeft: 1.2 }]), ["warning", /expires in 1 day$/]);
  assertFindings(judge([{ ...good, daysLeft: -3.5 }]), ["problem", /has expired 3 days ago/]);
});

test("one of them has to be for the host's name; a star stands for one label", () => {
  const names = (...all: readonly string[]) => judge([{ ...good, names: all }]);
  assertFindings(names("*.example.org"), ["ok", /good/]);
  const other: readonly ["warning", RegExp] = [
    "warning",
    /no certificate is for mail\.example\.org/,
  ];
  assertFindings(names("*.org", "example.org"), other, ["ok", /good/]);
  assertFindings(names("*.mail.example.org"), other, ["ok", /good/]);
  assertFindings(
    judge([{ ...good, names: ["pop.example.org"] }, good]),
    ["ok", /good/],
    ["ok", /good/],
  );
});

test("one that cannot be used says why", () => {
  assertFindings(judge([{ kind: "unusable", why: "the key does not belong" }]), [
    "problem",
    /the key does not belong/,
  ]);
});
