import { test } from "node:test";
import { storeWith } from "../../../../test/support/sasl.ts";
import { contextWith, converse, isFailure, isSuccess, octets } from "../fixture.test.ts";
import { external } from "./external.ts";

const certificate = "printer.example.org";
const store = storeWith({ user: "printer", password: "none", certificate });
const context = contextWith({ certificate });

test("the certificate logs in, for itself or for the account that it is good for", () => {
  isSuccess(converse(external.start(context, undefined), store, ""), "account of printer");
  isSuccess(converse(external.start(context, octets("")), store), "account of printer");
  isSuccess(converse(external.start(context, octets("printer")), store), "account of printer");
});

test("it does not log in for another account", () => {
  isFailure(converse(external.start(context, octets("boss")), store), "rejected");
  isFailure(converse(external.start(context, octets("\u0007")), store), "rejected");
});

test("another certificate, and none, log nobody in", () => {
  const other = contextWith({ certificate: "scanner.example.org" });
  isFailure(converse(external.start(other, octets("")), store), "rejected");
  isFailure(converse(external.start(contextWith(), octets("")), store), "rejected");
});

test("a NUL, and what is not UTF-8, are malformed", () => {
  isFailure(converse(external.start(context, octets("a\0b")), store), "malformed");
  isFailure(converse(external.start(context, Uint8Array.of(255)), store), "malformed");
});
