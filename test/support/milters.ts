// Real filters: OpenDKIM, and one of a few lines on libmilter itself (python3-milter).

import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import type { Cleanup } from "./cleanup.ts";
import { runCommand, whyMissing } from "./command.ts";
import { freePort } from "./free-port.ts";
import { temporaryFolder } from "./server.ts";
import { waitUntil } from "./wait.ts";

/** Debian's own, which has Debian's packages. */
const python = "/usr/bin/python3";

export async function whyNoMilters(): Promise<string | false> {
  const missing = (await whyMissing("opendkim")) || (await whyMissing(python));
  if (missing !== false) return missing;
  if (process.env["CI"] !== undefined) return false;
  const { code } = await runCommand(python, ["-c", "import Milter"]);
  return code === 0 ? false : "python3-milter is not installed";
}

/** Signs for a domain. Returns where it listens, as `filters` has it. */
export async function startOpenDkim(
  cleanup: Cleanup,
  { domain, selector, key }: { domain: string; selector: string; key: string },
): Promise<string> {
  const folder = await temporaryFolder(cleanup);
  const port = await freePort();
  const [keyFile, configuration] = [join(folder, "key.pem"), join(folder, "opendkim.conf")];
  await writeFile(keyFile, key, { mode: 0o600 });
  await writeFile(
    configuration,
    [
      `Domain ${domain}`,
      `Selector ${selector}`,
      `KeyFile ${keyFile}`,
      `Socket inet:${port}@127.0.0.1`,
      "Mode s",
      "Canonicalization relaxed/simple",
      "Syslog no",
      "RequireSafeKeys no",
      `PidFile ${join(folder, "pid")}`,
      "",
    ].join("\n"),
  );
  run(cleanup, "opendkim", ["-f", "-x", configuration]);
  await untilListening(port);
  return `127.0.0.1:${port}`;
}

const program = `
import os, sys, time, Milter

class Filter(Milter.Base):
    def __init__(self):
        self.id = Milter.uniqueID()
        self.octets = 0
        self.seen = b""
    @Milter.noreply
    def connect(self, name, family, address):
        return Milter.CONTINUE
    def envrcpt(self, to, *words):
        if to.startswith("<later@"):
            self.setreply("450", "4.7.9", "come back", "in an hour")
            return Milter.TEMPFAIL
        return Milter.CONTINUE
    def body(self, chunk):
        self.octets += len(chunk)
        self.seen = self.seen[-20:] + chunk
        if b"EICAR" in self.seen:
            self.setreply("550", "5.7.9", "a virus: EICAR")
            return Milter.REJECT
        if b"SLEEP" in self.seen:
            time.sleep(20)
        return Milter.CONTINUE
    def eom(self):
        self.addheader("X-Filter", "%d octets of %s" % (self.octets, self.getsymval("i")))
        self.addheader("X-Who", self.getsymval("{auth_authen}") or "nobody", 0)
        return Milter.ACCEPT

Milter.factory = Filter
Milter.set_flags(Milter.ADDHDRS)
Milter.runmilter("filter", sys.argv[1], 30)
`;

/** Refuses EICAR, tempfails `later@`, sleeps over SLEEP, and counts octets. */
export async function startPythonFilter(cleanup: Cleanup): Promise<string> {
  const folder = await temporaryFolder(cleanup);
  const [script, socket] = [join(folder, "filter.py"), join(folder, "filter.sock")];
  await writeFile(script, program);
  run(cleanup, python, [script, `unix:${socket}`]);
  await waitUntil("the filter listens", () => canConnect({ path: socket }));
  return `unix:${socket}`;
}

function run(cleanup: Cleanup, command: string, words: readonly string[]): void {
  const child = spawn(command, words, { stdio: "ignore" });
  cleanup.after(async () => void child.kill("SIGKILL"));
}

async function untilListening(port: number): Promise<void> {
  await waitUntil(`port ${port} listens`, () => canConnect({ port, host: "127.0.0.1" }));
}

function canConnect(where: { path: string } | { port: number; host: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(where);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
