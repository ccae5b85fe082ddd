import assert from "node:assert/strict";
import { test } from "node:test";
import { control, run, saidOf, translated } from "./fixture.test.ts";
import { findServices } from "./services.ts";

const smtpd = "/var/qmail/bin/qmail-smtpd";

function services(text: string, files: Readonly<Record<string, string>> = {}) {
  return findServices({ control: control(files), scripts: [run("x", text)] });
}

const zones = (parts: Parameters<typeof translated>[0]) =>
  translated(parts).draft.blocklists.map(({ value: { zone, score } }) => `${zone} ${score}`);

const saidOfChecker = (words: string) =>
  saidOf(
    translated({ scripts: [run("smtp", `tcpserver 0 25 ${smtpd} ${words} 2>&1`)] }),
    "run",
  ).join("\n");

test("the options of tcpserver in all their forms", () => {
  const [one] = services(`tcpserver -vRHl0 -c 30 -xtcp.smtp.cdb -u 89 -g 89 0 smtp ${smtpd}`);
  assert.equal(one?.connections, 30);
  assert.equal(one?.rules, "tcp.smtp.cdb");
  assert.deepEqual([one?.kind, one?.address, one?.port], ["mx", "0", 25]);
  const text = `tcpserver -c$(cat /var/qmail/control/concurrencyincoming) -- 192.0.2.1 587 ${smtpd}`;
  const [other] = services(text, { concurrencyincoming: "12\n" });
  assert.deepEqual([other?.kind, other?.connections, other?.port], ["submission", 12, 587]);
  assert.deepEqual(services("echo tcpserver"), [{ ...services("tcpserver")[0], at: other?.at }]);
  assert.deepEqual(services("nothing of ours"), []);
});

test("each service listens where it did", () => {
  const { draft } = translated({
    scripts: [
      run("smtp", `tcpserver -c 5 192.0.2.1 25 ${smtpd}`),
      run("smtp2", `tcpserver -c 5 192.0.2.2 smtp ${smtpd}`),
      run("smtp3", `tcpserver -c 5 0 2525 ${smtpd}`),
      run("submit", `tcpserver -c 5 localhost submission ${smtpd}`),
    ],
  });
  const listen = Object.fromEntries(draft.listeners.map((each) => [each.name, each.listen]));
  assert.deepEqual(listen["mx"], ["192.0.2.1:25", "192.0.2.2:25"]);
  assert.deepEqual(listen["submission"], ["0.0.0.0:587", "[::]:587"]);
  assert.deepEqual(listen["mx-2525"], ["0.0.0.0:2525", "[::]:2525"]);
  assert.deepEqual(draft.limits.find(({ value: [key] }) => key === "connections")?.value, [
    "connections",
    20,
  ]);
});

test("IMAP, and programs between, are told of", () => {
  const done = translated({
    scripts: [
      run("imap", "tcpserver 0 imap imaplogin"),
      run("finger", "tcpserver 0 79 fingerd"),
      run("smtp", `tcpserver 0 25 spamdyke -f /etc/spamdyke.conf ${smtpd}`),
    ],
    imap: "/etc/dovecot/dovecot.conf",
  });
  assert.match(saidOf(done, "imap/run").join(), /^operator .*no IMAP here/);
  assert.match(saidOf(done, "dovecot.conf").join(), /^operator .*no IMAP here/);
  assert.match(saidOf(done, "finger/run").join(), /^left-out .*port 79/);
  assert.match(saidOf(done, "smtp/run").join(), /operator .*spamdyke stood before/);
});

test("checkers that say yes to all", () => {
  const open = /operator .*checker is `true`/;
  assert.match(saidOfChecker("mail.example.org /bin/true /bin/true"), open);
  assert.match(saidOfChecker("/bin/true /bin/true"), open);
  assert.match(saidOfChecker("mail.example.org true true"), open);
  assert.doesNotMatch(
    saidOfChecker("mail.example.org /home/vpopmail/bin/vchkpw /bin/true"),
    /checker/,
  );
  assert.match(
    saidOfChecker("/home/vpopmail/bin/vchkpw /bin/true"),
    /left-out .*no host stands before/,
  );
  assert.match(
    saidOfChecker("mx.test /bin/checkpassword /bin/true"),
    /operator .*program \/bin\/checkpassword/,
  );
  assert.doesNotMatch(saidOfChecker(""), /checker/);
});

test("rules that a submission port shared", () => {
  const rules = { path: "/home/vpopmail/etc/tcp.smtp", text: `127.:allow,RELAYCLIENT=""\n` };
  const mx = run("smtp", `tcpserver -x /home/vpopmail/etc/tcp.smtp.cdb 0 25 ${smtpd}`);
  const shared = run("submit", `cd /home/vpopmail/etc\ntcpserver -x tcp.smtp.cdb 0 587 ${smtpd}`);
  const own = run("submit", `tcpserver -x /etc/tcp.submit.cdb 0 587 ${smtpd}`);
  const said = (script: typeof shared, text = rules.text) =>
    saidOf(translated({ scripts: [mx, script], rules: { ...rules, text } }), "submit/run").join();
  assert.match(said(shared), /operator .*so 127\. relayed on it without a login/);
  assert.doesNotMatch(said(own), /without a login/);
  assert.doesNotMatch(said(shared, ":allow\n"), /without a login/);
});

test("blocklists of the scripts, of control/blacklists, or of Mail::Toaster", () => {
  const nested = `tcpserver 0 25 rblsmtpd -b -r a.example -ab.example rblsmtpd -rc.example:text ${smtpd}`;
  assert.deepEqual(zones({ scripts: [run("smtp", nested)] }), [
    "a.example 1",
    "c.example 1",
    "b.example -2",
  ]);
  const file = control({ me: "mx.test", blacklists: "-r a.example\n-r B.example -r not_a..zone" });
  assert.deepEqual(zones({ control: file }), ["a.example 1", "b.example 1"]);
  const settings = `rbl_enable = 1 # on
rbl_timeout = 60
rbl_bl.example = 1
rbl_bl.example_message = "go away"
rbl_off.example = 0
rbl_dnsbl.sorbs.net = 1
rwl_enable = 0
rwl_good.example = 1
`;
  const watcher = { path: "toaster-watcher.conf", text: settings };
  assert.deepEqual(zones({ watcher }), ["bl.example 1"]);
  const off = { path: "x", text: settings.replace("rbl_enable = 1", "rbl_enable = 0") };
  assert.deepEqual(zones({ watcher: off }), []);
  assert.deepEqual(
    zones({ scripts: [run("smtp", `tcpserver 0 25 rblsmtpd ${smtpd}`)], watcher }),
    [],
  );
});
