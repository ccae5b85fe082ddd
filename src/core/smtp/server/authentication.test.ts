import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetsRichIn } from "../../../../test/support/pieces.ts";
import { saslServer, storeWith } from "../../../../test/support/sasl.ts";
import { formatReply } from "../reply.ts";
import { Conversation } from "./conversation.ts";
import { replies } from "./replies.ts";
import type { SessionSettings } from "./state.ts";

const settings: SessionSettings = {
  hostname: "mail.example.org",
  maxMessageSize: 1000,
  maxRecipients: 10,
  maxErrors: 1000,
  maxIdleCommands: 1000,
  maxRefusedRecipients: 100,
  startTls: true,
  auth: {
    sasl: saslServer("ours"),
    sources: new Set(["password", "scram-sha-256-keys", "clear-password", "token"]),
    allowedInClear: true,
    maxRefusedLogins: 1000,
  },
};
const tls = {
  version: "TLSv1.3",
  cipher: "TLS_AES_128_GCM_SHA256",
  channelBindings: {},
  certificate: undefined,
};
const base64 = (text: string) => Buffer.from(text).toString("base64");

/** A server with one account, on a stream in given pieces.
 *  @param tlsUp when the handshake is done: amid the call that begins it, or never. */
function converse(pieces: readonly Uint8Array[], tlsUp: "at-once" | "never") {
  const store = storeWith({ user: "ann", password: "secret", token: "token" });
  const said: string[] = [];
  const logins = new Set<string>();
  const conversation: Conversation = new Conversation(settings, {
    reply: (reply) => said.push(formatReply(reply)),
    ask(question) {
      if (question.kind === "login") {
        if (question.outcome.kind === "success") logins.add(question.outcome.account);
        const isGood = question.outcome.kind === "success";
        conversation.answer({ reply: isGood ? replies.loggedIn : replies.loginRefused });
      } else {
        conversation.answer({ reply: replies.ok });
      }
    },
    check: (question) => conversation.checked(store(question)),
    startTls() {
      if (tlsUp === "at-once") conversation.tlsUp(tls);
    },
    content: () => {},
    abandon: () => {},
    close: () => {},
  });
  for (const piece of pieces) conversation.receive(piece);
  return { said: said.join(""), logins };
}

const text = (...lines: readonly string[]) => [Buffer.from(lines.map((l) => `${l}\r\n`).join(""))];

test("one who knows the password is logged in, as a check of what follows", () => {
  const { logins } = converse(text("EHLO a", `AUTH PLAIN ${base64("\0ann\0secret")}`), "never");
  assert.deepEqual([...logins], ["account of ann"]);
});

describe("clients that know no secret", () => {
  const responses = [
    "\0ann\0guess",
    "ann",
    "n,,n=ann,r=x",
    `c=biws,r=xours,p=${base64("x".repeat(32))}`,
    "ann 0123456789abcdef0123456789abcdef",
    "n,,\u0001auth=Bearer guess\u0001\u0001",
    "user=ann\u0001auth=Bearer guess\u0001\u0001",
  ].map(base64);
  const commands = [
    `AUTH PLAIN ${base64("\0ann\0guess")}`,
    "AUTH LOGIN",
    `AUTH SCRAM-SHA-256 ${base64("n,,n=ann,r=x")}`,
    "AUTH CRAM-MD5",
    "AUTH OAUTHBEARER",
    "AUTH XOAUTH2",
    "MAIL FROM:<ann@example.org>",
    "RSET",
    "*",
    "=",
    "",
  ];
  const scram = [
    `AUTH SCRAM-SHA-256 ${base64("n,,n=ann,r=x")}`,
    base64(`c=biws,r=xours,p=${base64("x".repeat(32))}`),
    "",
  ].join("\r\n");
  const lines = [...responses, ...commands, scram].map((line) => `${line}\r\n`);
  const stream = octetsRichIn(...lines, "EHLO a\r\n", "AUTH ", "\n").map((octets) =>
    Buffer.concat([Buffer.from("EHLO a\r\n"), octets]),
  );

  test("are not logged in, break nothing, and hear the same in whatever pieces they talk", () => {
    fc.assert(
      fc.property(stream, anyCuts, (octets, cuts) => {
        const whole = converse([octets], "never");
        assert.deepEqual([...whole.logins], []);
        assert.equal(converse(inPieces(octets, cuts), "never").said, whole.said);
      }),
      { numRuns: 2000 },
    );
  });
});

test("what stands behind STARTTLS is not read, even if the handshake takes no time at all", () => {
  const clear = text("EHLO a", "STARTTLS", "NOOP", "EHLO evil.example", "QUIT");
  const { said } = converse([...clear, ...text("NOOP")], "at-once");
  const begun = formatReply(replies.startTls);
  assert.equal(said.slice(said.indexOf(begun)), begun + formatReply(replies.ok));
});

test("a long response is read in many small pieces too", () => {
  const response = base64("x".repeat(12_288));
  const octets = Buffer.from(`EHLO a\r\nAUTH PLAIN ${response}\r\nNOOP\r\n`);
  const { said } = converse(
    inPieces(
      octets,
      Array.from({ length: 5_000 }, (_, at) => at / 5_000),
    ),
    "never",
  );
  assert.ok(
    said.endsWith(
      formatReply(replies.badResponse("there must be two NULs")) + formatReply(replies.ok),
    ),
  );
});
