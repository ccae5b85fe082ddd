// A policy that relays for strangers does not start, is not taken by a running server, and is told
// of with the line, the addresses and what to change.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { suite, test } from "node:test";
import { runBailiwick, startBailiwick, temporaryFolder } from "../../support/server.ts";
import { openSession } from "../../support/smtp-client.ts";

function configuration(relay: string, more = ""): string {
  return `hostname: mail.example.org
listeners: { mx: { role: mx, listen: ["127.0.0.1:0"] } }
relay:
  ${relay}
${more}`;
}

/** The last is what the messages have to say, one line each. */
const open = [
  [
    'networks: ["0.0.0.0/0"]',
    [/bailiwick\.yaml:4:14: .*every IPv4 address \(4,294,967,296, 100 % of IPv4\)/],
  ],
  [
    'networks: ["10.0.0.0/8", "0.0.0.0/0"]',
    [/bailiwick\.yaml:4:28: .*all IPv4 addresses but 16,777,216 \(99\.6 % of IPv4\)/],
  ],
  ['networks: ["::/0"]', [/bailiwick\.yaml:4:14: .*every IPv6 address \(2\^128, 100 % /]],
  [
    'networks: ["0.0.0.0/1", "128.0.0.0/1"]',
    [
      /bailiwick\.yaml:4:14: .*0\.0\.0\.0\/1 \(2,147,483,648 addresses, 50 % /,
      /bailiwick\.yaml:4:27: .*128\.0\.0\.0\/1 \(2,147,483,648 addresses, 50 % /,
      /bailiwick\.yaml:4:14: .*every IPv4 address .* together/,
    ],
  ],
  [
    'networks: ["0.0.0.0/1", "128.0.0.0/1"]\n  acknowledge: ["0.0.0.0/1", "128.0.0.0/1"]',
    [/bailiwick\.yaml:4:14: .*every IPv4 address .* together/],
  ],
  [
    'networks: ["203.0.0.0/12"]',
    [/bailiwick\.yaml:4:14: .*203\.0\.0\.0\/12 \(1,048,576 addresses.*relay\.acknowledge/],
  ],
  [
    'networks: ["203.0.0.0/12"]\n  acknowledge: ["203.0.0.0/13"]',
    [/bailiwick\.yaml:4:14: .*203\.0\.0\.0\/12 /],
  ],
] as const;

suite("a policy that relays for strangers", () => {
  for (const [relay, said] of open) {
    test(relay.replace("\n  ", " "), async (t) => {
      const folder = await temporaryFolder(t);
      await writeFile(join(folder, "bailiwick.yaml"), configuration(relay));
      const [start, check] = await Promise.all([
        runBailiwick(["start"], { folder }),
        runBailiwick(["check"], { folder }),
      ]);
      for (const { code, stderr } of [start, check]) {
        assert.equal(code, 2);
        const lines = stderr.trimEnd().split("\n");
        assert.equal(lines.length, said.length, stderr);
        for (const [index, pattern] of said.entries()) assert.match(lines[index] ?? "", pattern);
      }
      assert.equal(start.stdout, "");
      assert.doesNotMatch(check.stdout, /in order/);
    });
  }
});

test("a wide network starts when it is acknowledged, and so do private ones", async (t) => {
  const relay = 'networks: ["203.0.0.0/12", "10.0.0.0/8"]\n  acknowledge: ["203.0.0.0/12"]';
  const server = await startBailiwick(t, { configuration: configuration(relay) });
  assert.equal(await server.stop(), 0);
});

test("a reload keeps the old policy", async (t) => {
  const server = await startBailiwick(t, {
    configuration: configuration('networks: ["127.0.0.3"]'),
  });
  const client = await openSession(server.address, "127.0.0.2");
  await client.expect("MAIL FROM:<a@client.example>", "250");
  const ask = () => client.command("RCPT TO:<b@elsewhere.example>");
  assert.match(await ask(), /^550 5\.7\.1 /);
  await server.configure(configuration('networks: ["127.0.0.3", "0.0.0.0/0"]'));
  const { code, stderr } = await server.run("reload");
  assert.equal(code, 2);
  assert.match(stderr, /^\S+bailiwick\.yaml:4:27: .*all IPv4 addresses but 1 \(99\.9 % of IPv4/);
  assert.match(await ask(), /^550 5\.7\.1 /);
  server.signal("SIGHUP");
  const failed = await server.untilLogged(({ event }) => event === "reload-failed");
  assert.match(failed.msg, /^the old configuration stays in place: .*bailiwick\.yaml:4:27: /);
  assert.match(await ask(), /^550 5\.7\.1 /);
});

test("check prints who may relay, as text, as JSON and as a map", async (t) => {
  const folder = await temporaryFolder(t);
  const relay = 'networks: ["198.51.100.0/24", "2001:db8::/48"]';
  await writeFile(join(folder, "bailiwick.yaml"), configuration(relay));
  const { code, stdout } = await runBailiwick(["check", "--map", "relay.svg"], { folder });
  assert.equal(code, 0);
  for (const line of [
    "without a login, on listeners of the role mx:",
    "  relays for 198.51.100.0/24 (line 4)",
    "  relays for 2001:db8::/48 (line 4)",
    "  in all for 256 IPv4 addresses (0.000005 % of IPv4) and 2^80 IPv6 addresses (less than 0.000001 % of IPv6)",
    "without a login, on listeners of the role submission:",
    "  relays for nobody by address",
  ]) {
    assert.ok(stdout.includes(`${line}\n`), `${line} in\n${stdout}`);
  }
  const map = await readFile(join(folder, "relay.svg"), "utf8");
  assert.match(map, /^<svg /);
  assert.match(map, /bailiwick\.yaml:4 \(mx\): 198\.51\.100\.0\/24, 256 addresses/);
  const json: unknown = JSON.parse((await runBailiwick(["check", "--json"], { folder })).stdout);
  assert.partialDeepStrictEqual(json, {
    proof: {
      admitted: [
        {
          role: "mx",
          lines: [
            { reason: "trusted-network", line: 4, column: 14, prefixes: ["198.51.100.0/24"] },
            { reason: "trusted-network", line: 4, column: 33, prefixes: ["2001:db8::/48"] },
          ],
          ipv4: { addresses: "256" },
          ipv6: { addresses: "1208925819614629174706176" },
        },
        { role: "submission", lines: [], ipv4: { addresses: "0", share: 0 } },
      ],
      findings: [],
    },
  });
});

test("check --json tells of problems, and ends with 2", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), configuration('networks: ["0.0.0.0/0"]'));
  const { code, stdout } = await runBailiwick(["check", "--json"], { folder });
  assert.equal(code, 2);
  const json: unknown = JSON.parse(stdout);
  assert.partialDeepStrictEqual(json, {
    proof: {
      findings: [{ severity: "problem", kind: "too-wide", line: 4, prefixes: ["0.0.0.0/0"] }],
    },
  });
});

test("a map that cannot be written is told of", async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "bailiwick.yaml"), configuration("networks: []"));
  const { code, stderr } = await runBailiwick(["check", "--map", "no/where.svg"], { folder });
  assert.equal(code, 2);
  assert.match(stderr, /^bailiwick: the map cannot be written: .*no\/where\.svg/);
});
