// Makes the Debian packages, for the machine that it runs on: `npm run package:deb`. They come to
// dist/deb. `--fast` neither compresses them nor strips the runtime, and `--built` takes `dist` as it is:
// for tests.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { buildPackage, type PackageFacts } from "./deb/package.ts";
import { laySendmail, layServer } from "./deb/trees.ts";

const architectures: Partial<Record<string, string>> = { x64: "amd64", arm64: "arm64" };

const root = fileURLToPath(new URL("../", import.meta.url));
const { values } = parseArgs({
  options: {
    fast: { type: "boolean", default: false },
    built: { type: "boolean", default: false },
    into: { type: "string", default: join(root, "dist/deb") },
  },
});

const { version }: { version: string } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);
const architecture = architectures[process.arch];
if (architecture === undefined) throw new Error(`there is no package for ${process.arch}`);

const server: PackageFacts = {
  name: "bailiwick",
  version,
  architecture,
  fields: {
    // The runtime's libraries; systemd for sysusers, and to be told that the server is ready.
    Depends:
      "libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 5.2), debconf (>= 0.5) | debconf-2.0, " +
      "init-system-helpers (>= 1.52), systemd | systemd-standalone-sysusers | systemd-sysusers",
    Recommends: "ca-certificates",
    Suggests: "bailiwick-sendmail, certbot",
  },
  description: [
    "mail relay that proves that it relays for no stranger",
    "Takes mail by SMTP, decides with one function who may relay, keeps every",
    "message that it has acknowledged safe on disk, and delivers it into",
    "mailboxes, through a smart host, or to the domain's MX. Users submit mail",
    "with a login and read it by POP3.",
    "",
    "Its Node.js runtime comes with it. It may be installed beside another mail",
    "server; bailiwick-sendmail makes it this machine's own.",
  ],
};

const sendmail: PackageFacts = {
  name: "bailiwick-sendmail",
  version,
  architecture: "all",
  fields: {
    Depends: `bailiwick (>= ${version})`,
    Provides: "mail-transport-agent",
    Conflicts: "mail-transport-agent",
    Replaces: "mail-transport-agent",
  },
  description: [
    "Bailiwick as this machine's sendmail",
    "The commands sendmail, mailq and newaliases, as cron, PHP and mailx call",
    "them: messages go to the Bailiwick that runs here. Takes the place of",
    "another mail transport agent.",
  ],
};

if (!values.built) {
  const build = spawnSync(process.execPath, [join(root, "scripts/build.ts")], { stdio: "inherit" });
  if (build.status !== 0) process.exit(1);
}
const compression = values.fast ? "-Znone" : "-Zxz";
for (const facts of [server, sendmail]) {
  const tree = mkdtempSync(join(tmpdir(), "bailiwick-deb-"));
  try {
    const options = { root, tree, changelog: changelogOf(facts.name) };
    if (facts === server) await layServer(options, !values.fast);
    else laySendmail(options);
    const file = buildPackage(facts, tree, values.into, compression);
    console.log(`${file} ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  } finally {
    rmSync(tree, { recursive: true });
  }
}

/** What has changed stands in the project's own changelog. */
function changelogOf(name: string): string {
  const { mtime } = statSync(join(root, "CHANGELOG.md"));
  const date = mtime.toUTCString().replace("GMT", "+0000");
  return (
    `${name} (${version}) stable; urgency=medium\n\n  * Bailiwick ${version}.\n\n` +
    ` -- Bailiwick maintainers <maintainers@bailiwick.invalid>  ${date}\n`
  );
}
