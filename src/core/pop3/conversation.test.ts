import assert from "node:assert/strict";
import { describe, test } from "node:test";
import * as fc from "fast-check";
import { anyCuts, inPieces, octetsRichIn } from "../../../test/support/pieces.ts";
import { saslServer, storeWith } from "../../../test/support/sasl.ts";
import { Conversation } from "./conversation.ts";
import { listText } from "./list-text.ts";
import { formatReply } from "./reply.ts";
import type { Answer, Question, SessionSettings } from "./state.ts";

const settings: SessionSettings = {
  hostname: "mail.example.org",
  maxErrors: 1_000_000,
  maxIdleCommands: 1_000_000,
  startTls: true,
  auth: {
    sasl: saslServer("ours"),
    sources: new Set(["password", "scram-sha-256-keys", "clear-password", "token"]),
    allowedInClear: true,
    maxRefusedLogins: 1_000_000,
  },
};
const base64 = (text: string) => Buffer.from(text).toString("base64");

interface World {
  readonly messages?: number;
  /** Octets that the client leaves unread before commands have to wait. */
  readonly room?: number;
}

/** A server with one account, which answers at once. */
function open({ messages = 3, room = Infinity }: World = {}) {
  const store = storeWith({ user: "ann", password: "secret", token: "token" });
  const seen = { said: "", logins: 0, removed: [] as readonly number[], unread: 0, mostUnread: 0 };
  const say = (text: string): void => {
    seen.said += text;
    seen.unread += text.length;
    seen.mostUnread = Math.max(seen.mostUnread, seen.unread);
  };
  const answer = (question: Question): Answer => {
    switch (question.kind) {
      case "login":
        if (question.outcome.kind === "success") seen.logins++;
        return {
          kind: "login",
          verdict: question.outcome.kind === "success" ? "good" : "refused",
        };
      case "open": {
        const stored = { size: 3, uid: "u" };
        const all = Array.from({ length: messages }, () => stored);
        return { kind: "open", result: { kind: "opened", messages: all } };
      }
      case "message":
        return { kind: "message", result: "ready" };
      case "update":
        seen.removed = question.deleted;
        return { kind: "update", failed: 0 };
    }
  };
  const conversation: Conversation = new Conversation(settings, {
    get isFull() {
      return seen.unread > room;
    },
    reply: (reply) => say(formatReply(reply)),
    ask: (question) => conversation.answer(answer(question)),
    check: (question) => conversation.checked(store(question)),
    send(sending) {
      if (sending.kind === "message") say("x\r\n.\r\n");
      else for (const piece of listText(sending.drop, sending.kind)) say(piece);
      conversation.sent();
    },
    startTls: () => {},
    close: () => {},
  });
  return {
    conversation,
    seen,
    tell: (text: string) => conversation.receive(Buffer.from(text)),
    /** The client reads all that it has been sent. */
    read: (): void => {
      seen.unread = 0;
      conversation.goOn();
    },
  };
}

const logIn = "USER ann\r\nPASS secret\r\n";

describe("clients that know no secret", () => {
  const lines = [
    "USER ann",
    "PASS guess",
    `AUTH PLAIN ${base64("\0ann\0guess")}`,
    "AUTH LOGIN",
    `AUTH SCRAM-SHA-256 ${base64("n,,n=ann,r=x")}`,
    "AUTH CRAM-MD5",
    "AUTH OAUTHBEARER",
    base64("ann"),
    base64("n,,\u0001auth=Bearer guess\u0001\u0001"),
    base64(`c=biws,r=xours,p=${base64("x".repeat(32))}`),
    "RETR 1",
    "DELE 1",
    "QUIT",
    "*",
    "",
  ].map((line) => `${line}\r\n`);

  test("get nothing, break nothing, and hear the same in whatever pieces they talk", () => {
    fc.assert(
      fc.property(octetsRichIn(...lines, "AUTH ", "\n"), anyCuts, (octets, cuts) => {
        const whole = open();
        whole.conversation.receive(octets);
        assert.equal(whole.seen.logins, 0);
        assert.deepEqual(whole.seen.removed, []);
        const cut = open();
        for (const piece of inPieces(octets, cuts)) cut.conversation.receive(piece);
        assert.equal(cut.seen.said, whole.seen.said);
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("a client that has logged in", () => {
  const words = ["STAT", "LIST", "UIDL", "RETR", "TOP", "DELE", "RSET", "NOOP", "CAPA", "USER"];
  const numbers = ["", " 1", " 2", " 0", " -1", " 99999999999999999999", " 1 0", " x"];
  const command = fc.tuple(fc.constantFrom(...words), fc.constantFrom(...numbers));

  test("gets one reply to every command, and the messages stay until QUIT", () => {
    fc.assert(
      fc.property(fc.array(command), (commands) => {
        const { seen, tell } = open();
        tell(logIn);
        for (const [verb, argument] of commands) {
          const before = seen.said.length;
          tell(`${verb}${argument}\r\n`);
          assert.match(seen.said.slice(before), /^(\+OK|-ERR)[^\r\n]*\r\n(?:[^+-].*\r\n)*$/);
        }
        assert.deepEqual(seen.removed, []);
      }),
    );
  });
});

describe("100,000 pipelined commands", () => {
  const count = 100_000;

  test("are answered in their order, and wait while the client reads nothing", () => {
    const { conversation, seen, tell, read } = open({ messages: count, room: 64 * 1024 });
    tell(logIn);
    const octets = Buffer.from("STAT\r\n".repeat(count - 1) + "QUIT\r\n");
    let reads = 0;
    // As a network delivers them, to a server that stops reading while it holds some.
    for (let at = 0; at < octets.length || conversation.heldOctets > 0;) {
      if (conversation.heldOctets > 0 || at >= octets.length) {
        read();
        reads++;
        continue;
      }
      conversation.receive(octets.subarray(at, at + 65_536));
      at += 65_536;
      assert.ok(conversation.heldOctets <= 65_536);
    }
    assert.ok(reads > 10);
    assert.ok(seen.mostUnread < 65 * 1024);
    const lines = seen.said.split("\r\n");
    assert.equal(lines.length, count + 3);
    assert.equal(lines.at(-2), "+OK Bye");
  });

  // Were each mark to cost a look at all others, this would take hours.
  test("delete 100,000 messages", { timeout: 120_000 }, () => {
    const { seen, tell } = open({ messages: count });
    tell(logIn);
    const deletions = Array.from({ length: count }, (_, index) => `DELE ${index + 1}\r\n`);
    tell(`${deletions.join("")}QUIT\r\n`);
    assert.equal(seen.removed.length, count);
  });
});
