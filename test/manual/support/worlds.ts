// What each page finds there when its commands begin.

import type { DnsZone } from "../../support/dns.ts";
import { root } from "./pages.ts";
import type { WorldOptions } from "./world.ts";

const ours = "domains: { example.org: { deliver: mailboxes } }\n";
const relaying = 'relay: { networks: ["192.0.2.0/24"] }\n';
const secret = "(umask 077; echo 'correct horse battery staple' > secret.txt)\n";

function accounts(...names: readonly string[]): string {
  const adds = names.map(
    (name) => `bailiwick account add ${name}@example.org --password-file secret.txt\n`,
  );
  return `${secret}${adds.join("")}`;
}

const toaster = `${root}test/fixtures/toaster/installation`;

/** A host that is there, and where nobody listens. */
const away: DnsZone = {
  "example.com": { MX: [[10, "mx.example.com"]] },
  "mx.example.com": { A: ["127.0.0.9"] },
};

const listed: DnsZone = Object.fromEntries(
  ["zen.example", "second.example"].map((zone) => [
    `2.0.0.127.${zone}`,
    { A: ["127.0.0.2"], TXT: ["a test"] },
  ]),
);

export const worlds: Readonly<Record<string, WorldOptions>> = {
  "README.md": {
    files: { "password.txt": "correct horse battery staple\n" },
    instead: [["npx bailiwick", "bailiwick"]],
  },
  "docs/accounts.md": {
    configuration: "",
    before: secret,
    instead: [
      ["remove hqvtkmwsy", "remove $(bailiwick app-password list | awk 'NR == 2 { print $1 }')"],
    ],
  },
  "docs/address-rules.md": {},
  "docs/api.md": {
    configuration: `${ours}relay: { networks: ["192.0.2.0/24"], roaming: { lifetime: 180m } }
`,
    zone: away,
    before: `${accounts("bob")}
bailiwick token add all --scope read,queue,people,dkim,grants,bans,reload,audit > told
grep -o '[A-Za-z0-9_-]\\{30,\\}' told > token.txt
printf '{ "address": "alice@example.org", "password": "correct horse battery staple" }' > account.json
bailiwick grants add 203.0.113.5 --account bob@example.org --for 3h
queued=$(visit 192.0.2.9 news@example.org bob@example.com | sed 's/.*queued as //')
refused=$(visit 203.0.113.9 ann@example.com v@foreign.example | sed 's/.*(\\(.*\\))/\\1/')
printf '0fk3v9d2m4a.1\\t%s\\n0fk3v9d2m4a\\t%s\\n' "$refused" "$queued" > instead`,
    instead: [["remove hqvtkmwsy", "remove $(bailiwick token list | awk '/backup/ { print $1 }')"]],
  },
  "docs/blocklists.md": {
    configuration: `${ours}blocklists: [{ zone: zen.example, ipv6: false }, { zone: second.example, ipv6: false }]\n`,
    zone: listed,
  },
  "docs/certificates.md": {},
  "docs/delivery.md": {
    configuration: `${ours}routes: [{ to: "*", via: "smtp.example.com:587" }]\n`,
  },
  "docs/dkim.md": { configuration: "domains: { example.net: { deliver: mailboxes } }\n" },
  "docs/dns-records.md": { configuration: ours },
  "docs/explain.md": {
    configuration: ours + relaying,
    before: `${accounts("ann")}id=$(visit 203.0.113.9 ann@example.com v@foreign.example | sed 's/.*(\\(.*\\))/\\1/')
printf '0fk3v9d2m4a.1\\t%s\\n' "$id" > instead`,
  },
  "docs/first-run.md": {
    instead: [
      [
        /^bailiwick init$/m,
        "bailiwick init --yes --hostname mail.example.org --domain example.org",
      ],
    ],
  },
  "docs/forwards.md": {
    configuration: ours.replace("}\n", ", example.net: { deliver: mailboxes } }\n"),
    before: `${accounts("ann", "alice", "carl", "boss")}printf 'ann@example.org\\nbob@elsewhere.example\\n' > members.txt`,
  },
  "docs/getting-started.md": {
    instead: [
      [/import toaster \/ /, `import toaster ${toaster} `],
      [/import toaster \/$/m, `import toaster ${toaster}`],
    ],
  },
  "docs/guessing.md": {
    configuration: `${ours}limits: { breaker: { messages: [1 per 1h] } }\n`,
    zone: away,
    before: `${accounts("alice")}bailiwick bans add 203.0.113.9 --for 1h --because guesses
send() {
  printf 'From: alice@example.org\\r\\n\\r\\nhello\\r\\n' |
    curl -sk --ssl-reqd smtp://127.0.0.1:587 --user "alice@example.org:$(cat secret.txt)" \\
      --mail-from alice@example.org --mail-rcpt bob@example.com --upload-file -
}
send; send || true # one too many`,
  },
  "docs/leaving-a-toaster.md": {
    instead: [
      [/import toaster (\/|\/mnt\/old) /, `import toaster ${toaster} `],
      ["/backup/vpopmail", `${toaster}/home/vpopmail`],
      ["/backup/qmail", `${toaster}/var/qmail`],
      ["/backup/tcp.smtp", `${toaster}/home/vpopmail/etc/tcp.smtp`],
    ],
  },
  "docs/proof.md": {
    configuration: `${ours}relay: { networks: ["10.0.0.0/8", "203.0.0.0/12"], acknowledge: ["203.0.0.0/12"] }\n`,
  },
  "docs/queue.md": {
    configuration: ours + relaying,
    zone: away,
    before: `id=$(visit 192.0.2.9 ann@example.org bob@example.com | sed 's/.*queued as //')
printf '00tgmb09x00\\t%s\\n' "$id" > instead; sleep 1`,
  },
  "docs/recipes/applications.md": {
    configuration:
      'relay: { networks: ["127.0.0.1"] }\ndomains: { example.org: { deliver: mailboxes } }\nroutes: [{ to: "*", via: "smtp.example.com:587" }]\n',
    before: `${secret}printf 'From: app@example.org\\n\\nhello\\n' > hello.eml`,
  },
  "docs/recipes/monitoring.md": { configuration: ours },
  "docs/recipes/printers.md": {
    configuration: `${ours}relay: { rules: [{ from: 192.0.2.17, relay: true }] }\n`,
  },
  "docs/recipes/roaming-users.md": {
    configuration: `${ours}relay: { roaming: { lifetime: 180m } }\n`,
    before: accounts("alice"),
  },
  "docs/recipes/secondary-mx.md": {
    configuration: 'domains: { example.net: { relay-to: "127.0.0.9:25", recipients: all } }\n',
  },
  "docs/roaming.md": {
    files: { "roaming.secret": `${"0123456789abcdef".repeat(3)}\n` },
    configuration: `${ours}relay: { roaming: { events: { secret-file: roaming.secret } } }\n`,
    before: `${accounts("ann", "alice")}bailiwick grants add 203.0.113.9 --account ann@example.org --for 3h`,
  },
  "docs/upgrade.md": { configuration: ours },
};
