import assert from "node:assert/strict";
import * as fc from "fast-check";
import { suite, test } from "node:test";
import { parseConfiguration } from "../config/parse.ts";
import { formatProblem } from "../config/problem.ts";
import type { Settings } from "../config/settings.ts";
import { formatEndpoint } from "../config/values/endpoint.ts";
import { formatPrefix, parsePrefix } from "../mail/ip.ts";
import type { Answers } from "./answers.ts";
import { formatAnswers } from "./document.ts";

const answers: Answers = {
  hostname: "mail.example.org",
  domains: ["example.org"],
  networks: [],
  way: { kind: "direct" },
  data: "data",
  listening: { addresses: ["0.0.0.0", "::"], offset: 0 },
  blocklists: [],
  dnsServers: [],
};

function read(changes: Partial<Answers>): Settings {
  const text = formatAnswers({ ...answers, ...changes });
  const settings = parseConfiguration(text, { file: "bailiwick.yaml", folder: "/etc/bailiwick" });
  if (settings.ok) return settings.value;
  return assert.fail(`${settings.problem.map(formatProblem).join("\n")}\n${text}`);
}

function listeners({ listeners: all }: Settings) {
  return all.map(({ name, listen }) => `${name} ${listen.map(formatEndpoint).join(" ")}`);
}

suite("a configuration from answers", () => {
  test("has listeners for users where there are domains", () => {
    assert.deepEqual(listeners(read({})), [
      "mx 0.0.0.0:25 [::]:25",
      "submission 0.0.0.0:587 [::]:587",
      "submissions 0.0.0.0:465 [::]:465",
      "pop3s 0.0.0.0:995 [::]:995",
      "admin 127.0.0.1:8025",
    ]);
    const listening = { addresses: ["127.0.0.1"], offset: 2000 };
    assert.deepEqual(listeners(read({ domains: [], listening })), [
      "mx 127.0.0.1:2025",
      "admin 127.0.0.1:10025",
    ]);
  });

  test("lets nobody relay who was not named", () => {
    assert.deepEqual(read({}).relay.networks, []);
    const networks = ["127.0.0.1", "::1", "192.168.1.0/24", "2001:db8::/48"].map(
      (text) => parsePrefix(text) ?? assert.fail(text),
    );
    const relay = read({ networks }).relay.networks;
    assert.deepEqual(
      relay.map(({ prefix }) => formatPrefix(prefix)),
      networks.map(formatPrefix),
    );
  });

  test("says no secret, only where it is", () => {
    const { routes } = read({
      way: { kind: "smart-host", host: "smtp.example.com:587", user: "u" },
    });
    const [route] = routes;
    assert.ok(route !== undefined && route.via !== "mx");
    assert.equal(route.transport.tls, "verified");
    const password = { file: "/etc/bailiwick/smarthost-password" };
    assert.deepEqual(route.transport.login, { user: "u", password });
  });

  test("holds lists, resolvers, certificates and a user", () => {
    const certificate = { certificate: "/c d/cert.pem", key: "/c d/key: #.pem" };
    const settings = read({
      blocklists: ["bl.example"],
      dnsServers: ["127.0.0.1:53", "[::1]:5353"],
      certificate,
      user: "bailiwick",
    });
    assert.deepEqual(
      settings.blocklists.lists.map(({ zone }) => zone),
      ["bl.example"],
    );
    assert.deepEqual(settings.dns.servers.map(formatEndpoint), ["127.0.0.1:53", "[::1]:5353"]);
    assert.deepEqual(
      settings.tls.certificates.map((each) => [each.certificate, each.key]),
      [Object.values(certificate)],
    );
    assert.equal(settings.user, "bailiwick");
  });

  test("is read as it was meant, whatever the words are", () => {
    const word = fc.string({ unit: "grapheme-ascii", minLength: 1 });
    fc.assert(
      fc.property(
        word,
        word,
        fc.constantFrom("null.true", "no.on", "1.2.e3", "0x1f.y"),
        (user, path, name) => {
          const way = { kind: "smart-host", host: "h.example:465", user } as const;
          const settings = read({ way, data: `/${path}/x`, hostname: name, domains: [name] });
          const [route] = settings.routes;
          assert.equal(route?.via !== "mx" && route?.transport.login?.user, user);
          assert.ok(settings.data.endsWith("/x"));
          assert.equal(settings.hostname, name);
          assert.equal(settings.domains[0]?.name, name);
        },
      ),
    );
  });

  test("is text that fits a terminal, each part with a comment", () => {
    const text = formatAnswers({ ...answers, domains: [], networks: [] });
    for (const line of text.split("\n")) assert.ok(line.length <= 100, line);
    for (const part of text.trim().split("\n\n")) assert.match(part, /^#/);
  });
});
