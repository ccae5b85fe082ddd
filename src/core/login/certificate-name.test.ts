import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { certificateName } from "./certificate-name.ts";

function nameOf(subjectAltName: string | undefined, subject = ""): string | undefined {
  return certificateName({ subject, subjectAltName });
}

describe("a certificate names", () => {
  test("the mail address among its alternative names", () => {
    for (const text of [
      "email:printer@example.org",
      "DNS:printer.example.org, email:printer@Example.org, IP Address:192.0.2.1",
      "email:printer@example.org, email:Printer@example.org",
    ]) {
      assert.equal(nameOf(text, "O=Example\nCN=boss@example.org"), "printer@example.org");
    }
  });

  test("the address that its common name is, where it has no other", () => {
    for (const text of [undefined, "", "DNS:printer.example.org"]) {
      assert.equal(nameOf(text, "C=CH\nO=Example\nCN=printer@example.org"), "printer@example.org");
    }
  });

  test("nobody where there is no address", () => {
    assert.equal(nameOf(undefined), undefined);
    assert.equal(nameOf("DNS:printer.example.org", "CN=printer.example.org"), undefined);
    assert.equal(nameOf(undefined, "CN=printer"), undefined);
    assert.equal(nameOf(undefined, "emailAddress=printer@example.org"), undefined);
    assert.equal(nameOf("email:", "CN=printer@example.org"), undefined);
  });

  test("nobody where there are several", () => {
    assert.equal(nameOf("email:ann@example.org, email:bob@example.org"), undefined);
    assert.equal(nameOf(undefined, "CN=ann@example.org\nCN=bob@example.org"), undefined);
    assert.equal(nameOf("email:ann@example.org, email:-"), undefined);
  });

  // As Node writes them for certificates that OpenSSL has made.
  test("nobody by an address that is within another name", () => {
    for (const text of [
      "DNS:x email:boss@example.org",
      "URI:urn:a email:boss@example.org",
      'URI:"urn:a\\u002c email:boss@example.org"',
      'email:"b\\u002c email:boss@example.org"',
      'email:"\\"b\\"@example.org"',
      'DirName:"CN=x\\\\\\u002c email:boss@example.org"',
      "othername:<unsupported>",
    ]) {
      assert.equal(nameOf(text), undefined, text);
    }
    for (const subject of [
      "CN=x\\0ACN=boss@example.org",
      "O=z + CN=boss@example.org",
      "CN=boss@example.org + O=z",
      "O=CN=boss@example.org",
      "CN=x\\, boss@example.org",
    ]) {
      assert.equal(nameOf(undefined, subject), undefined, subject);
    }
  });
});
