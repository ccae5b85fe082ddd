import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import type { ReportedRecipient } from "./delivery-status.ts";
import { composeNotice, type NoticeParts, type Notice } from "./notice.ts";

const bob: ReportedRecipient = {
  address: { local: "bob", domain: "example.net" },
  host: "mx.example.net",
  status: "5.1.1",
  text: "550 5.1.1 No such user here",
  remote: true,
  fate: { action: "failed" },
  lastAttempt: Date.UTC(2026, 10, 22, 10, 11, 12),
};

const notice: NoticeParts = {
  hostname: "mail.example.org",
  id: "0000000002b",
  now: Date.UTC(2026, 10, 22, 10, 11, 13),
  to: { local: "ann", domain: "example.org" },
  original: {
    id: "0000000002a",
    receivedAt: Date.UTC(2026, 10, 22, 10, 11, 10),
    beginning: Buffer.from("From: ann@example.org\r\nSubject: hello\r\n\r\nbody\r\n"),
  },
  recipients: [bob],
  isTlsOptional: false,
};

function textOf({ content }: Notice): string {
  return Buffer.from(content).toString();
}

function withOriginal(beginning: string | Buffer): NoticeParts {
  return { ...notice, original: { ...notice.original, beginning: Buffer.from(beginning) } };
}

test("a notice, whole", () => {
  const expected = `From: Mail Delivery System <mailer-daemon@mail.example.org>
To: <ann@example.org>
Subject: Undelivered mail returned to sender
Date: Sun, 22 Nov 2026 10:11:13 +0000
Message-ID: <0000000002b@mail.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="=_0000000002b_1"

--=_0000000002b_1
Content-Type: text/plain; charset=utf-8
Content-Description: Notification
Content-Transfer-Encoding: 7bit

This is the mail system at mail.example.org.

Your message, which arrived here on Sun, 22 Nov 2026 10:11:10 +0000,
could not be delivered to this recipient. No further attempt will be
made.

<bob@example.net>
    The host mx.example.net said: 550 5.1.1 No such user here
    What you can do: check the address for a mistake; the mailbox may
    have moved or closed.

The header of your message is attached. For help, write to
postmaster@mail.example.org and name the queue ID 0000000002a.

--=_0000000002b_1
Content-Type: message/delivery-status
Content-Description: Delivery report
Content-Transfer-Encoding: 7bit

Reporting-MTA: dns; mail.example.org
X-Bailiwick-Queue-ID: 0000000002a
Arrival-Date: Sun, 22 Nov 2026 10:11:10 +0000

Final-Recipient: rfc822; bob@example.net
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 550 5.1.1 No such user here
Last-Attempt-Date: Sun, 22 Nov 2026 10:11:12 +0000

--=_0000000002b_1
Content-Type: text/rfc822-headers
Content-Description: Header of the message
Content-Transfer-Encoding: 7bit

From: ann@example.org
Subject: hello

--=_0000000002b_1--
`;
  const composed = composeNotice(notice);
  assert.equal(textOf(composed), expected.replaceAll("\n", "\r\n"));
  assert.equal(composed.size, composed.content.length);
  assert.deepEqual([composed.eightBit, composed.smtputf8], [false, false]);
});

test("a notice of what has arrived, whole", () => {
  const { host: _, ...carol } = {
    ...bob,
    address: { local: "carol", domain: "example.org" },
    originalRecipient: "rfc822;Carol+2BShop@Example.org",
    status: "2.0.0",
    text: "into the mailbox of caroline@example.org",
    remote: false,
    fate: { action: "delivered" },
  } as const;
  const relayed = {
    ...bob,
    status: "2.0.0",
    text: "250 2.0.0 Ok: queued as 4711",
    fate: { action: "relayed" },
  } as const;
  const expected = `From: Mail Delivery System <mailer-daemon@mail.example.org>
To: <ann@example.org>
Subject: Your mail was delivered or handed on
Date: Sun, 22 Nov 2026 10:11:13 +0000
Message-ID: <0000000002b@mail.example.org>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="=_0000000002b_1"

--=_0000000002b_1
Content-Type: text/plain; charset=utf-8
Content-Description: Notification
Content-Transfer-Encoding: 7bit

This is the mail system at mail.example.org.

Your message, which arrived here on Sun, 22 Nov 2026 10:11:10 +0000, was
delivered to this recipient.

<carol@example.org>

Your message, which arrived here on Sun, 22 Nov 2026 10:11:10 +0000, was
handed on for this recipient. You may hear no more of it, unless it
fails.

<bob@example.net>
    The host mx.example.net said: 250 2.0.0 Ok: queued as 4711

The header of your message is attached. For help, write to
postmaster@mail.example.org and name the queue ID 0000000002a.

--=_0000000002b_1
Content-Type: message/delivery-status
Content-Description: Delivery report
Content-Transfer-Encoding: 7bit

Original-Envelope-Id: QQ+1  x
Reporting-MTA: dns; mail.example.org
X-Bailiwick-Queue-ID: 0000000002a
Arrival-Date: Sun, 22 Nov 2026 10:11:10 +0000

Original-Recipient: rfc822; Carol+Shop@Example.org
Final-Recipient: rfc822; carol@example.org
Action: delivered
Status: 2.0.0
Last-Attempt-Date: Sun, 22 Nov 2026 10:11:12 +0000

Final-Recipient: rfc822; bob@example.net
Action: relayed
Status: 2.0.0
Remote-MTA: dns; mx.example.net
Diagnostic-Code: smtp; 250 2.0.0 Ok: queued as 4711
Last-Attempt-Date: Sun, 22 Nov 2026 10:11:12 +0000

--=_0000000002b_1
Content-Type: text/rfc822-headers
Content-Description: Header of the message
Content-Transfer-Encoding: 7bit

From: ann@example.org
Subject: hello

--=_0000000002b_1--
`;
  const original = { ...notice.original, envelopeId: "QQ+2B1+20+20x" };
  const composed = composeNotice({ ...notice, original, recipients: [carol, relayed] });
  assert.equal(textOf(composed), expected.replaceAll("\n", "\r\n"));
});

test("a message that returns whole stays as it is, octet by octet", () => {
  const body = Buffer.concat([
    Buffer.from("From: ann@example.org\r\nSubject: hello\r\n\r\n.dot\r\n--=_0000000002b_1\r\n"),
    Buffer.from([0xff, 0x00, 0x80, 0x0d, 0x0a]),
    Buffer.from(`${"x".repeat(2_000)} no end of line`),
  ]);
  const { content, eightBit, smtputf8, size } = composeNotice({
    ...notice,
    original: { ...notice.original, beginning: body, whole: body },
  });
  const text = Buffer.from(content).toString("latin1");
  assert.deepEqual([eightBit, smtputf8, size], [true, false, content.length]);
  assert.match(text, /^MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r\n/m);
  assert.match(text, /^Your message is attached\. /m);
  const part =
    "\r\n--=_0000000002b_2\r\nContent-Type: message/rfc822\r\nContent-Description: The message\r\n" +
    `Content-Transfer-Encoding: 8bit\r\n\r\n${body.toString("latin1")}\r\n--=_0000000002b_2--\r\n`;
  assert.ok(text.endsWith(part));
});

function returned(text: string): Notice {
  const whole = Buffer.from(text);
  return composeNotice({ ...notice, original: { ...notice.original, beginning: whole, whole } });
}

test("a message in ASCII returns in a notice in ASCII, one with a UTF-8 header as message/global", () => {
  const plain = returned("Subject: x\r\n\r\nbody\r\n");
  assert.equal(plain.eightBit, false);
  assert.match(textOf(plain), /message\/rfc822\r\n.*\r\nContent-Transfer-Encoding: 7bit\r\n/);
  const global = returned("Subject: żółw\r\n\r\nbody\r\n");
  assert.deepEqual([global.eightBit, global.smtputf8], [true, false]);
  assert.match(textOf(global), /message\/global\r\n.*\r\nContent-Transfer-Encoding: 8bit\r\n/);
});

test("the words tell a refusal, an expired message and our own finding apart", () => {
  const { host: _, ...nowhere } = bob;
  const cases: readonly (readonly [ReportedRecipient, RegExp])[] = [
    [{ ...nowhere }, / {4}The host said: 550/],
    [
      { ...bob, status: "4.4.7", text: "450 wait" },
      /last attempt, the host\s+mx.example.net said: 450/,
    ],
    [
      { ...bob, status: "4.4.7", remote: false, text: "lost" },
      /attempt, with the host\s+mx.example.net: lost/,
    ],
    [
      { ...nowhere, status: "4.4.7", remote: false, text: "no DNS" },
      /attempt, no host was\s+reached: no DNS/,
    ],
    [
      { ...bob, status: "5.3.4", remote: false, text: "big" },
      /Not sent to the host mx.example.net: big/,
    ],
    [{ ...nowhere, status: "5.1.2", remote: false, text: "no host" }, / {4}Not delivered: no host/],
  ];
  for (const [recipient, words] of cases) {
    assert.match(textOf(composeNotice({ ...notice, recipients: [recipient] })), words);
  }
});

test("what is late is told apart from what has failed", () => {
  const late = {
    ...bob,
    address: { local: "carol", domain: "example.net" },
    status: "4.2.0",
    text: "450 4.2.0 Not yet",
    fate: { action: "delayed", until: Date.UTC(2026, 10, 27, 10, 11, 12) },
  } as const;
  const delayed = textOf(composeNotice({ ...notice, recipients: [late] }));
  assert.match(delayed, /^Subject: Delayed mail, which is still being tried\r$/m);
  assert.match(
    delayed,
    /has\s+not been delivered to this recipient yet\. You need not send it again/,
  );
  assert.match(delayed, / {4}At the last attempt, the host mx\.example\.net said: 450 4\.2\.0/);
  assert.match(delayed, /wait; if it cannot be delivered until Fri, 27 Nov\s+2026 10:11:12 \+0000/);
  assert.match(delayed, /^Action: delayed\r\nStatus: 4\.2\.0\r$/m);
  assert.match(delayed, /^Will-Retry-Until: Fri, 27 Nov 2026 10:11:12 \+0000\r$/m);
  const both = textOf(composeNotice({ ...notice, recipients: [late, bob] }));
  assert.match(both, /^Subject: Undelivered mail returned to sender\r$/m);
  assert.match(both, /<bob@example\.net>[^]*has\s+not been delivered[^]*<carol@example\.net>/);
});

test("the advice follows the enhanced status", () => {
  const cases = [
    ["4.4.7", /again later/],
    ["5.1.8", /your own address/],
    ["5.2.2", /mailbox is full/],
    ["5.3.4", /too large for the host/],
    ["5.6.3", /plain text/],
    ["5.7.1", /policy of the host/],
    ["5.0.0", /ask postmaster@example.net/],
  ] as const;
  for (const [status, words] of cases) {
    const recipients = [{ ...bob, status }];
    assert.match(textOf(composeNotice({ ...notice, recipients })), words, status);
  }
});

test("an address beyond ASCII is told in RFC 6533's ASCII form, and in words", () => {
  const address = { local: "żó+w", domain: "example.net" };
  const composed = composeNotice({ ...notice, recipients: [{ ...bob, address }] });
  assert.match(
    textOf(composed),
    /^Final-Recipient: utf-8; \\x\{17C\}\\x\{F3\}\\x\{2B\}w@example.net\r$/m,
  );
  assert.match(textOf(composed), /^<=C5=BC=C3=B3\+w@example.net>\r$/m);
  assert.equal(composed.eightBit, false);
});

test("a sender beyond ASCII needs SMTPUTF8", () => {
  const composed = composeNotice({
    ...notice,
    to: { local: "żółw", domain: "example.org" },
  });
  assert.match(textOf(composed), /^To: <żółw@example.org>\r$/m);
  assert.match(textOf(composed), /^MIME-Version: 1.0\r\nContent-Transfer-Encoding: 8bit\r$/m);
  assert.deepEqual([composed.eightBit, composed.smtputf8], [true, true]);
});

test("where SMTPUTF8 is needed anyhow, the report is in UTF-8 (RFC 6533)", () => {
  const address = { local: "żó+w", domain: "example.net" };
  const originalRecipient = "utf-8;\\x{17C}\\x{2B}@example.net";
  const composed = composeNotice({
    ...withOriginal("Subject: żółw\r\n\r\n"),
    to: { local: "żółw", domain: "example.org" },
    recipients: [{ ...bob, address, originalRecipient }],
  });
  const text = textOf(composed);
  assert.match(
    text,
    /message\/global-delivery-status\r\n.*\r\nContent-Transfer-Encoding: 8bit\r$/m,
  );
  assert.match(text, /^Original-Recipient: utf-8; ż\\x\{2B\}@example.net\r$/m);
  assert.match(text, /^Final-Recipient: utf-8; żó\+w@example.net\r$/m);
  assert.match(text, /message\/global-headers\r\n.*\r\n.*: 8bit\r\n\r\nSubject: żółw\r$/m);
});

test("an 8-bit header returns encoded", () => {
  const text = textOf(composeNotice(withOriginal("Subject: żółw\r\n\r\nbody")));
  assert.match(text, /message\/global-headers\r\n.*\r\n.*quoted-printable\r\n\r\nSubject: =C5=BC/);
});

test("an original that holds our boundary gets another one", () => {
  const text = textOf(composeNotice(withOriginal("X: --=_0000000002b_1--\r\n\r\n")));
  assert.match(text, /boundary="=_0000000002b_2"/);
});

/** A reader that knows as much of MIME as this needs. */
function readParts(text: string): readonly string[] {
  const boundary = /boundary="(.*)"/.exec(text)?.[1] ?? "";
  const [, ...parts] = text.split(`\r\n--${boundary}`);
  assert.equal(parts.pop(), "--\r\n");
  return parts;
}

const foreign = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        "\r\n",
        "\n",
        "\r",
        "\0",
        ".",
        " ",
        "--",
        "żółw",
        "\r\n\r\n",
        "=_0000000002b_1",
      ),
      fc.string({ unit: "binary" }),
      fc.constant("x".repeat(1_200)),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(""));

test("no foreign text adds a field or a part, or makes a line too long", () => {
  fc.assert(
    fc.property(foreign, foreign, foreign, (text, host, beginning) => {
      const recipients = [{ ...bob, text, host }];
      const { content, eightBit } = composeNotice({
        ...withOriginal(beginning),
        recipients,
      });
      const written = Buffer.from(content).toString("latin1");
      assert.equal(eightBit, false);
      // oxlint-disable-next-line no-control-regex -- control characters are the point
      assert.doesNotMatch(written, /\r(?!\n)|(?<!\r)\n|[^\t\r\n -~]/);
      assert.ok(written.split("\r\n").every((line) => line.length <= 998));
      const parts = readParts(written);
      assert.equal(parts.length, 3);
      const fields = [...(parts[1] ?? "").matchAll(/^([A-Za-z-]+):/gm)].map(([, name]) => name);
      assert.equal(
        fields.join(" "),
        "Content-Type Content-Description Content-Transfer-Encoding " +
          "Reporting-MTA X-Bailiwick-Queue-ID Arrival-Date " +
          "Final-Recipient Action Status Remote-MTA Diagnostic-Code Last-Attempt-Date",
      );
    }),
  );
});

test("a notice of a message that goes whatever comes of TLS does so itself", () => {
  const text = textOf(composeNotice({ ...notice, isTlsOptional: true }));
  assert.match(text, /^TLS-Required: No\r\n/m);
  assert.doesNotMatch(textOf(composeNotice(notice)), /^TLS-Required/m);
});
