import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { parseConfiguration } from "./parse.ts";
import { formatProblem } from "./problem.ts";

function parse(text: string) {
  return parseConfiguration(`hostname: mx.test\n${text}\n`, {
    file: "b.yaml",
    folder: "/etc/bailiwick",
  });
}

function routeOf(written: string) {
  const result = parse(`routes: [{ ${written} }]`);
  assert.ok(result.ok, JSON.stringify(result));
  const [route] = result.value.routes;
  return route ?? assert.fail();
}

suite("which mail a route is for", () => {
  const cases: readonly (readonly [string, object])[] = [
    ['to: "*"', { to: "*" }],
    ["to: Bücher.example", { to: "xn--bcher-kva.example" }],
    ["to: .Example.com", { to: ".example.com" }],
    ["from: Example.org", { to: "*", from: "example.org" }],
    ["from: .example.org", { to: "*", from: ".example.org" }],
    ["from: Ann@Example.org", { to: "*", from: "ann@example.org" }],
    ['from: "<>"', { to: "*", from: "<>" }],
    ["account: App@Example.org, to: a.test", { to: "a.test", account: "app@example.org" }],
  ];
  for (const [written, keys] of cases) {
    test(written, () => {
      const { to, from, account } = routeOf(`${written}, via: b.test`);
      assert.deepEqual(
        { to, ...(from !== undefined && { from }), ...(account !== undefined && { account }) },
        keys,
      );
    });
  }
});

const host = (name: string, port: number) => ({ host: name, port });

suite("which hosts it names", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["via: mx", "mx"],
    ['via: ["a.test:587", b.test]', [[host("a.test", 587)], [host("b.test", 25)]]],
    [
      'via: [["a.test", "[::1]:26"], c.test]',
      [[host("a.test", 25), host("::1", 26)], [host("c.test", 25)]],
    ],
    ['via: "a.test", protocol: lmtp', [[host("a.test", 24)]]],
    ['via: "unix:/run/dovecot/lmtp"', [[{ socket: "/run/dovecot/lmtp" }]]],
  ];
  for (const [written, via] of cases) {
    test(written, () => assert.deepEqual(routeOf(`to: x.test, ${written}`).via, via));
  }

  test("a socket speaks LMTP, without TLS", () => {
    const route = routeOf('to: x.test, via: "unix:/run/lmtp"');
    assert.ok(route.via !== "mx");
    assert.deepEqual(route.transport, { protocol: "lmtp", tls: "off", implicitTls: false });
  });
});

test("bounds and addresses are those of all, or a route's own", () => {
  assert.equal(routeOf("to: x.test, via: mx").leaving, undefined);
  assert.deepEqual(routeOf("to: x.test, via: mx, rate: none").leaving, {
    bounds: { rate: undefined },
  });
  const own =
    'rate: 9 per 1m, connections: 2, messages-per-connection: 3, recipients-per-message: 1, source: ["192.0.2.7", "2001:DB8::7"]';
  assert.deepEqual(routeOf(`to: x.test, via: b.test, ${own}`).leaving, {
    sources: { ipv4: "192.0.2.7", ipv6: "2001:db8::7" },
    bounds: {
      connections: 2,
      rate: { amount: 9, period: 60_000 },
      messagesPerConnection: 3,
      recipientsPerMessage: 1,
    },
  });
  const result = parse("queue: { rate-per-destination: 9 per 1m, recipients-per-message: 50 }");
  assert.deepEqual(result.ok && result.value.queue.bounds, {
    connections: 20,
    rate: { amount: 9, period: 60_000 },
    messagesPerConnection: 1000,
    recipientsPerMessage: 50,
  });
});

test("a login by tokens", () => {
  const oauth2 =
    "{ token-url: https://login.test/token, client-id: us, client-secret-file: s, scope: a b, refresh-token-file: r }";
  const route = routeOf(`to: x.test, via: b.test, login: { user: u, oauth2: ${oauth2} }`);
  assert.ok(route.via !== "mx");
  assert.deepEqual(route.transport, {
    tls: "verified",
    implicitTls: false,
    login: {
      user: "u",
      oauth2: {
        tokenUrl: "https://login.test/token",
        clientId: "us",
        clientSecret: { file: "/etc/bailiwick/s" },
        scope: "a b",
        refreshTokenFile: "/etc/bailiwick/r",
      },
    },
  });
});

const inRoute = (written: string) => `routes: [{ to: x.test, ${written} }]`;

suite("what cannot be meant", () => {
  const login = (oauth2: string) =>
    inRoute(`via: b.test, login: { user: u, oauth2: { ${oauth2} } }`);
  const cases: readonly (readonly [string, string])[] = [
    [
      "routes: [{ via: a.test }]",
      'b.yaml:2:10: routes[0]: it is not said which mail goes here; write `to`, `from` or `account`, or `to: "*"`',
    ],
    [
      'routes: [{ to: "*.a.test", via: b.test }]',
      'b.yaml:2:16: routes[0].to: "*.a.test" does not fit here; for its subdomains write ".a.test"',
    ],
    [
      'routes: [{ from: "*", via: b.test }]',
      'b.yaml:2:18: routes[0].from: "*" is said by leaving the key out; or write a domain or an address, or "<>" in quotes for mail without a sender',
    ],
    [
      "routes: [{ account: app, via: b.test }]",
      'b.yaml:2:21: routes[0].account: "app" does not fit here; write the address of an account, such as app@example.org',
    ],
    [
      "routes:\n- { from: a.test, via: b.test }\n- { from: ann@A.test, to: c.test, via: d.test }",
      "b.yaml:4:3: routes[1]: the route on line 3 takes this mail already; put this one first",
    ],
    [
      "routes:\n- { to: .test, via: b.example }\n- { to: c.test, account: a@b.test, via: mx }",
      "b.yaml:4:3: routes[1]: the route on line 3 takes this mail already; put this one first",
    ],
    [
      inRoute("via: []"),
      'b.yaml:2:29: routes[0].via: the list is empty; write a host, with a port where it is not 25, such as "smtp.example.com:587" or "[2001:db8::1]", or a list of them',
    ],
    [
      inRoute("via: [a.test, A.test]"),
      'b.yaml:2:29: routes[0].via: "A.test" is in the list twice; keep one',
    ],
    [
      inRoute('via: "::1"'),
      'b.yaml:2:29: routes[0].via: an IPv6 address needs brackets here; write "[::1]:25"',
    ],
    [
      inRoute("via: /run/lmtp"),
      'b.yaml:2:29: routes[0].via: "/run/lmtp" is a path; for a socket write "unix:/run/lmtp"',
    ],
    [
      inRoute('via: "unix:lmtp"'),
      'b.yaml:2:29: routes[0].via: "unix:lmtp" does not fit here; write the path of a socket, such as unix:/run/dovecot/lmtp',
    ],
    [
      inRoute('via: "unix:/run/lmtp", tls: required'),
      "b.yaml:2:47: routes[0].tls: a socket of this machine has no TLS and no address; leave this out",
    ],
    [
      inRoute('via: ["unix:/run/lmtp", b.test]'),
      "b.yaml:2:10: routes[0]: sockets of this machine and hosts of the network do not go together; keep one kind",
    ],
    [
      inRoute('via: "b.test:25", protocol: lmtp'),
      "b.yaml:2:24: routes[0].via: port 25 is for SMTP; LMTP must not be spoken there (RFC 2033 §5), mostly it is on port 24",
    ],
    [
      inRoute('via: ["a.test:465", "b.test:587"]'),
      "b.yaml:2:24: routes[0].via: on port 465 TLS begins with the connection, and on the others with STARTTLS; name hosts of one kind",
    ],
    [
      inRoute("via: [a.test, 5]"),
      'b.yaml:2:38: routes[0].via[1]: 5 does not fit here; write a host, with a port where it is not 25, such as "smtp.example.com:587" or "[2001:db8::1]", or a list of them',
    ],
    [
      inRoute("via: [a.test, [5]]"),
      'b.yaml:2:39: routes[0].via[1][0]: 5 does not fit here; write a host, with a port where it is not 25, such as "smtp.example.com:587" or "[2001:db8::1]", or a list of them',
    ],
    [
      inRoute("via: [a.test, mx]"),
      'b.yaml:2:29: routes[0].via: `mx` stands alone, in a route; a host of that name is "mx:25"',
    ],
    [
      "domains: { x.test: { relay-to: mx } }",
      'b.yaml:2:32: domains["x.test"].relay-to: `mx` stands alone, in a route; a host of that name is "mx:25"',
    ],
    [
      inRoute("via: mx, tls: required"),
      "b.yaml:2:33: routes[0].tls: `tls` is for hosts that are named, not for `via: mx`",
    ],
    [
      inRoute("via: b.test, source: 127.0.0.256"),
      'b.yaml:2:45: routes[0].source: "127.0.0.256" does not fit here; write an address of this machine, such as 192.0.2.7, or a list of one for IPv4 and one for IPv6',
    ],
    [
      inRoute('via: b.test, source: "::"'),
      'b.yaml:2:45: routes[0].source: "::" does not fit here; write an address of this machine, such as 192.0.2.7, or a list of one for IPv4 and one for IPv6',
    ],
    [
      inRoute("via: b.test, source: [192.0.2.1, 192.0.2.2]"),
      'b.yaml:2:45: routes[0].source: "192.0.2.2" is the second address for IPv4; keep one of a kind',
    ],
    [
      inRoute('via: "[2001:db8::1]", source: 192.0.2.1'),
      "b.yaml:2:46: routes[0].source: no connection leaves from here to an IPv6 address; add one of that kind, or leave the key out",
    ],
    [
      inRoute('via: ["b.test:26", "127.0.0.1:25"]'),
      "b.yaml:2:24: routes[0].via: 127.0.0.1:25 is this server, listening on 0.0.0.0:25: the mail would go in circles; name another host or port",
    ],
    [
      login("token-url: http://login.test/, client-id: us, client-secret-file: s"),
      'b.yaml:2:76: routes[0].login.oauth2.token-url: "http://login.test/" is in the clear, and whoever stands between could log in as anyone; write https',
    ],
    [
      login("token-url: https://login.test/, client-id: us"),
      "b.yaml:2:63: routes[0].login.oauth2: nothing here is secret; write `client-secret-file`, or `refresh-token-file`",
    ],
    [
      inRoute(
        "via: b.test, tls: required, login: { user: u, password-file: p, oauth2: { token-url: https://l.test/, client-id: us, refresh-token-file: r } }",
      ),
      "b.yaml:2:59: routes[0].login: its secret comes from one place; write `password-file`, `password-variable` or `oauth2`",
    ],
    [
      inRoute(
        "via: b.test, tls: opportunistic, login: { user: u, oauth2: { token-url: https://l.test/, client-id: us, refresh-token-file: r } }",
      ),
      "b.yaml:2:37: routes[0].tls: with `tls: opportunistic` the token could go in the clear; write `tls: verified`, or `tls: required`",
    ],
  ];
  for (const [text, said] of cases) {
    test(text, () => {
      const result = parse(text);
      assert.ok(!result.ok);
      assert.deepEqual(result.problem.map(formatProblem), [said]);
    });
  }
});

test("routes beside each other", () => {
  const result = parse(`routes:
- { to: a.test, via: b.test }
- { to: .a.test, via: b.test }
- { to: c.test, via: mx }
- { from: a.test, via: c.test }
- { from: "<>", via: d.test }
- { account: app@a.test, via: e.test }
- { to: "*", via: f.test }`);
  assert.ok(result.ok, JSON.stringify(result));
  assert.equal(result.value.routes.length, 7);
});
