// `bailiwick demo`, which is also `npm start`: a real server, a small outside world, and the main
// job done on real messages.

import type { Command } from "commander";
import { join } from "node:path";
import { createLog } from "../log.ts";
import { print } from "../print.ts";
import { examples } from "../options.ts";
import { untilStopped } from "../signals.ts";
import { formatTable } from "../table.ts";
import { type SceneResult, walk } from "../demo/walk.ts";
import { createWorld, type World } from "../demo/world.ts";
import { exitCodes } from "../errors.ts";

export function addDemoCommand(program: Command): void {
  program
    .command("demo")
    .description("start a server and a small world on loopback, and show who may relay")
    .option("--exit", "end after the walk, with status 0 only if every step came out as it should")
    .addHelpText("after", examples("bailiwick demo", "bailiwick demo --exit"))
    .action(async ({ exit }: { exit?: boolean }) => {
      const world = await createWorld();
      try {
        print(introduction(world));
        const results = await walk(world);
        print(`${formatResults(results, process.stdout.isTTY)}\n`);
        if (results.some(({ asItShould }) => !asItShould)) process.exitCode = exitCodes.no;
        if (exit === true) return;
        print(invitation(world));
        await untilStopped({ ...world.server, stop: async () => {} }, createLog());
      } finally {
        await world.close();
      }
    });
}

function introduction({ endpoint, settings }: World): string {
  return (
    `Bailiwick is serving on ${endpoint.host}:${endpoint.port} as ${settings.hostname}: mailboxes for example.org,\n` +
    `relaying for 127.0.0.1 alone, everything else through a sink that plays the outside world.\n` +
    `Five questions, each asked with a real message:\n\n`
  );
}

function formatResults(results: readonly SceneResult[], colour: boolean): string {
  const rows = results.map(({ scene, answer, end, asItShould }) => [
    asItShould ? "ok" : "WRONG",
    scene.who,
    scene.asks,
    answer,
    end,
    scene.why,
  ]);
  const table = formatTable([["", "WHO", "WANTS TO SEND", "ANSWER", "ENDS UP", "WHY"], ...rows]);
  if (!colour) return table;
  return table
    .replace(/^ok/gm, "\u001b[32mok\u001b[0m")
    .replace(/^WRONG/gm, "\u001b[31mWRONG\u001b[0m");
}

function invitation({ endpoint: { host, port }, settings }: World): string {
  const dialogue = [
    "EHLO me",
    "MAIL FROM:<me@client.example>",
    "RCPT TO:<alice@example.org>",
    "DATA",
    "Subject: hi",
    "",
    "Hello",
    ".",
    "QUIT",
    "",
  ].join("\\r\\n");
  return (
    `The server stays up. Send it a message yourself:\n\n` +
    `  swaks --server ${host}:${port} --from me@client.example --to alice@example.org\n` +
    `  swaks --server ${host}:${port} --from me@client.example --to bob@elsewhere.example --local-interface 127.0.0.2\n\n` +
    `or with Node alone:\n\n` +
    `  node -e 'require("net").connect(${port}, "${host}").on("data", (d) => process.stdout.write(d)).end("${dialogue}")'\n\n` +
    `Mailboxes lie in ${join(settings.data, "mail")}, the log in ${join(settings.data, "..", "log.json")}.\n` +
    `Ctrl-C ends it and removes both.\n`
  );
}
