// Lines as the servers write them, and lines that strangers would like to have written.

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import * as fc from "fast-check";
import { formatIp } from "../../mail/ip.ts";
import type { LogEvent } from "./event.ts";
import { type LogFormatName, logFormatNames, logFormats } from "./formats.ts";

/** `login CLIENT ACCOUNT [SESSION|…]`, `logout SESSION`, `restart`, or `nothing`. */
function inWords(event: LogEvent | undefined): string {
  if (event === undefined) return "nothing";
  if (event.kind === "restart") return "restart";
  if (event.kind === "logout") return `logout ${event.session}`;
  const { client, account, session, alone } = event;
  const names = session.length === 0 ? "" : ` [${session.join("|")}]${alone ? "" : " counted"}`;
  return `login ${formatIp(client)} ${account}${names}`;
}

const good: Readonly<Record<LogFormatName, readonly (readonly [string, string])[]>> = {
  dovecot: [
    // Debian's 2.3.19, in a file of its own, and with `log_timestamp`
    [
      "Nov 26 09:53:48 imap-login: Info: Login: user=<alice@example.org>, method=PLAIN, rip=127.0.0.1, lip=127.0.0.1, mpid=8431, secured, session=<nqmC6yphRr5/AAAB>",
      "login 127.0.0.1 alice@example.org [nqmC6yphRr5/AAAB|imap alice@example.org]",
    ],
    [
      "Nov 26 09:53:48 imap(alice@example.org)<8431><nqmC6yphRr5/AAAB>: Info: Disconnected: Logged out in=8 out=468 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0",
      "logout nqmC6yphRr5/AAAB",
    ],
    [
      "2026-11-26T09:54:25 imap(alice@example.org)<8853><N/Gz7SphHKt/AAAB>: Info: Disconnected: Connection closed (No commands sent) in=0 out=404 deleted=0 expunged=0 trashed=0 hdr_count=0 hdr_bytes=0 body_count=0 body_bytes=0",
      "logout N/Gz7SphHKt/AAAB",
    ],
    [
      "Nov 26 09:53:53 master: Warning: Killed with signal 15 (by pid=8407 uid=0 code=kill)",
      "restart",
    ],
    [
      "Nov 26 09:53:47 master: Info: Dovecot v2.3.19.1 (9b53102964) starting up for imap, pop3 (core dumps disabled)",
      "restart",
    ],
    // through syslog
    [
      "Nov  6 09:53:48 mail dovecot: pop3-login: Login: user=<alice@example.org>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, mpid=12345, TLS, session=<nqmC6yphRr5/AAAB>",
      "login 192.0.2.9 alice@example.org [nqmC6yphRr5/AAAB|pop3 alice@example.org]",
    ],
    [
      "2026-11-26T09:53:48.123456+00:00 mail dovecot[411]: imap-login: Login: user=<alice@example.org>, method=PLAIN, rip=2001:db8::9, lip=2001:db8::1, mpid=1, TLS, session=<gCPM6yphRr4gAQ24>",
      "login 2001:db8::9 alice@example.org [gCPM6yphRr4gAQ24|imap alice@example.org]",
    ],
    [
      "Nov 26 09:53:48 mail dovecot: pop3(alice@example.org)<12345><nqmC6yphRr5/AAAB>: Disconnected: Logged out top=0/0, retr=1/700, del=0/1, size=690",
      "logout nqmC6yphRr5/AAAB",
    ],
    // 2.2
    [
      "Jan  6 09:53:48 mail dovecot: imap-login: Login: user=<bob>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, mpid=12345, secured",
      "login 192.0.2.9 bob [imap bob] counted",
    ],
    [
      "Jan  6 10:53:48 mail dovecot: imap(bob): Disconnected: Logged out in=100 out=4000",
      "logout imap bob",
    ],
    ["Jan  6 10:53:48 mail dovecot: pop3(bob): Connection closed top=0/0", "logout pop3 bob"],
    // elements of the operator's own
    [
      "Nov 26 09:53:48 mail dovecot: imap-login: Login: user=<alice@example.org>, service=imap, rip=192.0.2.9, TLS",
      "login 192.0.2.9 alice@example.org [imap alice@example.org] counted",
    ],
    [
      "Nov 26 09:53:48 mail dovecot: imap-login: Logged in: user=<alice@example.org>, method=PLAIN, rip=192.0.2.9",
      "login 192.0.2.9 alice@example.org [imap alice@example.org] counted",
    ],
  ],
  courier: [
    [
      "Nov 26 09:53:48 mail imapd: LOGIN, user=alice@example.org, ip=[::ffff:192.0.2.9], port=[51234], protocol=IMAP",
      "login 192.0.2.9 alice@example.org [imapd alice@example.org 192.0.2.9 51234]",
    ],
    [
      "Nov 26 09:58:48 mail imapd: LOGOUT, user=alice@example.org, ip=[::ffff:192.0.2.9], port=[51234], headers=0, body=0, rcvd=50, sent=300, time=300, starttls=1",
      "logout imapd alice@example.org 192.0.2.9 51234",
    ],
    [
      "Nov 26 09:53:48 mail pop3d-ssl: LOGIN, user=alice@example.org, ip=[::ffff:192.0.2.9]",
      "login 192.0.2.9 alice@example.org [pop3d-ssl alice@example.org 192.0.2.9 ] counted",
    ],
    [
      "Nov 26 09:53:49 mail pop3d-ssl: DISCONNECTED, user=alice@example.org, ip=[::ffff:192.0.2.9], top=0, retr=0, time=1",
      "logout pop3d-ssl alice@example.org 192.0.2.9 ",
    ],
    [
      "Nov 26 09:53:49 mail imapd: TIMEOUT, user=alice@example.org, ip=[::ffff:192.0.2.9], headers=0, body=0, rcvd=1, sent=2, time=1801",
      "logout imapd alice@example.org 192.0.2.9 ",
    ],
    [
      "Nov 26 09:53:48 mail courierpop3login: LOGIN, user=bob, ip=[::ffff:192.0.2.9], port=[4]",
      "login 192.0.2.9 bob [courierpop3login bob 192.0.2.9 4]",
    ],
  ],
  cyrus: [
    [
      "Nov 26 09:53:48 mail cyrus/imaps[1234]: login: client.example.net [192.0.2.9] alice PLAIN+TLS User logged in SESSIONID=<mail-1234-1764150828-1-3>",
      "login 192.0.2.9 alice [cyrus/imaps[1234]]",
    ],
    [
      "Nov 26 09:53:48 mail pop3[77]: login: [2001:db8::9] alice@example.org plaintext User logged in",
      "login 2001:db8::9 alice@example.org [pop3[77]]",
    ],
    [
      "Nov 26 10:53:48 mail cyrus/imaps[1234]: USAGE alice user: 0.010000 sys: 0.020000",
      "logout cyrus/imaps[1234]",
    ],
  ],
  "uw-imap": [
    [
      "Nov 26 09:53:48 mail imapd[1234]: Login user=alice host=client.example.net [192.0.2.9]",
      "login 192.0.2.9 alice [imapd[1234]]",
    ],
    [
      "Nov 26 09:53:48 mail imapd[1234]: Authenticated user=alice host=[192.0.2.9] mech=PLAIN",
      "login 192.0.2.9 alice [imapd[1234]]",
    ],
    [
      "Nov 26 09:53:48 mail ipop3d[1235]: Login user=alice host=client.example.net [192.0.2.9] nmsgs=3/3",
      "login 192.0.2.9 alice [ipop3d[1235]]",
    ],
    [
      "Nov 26 09:53:49 mail ipop3d[1235]: Logout user=alice host=client.example.net [192.0.2.9] nmsgs=0 ndele=3",
      "logout ipop3d[1235]",
    ],
    [
      "Nov 26 11:53:49 mail imapd[1234]: Autologout user=alice host=client.example.net [192.0.2.9]",
      "logout imapd[1234]",
    ],
    [
      "Nov 26 11:53:49 mail imapd[1234]: Command stream end of file, while reading line user=alice host=client.example.net [192.0.2.9]",
      "logout imapd[1234]",
    ],
  ],
  qpopper: [
    [
      'Nov 26 09:53:48 mail popper[1234]: (v4.0.5) POP login by user "alice" at (client.example.net) 192.0.2.9 [pop_log.c:244]',
      "login 192.0.2.9 alice [popper[1234]]",
    ],
    [
      'Nov 26 09:53:48 mail in.qpopper[9]: (v4.0.5) POP login by user "alice@example.org" at (192.0.2.9) 192.0.2.9',
      "login 192.0.2.9 alice@example.org [in.qpopper[9]]",
    ],
    [
      "Nov 26 09:53:49 mail popper[1234]: Stats: alice 0 0 3 2048 client.example.net 192.0.2.9 [pop_updt.c:296]",
      "logout popper[1234]",
    ],
  ],
  vchkpw: [
    [
      "Nov 26 09:53:48 mail vpopmail[1234]: vchkpw-pop3: (PLAIN) login success alice@example.org:192.0.2.9",
      "login 192.0.2.9 alice@example.org",
    ],
    [
      "Nov 26 09:53:48 mail vpopmail[1234]: vchkpw-imap: (CRAM-MD5) login success alice@example.org:192.0.2.9",
      "login 192.0.2.9 alice@example.org",
    ],
    [
      "Nov 26 09:53:48 <mail.info> mail vpopmail[1234]: vchkpw-pop3s: (PLAIN) login success bob@:192.0.2.9",
      "login 192.0.2.9 bob",
    ],
  ],
};

const nothing: Readonly<Record<LogFormatName, readonly string[]>> = {
  dovecot: [
    // failed and broken off
    "Nov 26 09:53:51 imap-login: Info: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): user=<alice@example.org>, method=PLAIN, rip=192.0.2.9, lip=127.0.0.1, secured, session=<4jSb6yphVr5/AAAB>",
    "Nov 26 09:53:47 imap-login: Info: Disconnected: Connection closed (no auth attempts in 0 secs): user=<>, rip=192.0.2.9, lip=127.0.0.1, secured, session=<ntSA6yphQr5/AAAB>",
    "Nov 26 09:53:47 mail dovecot: imap-login: Aborted login (auth failed, 1 attempts in 2 secs): user=<alice@example.org>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1",
    // a name that looks like a login, failed
    "Nov 26 09:53:51 mail dovecot: imap-login: Disconnected (auth failed, 1 attempts): user=<x imap-login: Login: user=<alice@example.org>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=1>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1",
    // and one that was let in
    "Nov 26 09:53:48 mail dovecot: imap-login: Login: user=<alice>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, session=<aaaaaaaa>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, mpid=1, session=<nqmC6yphRr5/AAAB>",
    "Nov 26 09:53:48 mail dovecot: imap-login: Login: user=<alice, session=<nqmC6yphRr5/AAAB>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1, session=<aaaa>",
    // another program, and another host's name
    "Nov 26 09:53:48 mail postfix/smtpd[1]: imap-login: Login: user=<alice@example.org>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1, mpid=1, TLS",
    "Nov 26 09:53:48 mail sshd[1]: Invalid user dovecot: imap-login: Login: user=<alice@example.org>, rip=203.0.113.9, from 192.0.2.9",
    "imap-login: Info: Login: user=<alice@example.org>, method=PLAIN, rip=203.0.113.9, lip=192.0.2.1",
    "Nov 26 09:53:48 mail dovecot: lmtp(alice)<1><x>: sieve: imap-login: Login: user=<alice@example.org>, method=PLAIN, rip=203.0.113.9",
    // no address, nobody, other services
    "Nov 26 09:53:48 mail dovecot: imap-login: Login: user=<alice@example.org>, method=PLAIN, rip=, lip=, mpid=1",
    "Nov 26 09:53:48 mail dovecot: imap-login: Login: user=<alice@example.org>, method=PLAIN, rip=1.2.3.4.5, lip=192.0.2.1",
    "Nov 26 09:53:48 mail dovecot: imap-login: Login: user=<>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1",
    "Nov 26 09:53:48 mail dovecot: managesieve-login: Login: user=<alice@example.org>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1",
    "Nov 26 09:53:48 mail dovecot: submission-login: Login: user=<alice@example.org>, method=PLAIN, rip=192.0.2.9, lip=192.0.2.1",
    "",
  ],
  courier: [
    "Nov 26 09:53:48 mail imapd: LOGIN FAILED, user=alice@example.org, ip=[::ffff:192.0.2.9]",
    "Nov 26 09:53:48 mail imapd: LOGIN FAILED, method=PLAIN, ip=[::ffff:192.0.2.9]",
    "Nov 26 09:53:48 mail imapd: Connection, ip=[::ffff:192.0.2.9]",
    "Nov 26 09:53:48 mail imapd: LOGIN, user=x, ip=[203.0.113.9], port=[1], protocol=IMAP, ip=[::ffff:192.0.2.9], port=[2], protocol=IMAP",
    "Nov 26 09:53:48 mail imapd: LOGIN, user=, ip=[::ffff:192.0.2.9], port=[2], protocol=IMAP",
    "Nov 26 09:53:48 mail imapd: LOGIN, user=alice, ip=[::ffff:192.0.2], protocol=IMAP",
    "Nov 26 09:53:48 mail postfix/smtpd[1]: imapd: LOGIN, user=alice, ip=[::ffff:203.0.113.9], protocol=IMAP",
    "Nov 26 09:53:48 mail authdaemond: LOGIN, user=alice, ip=[::ffff:203.0.113.9], protocol=IMAP",
  ],
  cyrus: [
    "Nov 26 09:53:48 mail cyrus/imap[1234]: badlogin: client.example.net [192.0.2.9] plaintext alice SASL(-13): authentication failure: checkpass failed",
    "Nov 26 09:53:48 mail cyrus/imap[1234]: badlogin: client [192.0.2.9] plaintext x login: h [203.0.113.9] alice PLAIN User logged in",
    "Nov 26 09:53:48 mail cyrus/imap[1]: login: h [203.0.113.9] a PLAIN User logged in [192.0.2.9] b PLAIN User logged in",
    "Nov 26 09:53:48 mail cyrus/lmtp[1]: login: client [192.0.2.9] alice PLAIN User logged in",
    "Nov 26 09:53:48 mail cyrus/imap[1]: login: client [192.0.2.9] alice PLAIN User logged in, but not quite",
  ],
  "uw-imap": [
    "Nov 26 09:53:48 mail imapd[1234]: Login failed user=alice auth=alice host=client.example.net [192.0.2.9]",
    "Nov 26 09:53:48 mail imapd[1234]: Login excessive login failures user=alice auth=alice host=client.example.net [192.0.2.9]",
    "Nov 26 09:53:48 mail imapd[1234]: Login failed user=x host=y [203.0.113.9] auth= host=client.example.net [192.0.2.9]",
    "Nov 26 09:53:48 mail imapd[1234]: Login user=x host=[203.0.113.9] host=client.example.net [192.0.2.9]",
    "Nov 26 09:53:48 mail imapd[1234]: port 143 service init 192.0.2.9",
    "Nov 26 09:53:48 mail other[1]: Login user=alice host=client.example.net [203.0.113.9]",
  ],
  qpopper: [
    "Nov 26 09:53:48 mail popper[1]: [AUTH] Failed attempted login to alice from host (client.example.net) 192.0.2.9 [pop_pass.c:1326]",
    'Nov 26 09:53:48 mail popper[1]: x at client.example.net (192.0.2.9): -ERR POP login by user "alice" at (h) 203.0.113.9',
    'Nov 26 09:53:48 mail popper[1]: (v4.0.5) POP login by user "a" at (h) 203.0.113.9 "x" at (h) 192.0.2.9',
    'Nov 26 09:53:48 mail popper[1]: (v4.0.5) POP login by user "a" at (POP login by user) 192.0.2.9',
  ],
  vchkpw: [
    "Nov 26 09:53:48 mail vpopmail[1]: vchkpw-pop3: vpopmail user not found alice@example.org:192.0.2.9",
    "Nov 26 09:53:48 mail vpopmail[1]: vchkpw-pop3: password fail (pass: 'x') alice@example.org:192.0.2.9",
    "Nov 26 09:53:48 mail vpopmail[1]: vchkpw-pop3: password fail (pass: 'vchkpw-pop3: (PLAIN) login success alice@example.org:203.0.113.9') alice@example.org:192.0.2.9",
    "Nov 26 09:53:48 mail vpopmail[1]: vchkpw-pop3: password fail (pass: 'x') (PLAIN) login success a@b:203.0.113.9",
    "Nov 26 09:53:48 mail vpopmail[1]: vchkpw-smtp: (PLAIN) login success alice@example.org:192.0.2.9",
    "Nov 26 09:53:48 mail vpopmail[1]: vchkpw-submission: (PLAIN) login success alice@example.org:192.0.2.9",
    "Nov 26 09:53:48 mail vpopmail[1]: vchkpw-pop3: (PLAIN) login success alice@example.org:",
    "Nov 26 09:53:48 mail qmail[1]: vchkpw-pop3: (PLAIN) login success alice@example.org:203.0.113.9",
  ],
};

for (const name of logFormatNames) {
  suite(`the log of ${name}`, () => {
    for (const [line, words] of good[name]) {
      test(words, () => assert.equal(inWords(logFormats[name](line)), words));
    }

    test("nothing else opens or ends anything", () => {
      for (const line of nothing[name])
        assert.equal(inWords(logFormats[name](line)), "nothing", line);
    });

    test("a line without its front is nobody's", () => {
      for (const [line] of good[name]) {
        const found = logFormats[name](`x ${line}`);
        assert.equal(found, undefined, line);
      }
    });

    test("a login cut off anywhere never names another address", () => {
      for (const [line] of good[name]) {
        const whole = logFormats[name](line);
        // 2001:db8::9 cut off is another address; lines that are not whole are not read.
        if (whole?.kind !== "login" || whole.client.version === 6) continue;
        for (let length = 0; length < line.length; length++) {
          const found = logFormats[name](line.slice(0, length));
          if (found?.kind !== "login") continue;
          assert.deepEqual(found.client, whole.client);
        }
      }
    });

    test("whatever a user calls himself, no other address is opened", () => {
      const pieces = [
        "rip=203.0.113.9",
        ", ",
        ">",
        "<",
        " ip=[203.0.113.9]",
        "]",
        " host=h [203.0.113.9]",
        " User logged in",
        " at (h) 203.0.113.9",
        '"',
        ":203.0.113.9",
        " login success ",
        "user=",
        "lip=192.0.2.1",
        ", session=<aaaa>",
        "port=[1]",
        "alice",
        " ",
        "PLAIN",
      ];
      const names = fc
        .array(fc.constantFrom(...pieces), { maxLength: 8 })
        .map((all) => all.join(""));
      for (const [line] of good[name]) {
        const whole = logFormats[name](line);
        if (whole?.kind !== "login" || whole.account === undefined) continue;
        const { account } = whole;
        fc.assert(
          fc.property(names, (user) => {
            const found = logFormats[name](line.replace(account, () => user));
            if (found?.kind === "login") assert.deepEqual(found.client, whole.client);
          }),
        );
      }
    });
  });
}

test("no line takes long, however it is made", () => {
  const pieces = [
    "user=<",
    ", ip=[",
    "a",
    " ",
    "1.",
    ":",
    "[",
    "Nov 26 09:53:48 mail ",
    "x, ",
    "rip=",
  ];
  const fronts = Object.values(good).map((lines) => lines[0]?.[0].slice(0, 60) ?? "");
  for (const front of fronts) {
    for (const piece of pieces) {
      const line = `${front}${piece.repeat(2_000 / piece.length)}`;
      const begin = performance.now();
      for (const name of logFormatNames) logFormats[name](line);
      assert.ok(performance.now() - begin < 5_000, `${front} ${piece}`);
    }
  }
});
