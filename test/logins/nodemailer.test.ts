// A client that we did not write logs in with each mechanism that it has, and sends.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { after, before, describe, test } from "node:test";
import { createTransport } from "nodemailer";
import { formatReply, reply } from "../../src/core/smtp/reply.ts";
import { Conversation } from "../../src/core/smtp/server/conversation.ts";
import { replies } from "../../src/core/smtp/server/replies.ts";
import type { Answer, Question, SessionSettings } from "../../src/core/smtp/server/state.ts";
import { saslServer, storeWith } from "../support/sasl.ts";

const user = "ann@example.org";
const password = "pa\u00dfwort = \u2168, \u{1f511}";
const token = "ya29.token-of-ann";
const store = storeWith({ user, password: password.normalize("NFKC"), token });
const settings: SessionSettings = {
  hostname: "mail.example.org",
  maxMessageSize: 100_000,
  maxRecipients: 10,
  maxErrors: 10,
  maxIdleCommands: 10,
  maxRefusedRecipients: 100,
  auth: {
    sasl: saslServer("1896.697170952"),
    sources: new Set(["password", "clear-password", "token"]),
    allowedInClear: true,
    maxRefusedLogins: 3,
  },
};

/** Who was logged in when a message came; undefined for nobody. */
const senders: (string | undefined)[] = [];

function answer(question: Question): Answer {
  switch (question.kind) {
    case "login":
      return {
        reply: question.outcome.kind === "success" ? replies.loggedIn : replies.loginRefused,
      };
    case "recipient": {
      const recipient = { address: question.recipient, kind: "relay" } as const;
      return { reply: reply(250, "2.1.5", "Ok"), recipient };
    }
    case "content":
      return { reply: replies.startContent };
    case "message":
      senders.push(question.transaction.login);
      return { reply: reply(250, "2.0.0", "Ok") };
  }
}

let server: Server;
let port: number;

before(async () => {
  server = createServer((socket) => {
    const conversation: Conversation = new Conversation(settings, {
      reply: (given) => void socket.write(formatReply(given), "latin1"),
      ask: (question) => conversation.answer(answer(question)),
      check: (question) => conversation.checked(store(question)),
      startTls: () => assert.fail("no TLS is offered"),
      content: () => {},
      abandon: () => {},
      close: () => void socket.end(),
    });
    conversation.greet();
    socket.on("data", (octets) => conversation.receive(octets));
    socket.on("end", () => conversation.end());
    socket.on("error", () => socket.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  port = address.port;
});

after(() => server.close());

function send(login: object): Promise<unknown> {
  const transport = createTransport({ host: "127.0.0.1", port, ignoreTLS: true, ...login });
  return transport.sendMail({ from: user, to: "bob@example.com", subject: "hello", text: "text" });
}

describe("nodemailer", () => {
  const logins: Readonly<Record<string, object>> = {
    PLAIN: { authMethod: "PLAIN", auth: { user, pass: password } },
    LOGIN: { authMethod: "LOGIN", auth: { user, pass: password } },
    XOAUTH2: { auth: { type: "OAuth2", user, accessToken: token } },
  };
  for (const [name, login] of Object.entries(logins)) {
    test(`logs in with ${name}`, async () => {
      await send(login);
      assert.equal(senders.pop(), `account of ${user}`);
    });
  }

  test("logs in with CRAM-MD5", async () => {
    // What the client hashes, the server cannot prepare.
    await send({ authMethod: "CRAM-MD5", auth: { user, pass: password.normalize("NFKC") } });
    assert.equal(senders.pop(), `account of ${user}`);
  });

  for (const authMethod of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
    test(`is refused with a wrong password by ${authMethod}`, async () => {
      const refused = send({ authMethod, auth: { user, pass: "wrong" } });
      await assert.rejects(refused, { responseCode: 535 });
      assert.deepEqual(senders, []);
    });
  }

  test("is refused with a wrong token", async () => {
    const refused = send({ auth: { type: "OAuth2", user, accessToken: "wrong" } });
    await assert.rejects(refused, { responseCode: 535 });
    assert.deepEqual(senders, []);
  });
});
