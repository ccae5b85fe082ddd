import assert from "node:assert/strict";
import { test } from "node:test";
import { checkAuthorityUrl, readAuthorityUrl } from "./authority-url.ts";

test("an authority is reached by HTTPS, or on this host", () => {
  for (const url of [
    "https://login.example.org",
    "https://login.example.org/",
    "https://login.example.org:8443/realms/mail",
    "https://[2001:db8::1]/",
    "http://127.0.0.1:8080/realms/mail",
    "http://[::1]:8080",
    "http://localhost/",
  ]) {
    assert.deepEqual(readAuthorityUrl(url), { ok: true, value: url });
  }
});

test("the clear is for nobody else, however it is written", () => {
  for (const url of [
    "http://login.example.org/",
    "http://127.0.0.1.evil.example/",
    "http://localhost.evil.example/",
    "http://2130706433/",
    "http://[2001:db8::1]/",
    "HTTP://192.0.2.1",
  ]) {
    assert.match(problemOf(readAuthorityUrl(url)), /is in the clear/, url);
  }
});

test("what is no URL of a place says so", () => {
  for (const text of [
    "",
    "login.example.org",
    "ftp://login.example.org",
    "https://",
    "https:///path",
    "https://user:secret@login.example.org/",
    "http://127.0.0.1@evil.example/",
    "http://127.0.0.1\\@evil.example/",
    "https://login.example.org/#part",
    "https://login.example.org/?query",
    "https://login.example.org/a b",
    "https://login.example.org:99999/",
    "https://login.example.org/\n",
  ]) {
    assert.match(problemOf(readAuthorityUrl(text)), /does not fit here/, text);
  }
});

test("keys may be behind a query", () => {
  assert.equal(checkAuthorityUrl("https://a.example/keys?policy=mail&x=?").ok, true);
  for (const url of ["https://a.example/keys?a b", "https://a.example/?#", "http://a.example/?a"]) {
    assert.equal(checkAuthorityUrl(url).ok, false, url);
  }
});

function problemOf(read: ReturnType<typeof readAuthorityUrl>): string {
  return read.ok ? "" : read.problem;
}
