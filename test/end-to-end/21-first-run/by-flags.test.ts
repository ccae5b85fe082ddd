// From an empty folder to a message that was relayed, and a second run that changes nothing.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { z } from "zod";
import { makeAuthority } from "../../support/certificates.ts";
import { runBailiwick, startBailiwick } from "../../support/server.ts";
import { modern, startSink } from "../../support/sink.ts";
import { sendLetter } from "../../support/smtp-client.ts";
import { lookAt, makeWorld } from "./world.ts";

const report = z.object({
  outcome: z.enum(["ok", "warning", "problem"]),
  findings: z.array(
    z.object({
      topic: z.string(),
      outcome: z.enum(["ok", "warning", "problem"]),
      what: z.string(),
    }),
  ),
});

test("init by flags, check, start, and a message goes through the smart host", async (t) => {
  const authority = makeAuthority("Test authority");
  const login = { user: "u: #1", password: "se cret" };
  const sink = await startSink(t, {
    offers: [...modern, "AUTH PLAIN"],
    tls: authority.issue({ names: ["smtp.example"] }),
    login,
  });
  const world = await makeWorld(t, {
    "smtp.example": { A: ["127.0.0.1"] },
    "mail.example.org": { A: ["127.0.0.1"] },
  });
  const { folder, flags, offset } = world;
  await writeFile(join(folder, "given"), `${login.password}\n`);
  await writeFile(join(folder, "authority.pem"), authority.cert);
  const env = { SSL_CERT_FILE: join(folder, "authority.pem") };
  const run = (...words: readonly string[]) => runBailiwick(words, { folder, env });
  const host = `smtp.example:${sink.endpoint.port}`;
  const words =
    `init --hostname mail.example.org --domain example.org Example.NET --relay 127.0.0.1 ` +
    `--smart-host ${host} --smart-host-password-file given --account ann@example.org`;
  const init = [...words.split(" "), "--smart-host-user", login.user, ...flags];

  const { code, stdout, stderr } = await run(...init);
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^ok +smart-host: .* answers with TLS, and offers a login$/m);
  assert.match(stdout, /^written +smarthost-password\nwritten +bailiwick\.yaml$/m);
  const password = /^password (\S+) is for ann@example\.org, and is shown only now$/m.exec(
    stdout,
  )?.[1];
  assert.match(password ?? "", /^[a-z]{6}-[a-z]{6}-[a-z]{6}$/);
  for (const domain of ["example.org", "example.net"]) {
    assert.match(stdout, new RegExp(`^keys .*${domain} are made`, "m"));
    assert.match(stdout, new RegExp(`^\\S+-rsa\\._domainkey\\.${domain}\\. .*TXT`, "m"));
  }
  assert.match(
    stdout,
    /ALLOWED: 127\.0\.0\.1 .*\n +250 .*\(trusted-network, by bailiwick\.yaml:\d+\)/,
  );
  assert.match(stdout, /REFUSED: a stranger .*\n +550 5\.7\.1 /);
  assert.ok(!stdout.includes(login.password) && !stderr.includes(login.password));

  const check = await run("check");
  assert.equal(check.code, 0, check.stderr);
  const before = await lookAt(folder, "bailiwick.yaml", "smarthost-password");
  assert.deepEqual(
    before.map(({ mode }) => mode),
    [0o644, 0o600],
  );
  const text = before[0]?.text ?? "";
  const server = await startBailiwick(t, { configuration: text, folder, env });
  const [written] = await lookAt(folder, "bailiwick.yaml");
  const mx = { host: "127.0.0.1", port: 25 + offset };
  const letter = { from: "app@example.org", to: ["bob@far.example"], content: "\r\nhello\r\n" };
  assert.match((await sendLetter(mx, letter)).content ?? "", /^250 /);
  const relayed = await sink.untilFor("bob@far.example");
  assert.deepEqual([relayed.login, relayed.tls !== ""], [login.user, true]);

  // Beside the server, with its ports taken by it.
  const doctor = await run("doctor", "--json");
  const { findings } = report.parse(JSON.parse(doctor.stdout));
  assert.deepEqual(
    findings
      .filter(({ topic }) => topic === "ports")
      .map(({ outcome, what }) => [outcome, what.slice(0, 30)]),
    [["ok", "the running server listens on "]],
  );
  const again = await run(...init);
  assert.equal(again.code, 0, again.stderr);
  assert.match(again.stdout, /^bailiwick\.yaml is there already and stays as it is/);
  assert.match(again.stdout, /^keys +example\.org has its keys \(DKIM\) already$/m);
  assert.match(again.stdout, /^account +ann@example\.org is there already/m);
  assert.doesNotMatch(again.stdout, /^(?:written|password) /m);
  assert.deepEqual(await lookAt(folder, "bailiwick.yaml"), [written]);
  assert.deepEqual(await lookAt(folder, "smarthost-password"), before.slice(1));
  assert.equal(await server.stop(), 0);
});

test("what is missing, contradicts itself or cannot be written is said at once", async (t) => {
  const { folder, flags } = await makeWorld(t);
  const run = (...words: readonly string[]) => runBailiwick(["init", ...words], { folder });
  const named = ["--hostname", "mail.example.org", "--no-domains", "--direct"];
  const cases: readonly (readonly [readonly string[], number, RegExp])[] = [
    [[], 2, /no terminal to ask at.*--hostname NAME, --domain NAME.*--smart-host HOST:PORT.*--yes/],
    [
      [...flags, ...named, "--relay", "0.0.0.0/0"],
      1,
      /nothing is written.*\n.*bailiwick\.yaml:\d+/,
    ],
    [[...flags, ...named, "--directory", "given/x"], 2, /folder given\/x cannot be made: .*given/],
  ];
  await writeFile(join(folder, "given"), "a file");
  for (const [words, wanted, said] of cases) {
    // oxlint-disable-next-line no-await-in-loop -- two cores
    const { code, stderr } = await run(...words);
    assert.match(stderr, said);
    assert.equal(code, wanted);
  }
});

test("a run that is killed at any step goes on when it is run again", async (t) => {
  const { folder, words, seen } = await killAtEachStep(t);
  const { code, stdout, stderr } = await runBailiwick(words, { folder });
  assert.equal(code, 0, stderr);
  const all = [...seen, stdout].join("\n");
  assert.equal(all.match(/^written +bailiwick\.yaml$/gm)?.length, 1, all);
  assert.match(stdout, /^keys +example\.org has its keys \(DKIM\) already$/m);
  assert.match(stdout, /^account +ann@example\.org is there already/m);
  assert.match(stdout, /^operator olga is there already/m);
  assert.match(stdout, /^Next$/m);
  const listed = await runBailiwick(["account", "list", "--json"], { folder });
  assert.match(listed.stdout, /"local": "ann"/);
  const left = (await lookAt(folder, "bailiwick.yaml"))[0]?.text ?? "";
  assert.match(left, /^hostname: mail\.example\.org$/m);
});

const steps = [/^This machine$/m, /^written /m, /^keys /m, /^account /m, /^operator /m];
/** A busy machine may let a run go on past its step: then all is begun anew, elsewhere. */
const mostTries = 5;

async function killAtEachStep(t: TestContext) {
  for (let tries = 0; tries < mostTries; tries++) {
    // oxlint-disable-next-line no-await-in-loop -- the next is for when this one fails
    const { folder, flags } = await makeWorld(t);
    const line =
      "init --hostname mail.example.org --domain example.org --direct --account ann@example.org --operator olga";
    const words = [...line.split(" "), ...flags];
    const seen: string[] = [];
    for (const step of steps) {
      // oxlint-disable-next-line no-await-in-loop -- each begins where the one before was killed
      const said = await killAt(step, words, folder);
      if (!step.test(said)) break;
      seen.push(said);
    }
    if (seen.length === steps.length) return { folder, words, seen };
  }
  return assert.fail(`no run was killed at its step in ${mostTries} tries`);
}

/** What it had said by then. */
async function killAt(step: RegExp, words: readonly string[], folder: string): Promise<string> {
  const program = new URL("../../../bin/bailiwick", import.meta.url).pathname;
  const child = spawn(program, words, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (step.test(said)) child.kill("SIGKILL");
  });
  await once(child, "close");
  return said;
}

test("doctor finds ports that are taken, a silent DNS and an expired certificate, in bounded time", async (t) => {
  const { folder, dns, offset } = await makeWorld(t);
  dns.set("", { fault: "silence" });
  dns.set("mail.example.org", { fault: "silence" });
  const sink = await startSink(t, { port: 25 + offset });
  const issued = makeAuthority("Test authority").issue({
    names: ["mail.example.org"],
    from: -90,
    to: -3,
  });
  await mkdir(join(folder, "tls"));
  await writeFile(join(folder, "tls", "cert.pem"), issued.cert);
  await writeFile(join(folder, "tls", "key.pem"), issued.key, { mode: 0o600 });
  const yaml = [
    "hostname: mail.example.org",
    "tls: { certificate: tls/cert.pem, key: tls/key.pem }",
    "listeners:",
    `  mx: { role: mx, listen: ["127.0.0.1:${sink.endpoint.port}"] }`,
    `  pop3: { role: pop3, listen: ["127.0.0.1:${110 + offset}"] }`,
    `dns: { servers: ["127.0.0.1:${dns.endpoint.port}"] }`,
    'routes: [{ to: "*", via: "smtp.silent.example" }]',
  ];
  await writeFile(join(folder, "bailiwick.yaml"), `${yaml.join("\n")}\n`);
  dns.set("smtp.silent.example", { fault: "silence" });
  const began = performance.now();
  const { code, stdout, stderr } = await runBailiwick(["doctor", "--json"], { folder });
  assert.ok(performance.now() - began < 15_000);
  assert.equal(code, 1, stderr);
  const { outcome, findings } = report.parse(JSON.parse(stdout));
  assert.equal(outcome, "problem");
  const of = (wanted: string) =>
    findings
      .filter(({ topic }) => topic === wanted)
      .map((finding) => `${finding.outcome}: ${finding.what}`)
      .join("\n");
  assert.match(
    of("ports"),
    /^ok: free: 127\.0\.0\.1:\d+ \(pop3\)\nproblem: 127\.0\.0\.1:\d+ \(mx\) is taken by /,
  );
  assert.match(of("ports"), new RegExp(`\\(process ${process.pid}\\)`));
  assert.match(of("resolver"), /^problem: no DNS: the DNS server .* did not answer in time$/);
  assert.match(
    of("host-name"),
    /^warning: .* could not be looked up: no DNS server answered in time$/,
  );
  assert.match(of("certificate"), /^problem: .*tls\/cert\.pem has expired 3 days ago$/);
  assert.match(of("smart-host"), /^problem: .*cannot be found: no DNS server answered in time$/);
  assert.match(of("configuration"), /^ok: bailiwick\.yaml is in order and proven/);

  await rm(join(folder, "tls"), { recursive: true });
  await writeFile(join(folder, "bailiwick.yaml"), "hostname: mail.example.org\nlisten: 25\n");
  const wrong = await runBailiwick(["doctor"], { folder });
  assert.deepEqual([wrong.code, wrong.stdout], [2, ""]);
  assert.match(wrong.stderr, /^bailiwick\.yaml:2:1: unknown key `listen`/);
});
