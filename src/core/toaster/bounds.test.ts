import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration } from "../config/parse.ts";
import { formatDraft } from "./document.ts";
import { control, file, saidOf, translated } from "./fixture.test.ts";

function settingsOf(files: Readonly<Record<string, string>>) {
  const done = translated({ control: control({ me: "mail.example.org\n", ...files }) });
  const parsed = parseConfiguration(formatDraft(done.draft, []), { file: "x", folder: "/" });
  assert.ok(parsed.ok, JSON.stringify(parsed));
  return { done, settings: parsed.value };
}

const queue = (text: string) => settingsOf({ queuelifetime: text }).settings.queue;

const of = (text: string) => settingsOf({ "servercert.pem": text });

const lifetime = (parts: Parameters<typeof translated>[0]) =>
  translated(parts).draft.roaming?.value.minutes;

const header = (text: string) => [file("vpopmail_config.h", text)];

test("databytes", () => {
  assert.equal(settingsOf({ databytes: "1000\n" }).settings.limits.messageSize, 1000);
  for (const text of ["0\n", "ten\n", "", "-1", "99999999999999999999\n"]) {
    const { settings, done } = settingsOf({ databytes: text });
    assert.equal(settings.limits.messageSize, 25 * 1024 * 1024, text);
    if (text !== "") assert.match(saidOf(done, "databytes:1").join(), /^operator /, text);
  }
  const half = settingsOf({ databytes: "12MB\nmore\n" });
  assert.equal(half.settings.limits.messageSize, 12);
  assert.match(saidOf(settingsOf({}).done, "databytes").join(), /^translated .*any size/);
});

test("queuelifetime, with waits that fit into it", () => {
  assert.equal(queue("604800\n").giveUpAfter, 7 * 86_400_000);
  assert.deepEqual(queue("3600\n"), {
    ...queue("604800\n"),
    giveUpAfter: 3_600_000,
    retry: [60_000, 300_000, 900_000, 3_600_000],
  });
  assert.deepEqual(queue("7\n").retry, [7000]);
  assert.equal(queue("99999999\n").giveUpAfter, 24 * 86_400_000);
  assert.equal(queue("0\n").giveUpAfter, 5 * 86_400_000);
});

test("other numbers", () => {
  const { settings } = settingsOf({
    timeoutsmtpd: "1200\n",
    maxrcpt: "30\n",
    concurrencyincoming: "40\n",
  });
  assert.equal(settings.limits.commandTime, 1_200_000);
  assert.equal(settings.limits.recipients, 30);
  assert.equal(settings.limits.connections, 40);
  assert.equal(settingsOf({ timeoutsmtpd: "0", maxrcpt: "0" }).settings.limits.recipients, 100);
});

test("every other control file is told of", () => {
  const { done } = settingsOf({
    percenthack: "a.test\n",
    badmailfrom: "@spam.test\n# no\n",
    badrcptto: "",
    surprise: "x\n",
    "rcpthosts.lock": "",
    "rcpthosts~": "x",
    defaultdelivery: "| preline procmail\n",
  });
  assert.match(saidOf(done, "percenthack").join(), /^left-out .*never re-interpreted/);
  assert.match(saidOf(done, "badmailfrom").join(), /^operator .*1 entry, left out/);
  assert.match(saidOf(done, "badrcptto").join(), /^left-out .*empty/);
  assert.match(saidOf(done, "surprise").join(), /^operator .*nothing here is known/);
  assert.match(saidOf(done, "defaultdelivery").join(), /^operator /);
  assert.deepEqual(saidOf(done, "rcpthosts.lock"), []);
  assert.deepEqual(saidOf(done, "rcpthosts~"), []);
});

test("a certificate needs its key, and no passphrase", () => {
  const certificate = "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n";
  const key = "-----BEGIN RSA PRIVATE KEY-----\n-----END RSA PRIVATE KEY-----\n";
  assert.equal(of(key + certificate).settings.tls.certificates.length, 1);
  for (const text of [
    "",
    certificate,
    key,
    `${certificate}-----BEGIN ENCRYPTED PRIVATE KEY-----\n`,
  ]) {
    const { settings, done } = of(text);
    assert.equal(settings.tls.certificates.length, 0);
    assert.match(saidOf(done, "servercert.pem").join(), /^operator /);
  }
});

test("a host without a name of its own", () => {
  assert.equal(
    settingsOf({ me: "", helohost: "helo.example.org\n" }).settings.hostname,
    "helo.example.org",
  );
  const two = settingsOf({ me: "a.example\n", helohost: "b.example\n" });
  assert.equal(two.settings.hostname, "a.example");
  assert.match(saidOf(two.done, "helohost:1").join(), /^operator .*b\.example/);
  const none = translated({ control: control({ me: "192.0.2.1\n" }) });
  assert.equal(none.draft.hostname, undefined);
  assert.match(none.said.join("\n"), /operator .*no name of this host is found/);
});

test("roaming users, by any sign of them", () => {
  const run = file("run", "tcpserver -S 0 25 qmail-smtpd");
  assert.equal(lifetime({}), undefined);
  assert.equal(lifetime({ scripts: [run] }), 180);
  assert.equal(lifetime({ openSmtp: file("open-smtp", "") }), 180);
  assert.equal(
    lifetime({ crontabs: [file("root", "# clearopensmtp\n5 * * * * /x/clearopensmtp\n")] }),
    180,
  );
  assert.equal(lifetime({ crontabs: [file("root", "# clearopensmtp\n")] }), undefined);
  assert.equal(lifetime({ headers: header("#define POP_AUTH_OPEN_RELAY 1\n") }), 180);
  assert.equal(lifetime({ headers: header("#define RELAY_CLEAR_MINUTES 90\n") }), undefined);
  const both = "#define POP_AUTH_OPEN_RELAY 1\n#define RELAY_CLEAR_MINUTES 90\n";
  assert.equal(lifetime({ headers: header(both) }), 90);
  assert.equal(lifetime({ headers: header(both.replace("90", "999999")) }), 34_560);
  const watcher = file("w", "vpopmail_roaming_users = 1\nvpopmail_relay_clear_minutes = 45\n");
  assert.equal(lifetime({ watcher }), 45);
});
