// The clock is set a year forward or back under a message that waits: it neither comes back to its
// sender nor stays for ever.

import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { writeFile } from "node:fs/promises";
import { readConfiguration } from "../../src/io/config/read.ts";
import { startServer } from "../../src/app/server/run.ts";
import { temporaryFolder } from "../support/server.ts";
import { sendLetter } from "../support/smtp-client.ts";
import { startSink } from "../support/sink.ts";
import { waitUntil } from "../support/wait.ts";
import { relayConfiguration } from "./support/relay.ts";

const year = 365 * 24 * 60 * 60 * 1000;
const letter = {
  from: "a@client.example",
  to: ["b@else.example"],
  content: "Subject: x\r\n\r\ny\r\n",
};

describe("a clock that is set", () => {
  for (const [name, step] of [
    ["a year forward", year],
    ["a year back", -year],
  ] as const) {
    test(`${name} neither bounces nor stalls a message that waits`, async (t) => {
      const sink = await startSink(t, {
        script: ({ stage }) => (stage === "mail" ? "451 4.3.0 Not now" : undefined),
      });
      const folder = await temporaryFolder(t);
      const file = join(folder, "bailiwick.yaml");
      const configuration = {
        hostname: "mail.example.org",
        listeners: { mx: { role: "mx", listen: ["127.0.0.1:0"] } },
        ...relayConfiguration({ via: sink.name }),
      };
      await writeFile(file, JSON.stringify(configuration));
      const settings = await readConfiguration(file);
      assert.ok(settings.ok);
      let offset = 0;
      const failures: object[] = [];
      const server = await startServer({
        settings: settings.value,
        readSettings: async () => settings.value,
        clock: { now: () => Date.now() + offset, elapsed: () => performance.now() },
        random: Math.random,
        log: { info: () => {}, warn: () => {}, error: (fields) => void failures.push(fields) },
        mxPort: 25,
      });
      const [listener] = server.listeners;
      assert.ok(listener);
      await sendLetter(listener.address, letter);
      await waitUntil("it has been tried", () => sink.commands.length > 1);
      offset = step;
      const tried = sink.commands.length;
      await waitUntil("it is tried again", () => sink.commands.length > tried);
      // Another attempt under the new time: were it taken for a year old, it would be given up.
      const again = sink.commands.length;
      await waitUntil("and once more", () => sink.commands.length > again);
      sink.follow(() => undefined);
      const [message] = await sink.until(1);
      await server.stop();
      assert.equal(message?.sender, "a@client.example");
      assert.deepEqual(failures, []);
    });
  }
});
