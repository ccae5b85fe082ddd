// What a draft loses before it may be served.

import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConfiguration } from "../../core/config/parse.ts";
import { control, file, run, toaster } from "../../core/toaster/fixture.test.ts";
import { formatAt, Report } from "../../core/toaster/report.ts";
import { translate } from "../../core/toaster/translate.ts";
import { settle } from "./settle.ts";

async function settled(parts: Parameters<typeof toaster>[0]) {
  const report = new Report();
  const { draft } = translate(toaster(parts), () => undefined, report);
  const options = { head: ["head"], file: "new.yaml", folder: "/srv", report };
  const found = await settle(draft, options);
  const said = report.findings().map((each) => `${each.fate} ${formatAt(each)}: ${each.text}`);
  if (found.problems.length > 0) return { ...found, said: said.join("\n"), settings: undefined };
  const parsed = parseConfiguration(found.text, { file: "new.yaml", folder: "/srv" });
  assert.ok(parsed.ok);
  return { ...found, said: said.join("\n"), settings: parsed.value };
}

const me = "mail.example.org\n";
const rcpthosts = "mail.example.org\n";

test("rules that only let networks relay become networks", async () => {
  const rules = file(
    "/etc/tcp.smtp",
    '127.:allow,RELAYCLIENT=""\n198.51.100.:allow,RELAYCLIENT=""\n:allow\n',
  );
  const { settings, draft, said, text } = await settled({ rules });
  assert.equal(draft.rules, undefined);
  assert.equal(settings?.relay.networks.length, 2);
  assert.equal(settings.relay.rules, undefined);
  assert.match(text, /^ {4}- "127\.0\.0\.0\/8" # \/etc\/tcp\.smtp:1$/m);
  assert.match(
    said,
    /translated \/etc\/tcp\.smtp: relay\.networks: its rules let 2 networks relay/,
  );
});

test("rules that open the relay are taken out, and what is left may be simple", async () => {
  const lines = [
    '127.:allow,RELAYCLIENT=""',
    '0.0.0.0/0:allow,RELAYCLIENT=""',
    '11.:allow,RELAYCLIENT=""',
    '=:allow,RELAYCLIENT=""',
    ':allow,RELAYCLIENT=""',
  ];
  const { settings, said, problems } = await settled({
    rules: file("/etc/tcp.smtp", `${lines.join("\n")}\n`),
  });
  assert.deepEqual(problems, []);
  assert.equal(settings?.relay.networks.length, 1);
  for (const line of [3, 4, 5]) {
    assert.match(
      said,
      new RegExp(`operator /etc/tcp\\.smtp:${line}: left out, because strangers could relay`),
    );
  }
  assert.match(said, /left-out \/etc\/tcp\.smtp:2: tcpserver never matches this form/);
});

test("many networks that are most of the Internet together are taken out", async () => {
  const lines = Array.from({ length: 223 }, (_, index) => `${index + 1}.:allow,RELAYCLIENT=""\n`);
  const { settings, problems } = await settled({ rules: file("/etc/tcp.smtp", lines.join("")) });
  assert.deepEqual(problems, []);
  assert.ok((settings?.relay.networks.length ?? 99) < 5);
});

test("mail that would go in circles has no route", async () => {
  const smtproutes = "a.example:127.0.0.1\nb.example:mail.example.org\nc.example:127.0.0.1:2525\n";
  const files = { me, rcpthosts: `${rcpthosts}a.example\n`, smtproutes };
  const { settings, said, problems } = await settled({ control: control(files) });
  assert.deepEqual(problems, []);
  assert.deepEqual(
    settings?.routes.map(({ to }) => to),
    ["c.example"],
  );
  assert.equal(
    settings.domains.some(({ name }) => name === "a.example"),
    false,
  );
  assert.match(said, /operator .*smtproutes:1: left out, .*in circles/);
  assert.match(said, /operator .*smtproutes:2: left out, .*in circles/);
});

test("a port that is taken twice is listened on once", async () => {
  const scripts = [run("one", "tcpserver 192.0.2.1 110 qmail-smtpd")];
  const { settings, problems } = await settled({ control: control({ me, rcpthosts }), scripts });
  assert.deepEqual(problems, []);
  const ports = settings?.listeners.flatMap(({ listen }) => listen.map(({ port }) => port)) ?? [];
  assert.ok(ports.includes(25) && ports.includes(110));
});

test("without a hostname there is no configuration", async () => {
  const { problems, settings } = await settled({ control: control({ rcpthosts }) });
  assert.equal(settings, undefined);
  assert.match(problems.join(), /new\.yaml:\d+:\d+: hostname: missing/);
});

test("more domains than a file may have are told of", async () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `domain${index}.example.org\n`).join(
    "",
  );
  const { problems } = await settled({ control: control({ me, rcpthosts: names, locals: names }) });
  assert.match(problems.join(), /larger than 1 MB.*bailiwick domain add/);
});
