// An installation of qmail and vpopmail as Mail::Toaster left them: the files of test/fixtures/toaster,
// and what cannot be kept among them (compiled files, keys, mailboxes, links).

import { chmod, cp, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeCdb } from "../../src/core/rules/cdb.ts";
import { compileRules } from "../../src/core/rules/compile.ts";
import { octetsOf } from "../../src/core/rules/records.ts";
import { finish } from "../../src/core/work.ts";
import { makeSelfSigned } from "../../src/io/tls/self-signed.ts";
import type { Cleanup } from "./cleanup.ts";
import { temporaryFolder } from "./server.ts";

const fixture = fileURLToPath(new URL("../fixtures/toaster/installation/", import.meta.url));

/** Of each kind that vpopmail may have, for the password `secret`; `dave`'s is of none that is known
 * here. */
const exampleOrg: readonly string[] = [
  "postmaster:$1$salt$ez2vlPGdaLYkJam5pWs/Y1:1:0:Postmaster:DIR/postmaster:NOQUOTA",
  "alice:$1$salt$ez2vlPGdaLYkJam5pWs/Y1:1:0:Alice:DIR/alice:NOQUOTA",
  "bob:$6$saltstring$AIsRs/Ee56G/tC8MEHhvReZTfx8u3rXXMl6eYrjCG9ibix19DxoMBLogdTET5Ukw9Sf7eZTITsuk0Ry5qulYz.:1:0:Bob:DIR/bob:NOQUOTA:secret",
  "carol:abNANd1rDfiNc:1:0:Carol:DIR/carol:NOQUOTA",
  "dave:$2a$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy:1:0:Dave:DIR/dave:NOQUOTA",
  "erin:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=:1:0:Erin:DIR/erin:NOQUOTA",
  "frank:$1$salt$ez2vlPGdaLYkJam5pWs/Y1:1:2048:Frank:DIR/frank:NOQUOTA",
  "gina:$1$salt$ez2vlPGdaLYkJam5pWs/Y1:1:16:Gina:DIR/gina:NOQUOTA",
].map((line) => line.replace("DIR", "/home/vpopmail/domains/example.org"));

/** Puts one up in a folder of its own, which is its root. */
export async function buildToaster(cleanup: Cleanup): Promise<string> {
  const root = join(await temporaryFolder(cleanup), "old");
  await cp(fixture, root, { recursive: true });
  const control = join(root, "var/qmail/control");
  const domains = join(root, "home/vpopmail/domains");
  await writeFile(join(control, "morercpthosts.cdb"), writeCdb([recordOf("example.net", "")]));
  await writeUsers(join(domains, "example.org"), exampleOrg);
  const folders = ["alice", "bob", "carol"].map((name) => join(domains, "example.org", name));
  for (const folder of [...folders, join(domains, "0/example.net/0/zoe")])
    await makeMaildir(folder);
  await writeFile(join(folders[0]!, "Maildir/cur/1100000000.1.old:2,S"), "Subject: old\n\nmail\n");
  await symlink("example.org", join(domains, "example.com"));
  await writeCompiledRules(root);
  const { certificate, key } = makeSelfSigned({ names: ["mail.example.org"], now: Date.now() });
  await writeFile(join(control, "servercert.pem"), key + certificate);
  await chmod(join(control, "servercert.pem"), 0o640);
  await symlink("servercert.pem", join(control, "clientcert.pem"));
  return root;
}

/** `vpasswd` and what vmkpasswd makes of it. */
export async function writeUsers(folder: string, lines: readonly string[]): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "vpasswd"), `${lines.join("\n")}\n`);
  const records = lines.map((line) => {
    const colon = line.indexOf(":");
    return recordOf(line.slice(0, colon), line.slice(colon + 1));
  });
  await writeFile(join(folder, "vpasswd.cdb"), writeCdb(records));
}

function recordOf(key: string, value: string) {
  return { key: octetsOf(key), value: octetsOf(value) };
}

export async function makeMaildir(folder: string): Promise<void> {
  for (const part of ["new", "cur", "tmp"]) {
    await mkdir(join(folder, "Maildir", part), { recursive: true });
  }
}

/** As clearopensmtp leaves it: the text's rules, and who has just read mail; and one that somebody has
 * since taken out of the text. */
async function writeCompiledRules(root: string): Promise<void> {
  const text = await readFile(join(root, "home/vpopmail/etc/tcp.smtp"), "latin1");
  const more = '198.51.100.77:allow,RELAYCLIENT="",RBLSMTPD=""\n198.51.100.200:deny\n';
  const compiled = finish(compileRules(text + more, "tcp.smtp"));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problem));
  const path = join(root, "home/vpopmail/etc/tcp.smtp.cdb");
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, compiled.value);
}
