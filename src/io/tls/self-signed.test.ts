import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { makeSelfSigned } from "./self-signed.ts";

const now = Date.UTC(2026, 10, 25, 12);

test("a certificate that vouches for itself is for its names, and for a time that has begun", () => {
  const made = makeSelfSigned({ names: ["mail.example.org", "mx.example.net"], now });
  const certificate = new X509Certificate(made.certificate);
  assert.equal(certificate.subject, "CN=mail.example.org");
  assert.equal(certificate.issuer, certificate.subject);
  assert.equal(certificate.subjectAltName, "DNS:mail.example.org, DNS:mx.example.net");
  assert.ok(certificate.verify(certificate.publicKey));
  assert.ok(certificate.checkPrivateKey(createPrivateKey(made.key)));
  assert.equal(certificate.ca, false);
  assert.ok(Date.parse(certificate.validFrom) < now);
  assert.ok(Date.parse(certificate.validTo) > now + 9 * 365 * 86_400_000);
});

test("each one has a key and a number of its own", () => {
  const [one, other] = [1, 2].map(
    () => new X509Certificate(makeSelfSigned({ names: ["a.example"], now }).certificate),
  );
  assert.notEqual(one?.serialNumber, other?.serialNumber);
  assert.notDeepEqual(
    one?.publicKey.export({ format: "jwk" }),
    other?.publicKey.export({ format: "jwk" }),
  );
});

test("a name longer than a common name may be stands whole among the alternative names", () => {
  const name = `${"a".repeat(60)}.${"b".repeat(60)}.example`;
  const certificate = new X509Certificate(makeSelfSigned({ names: [name], now }).certificate);
  assert.equal(certificate.subjectAltName, `DNS:${name}`);
});
