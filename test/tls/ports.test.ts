import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { whyMissing } from "../support/command.ts";
import { startBailiwick } from "../support/server.ts";
import { scanTls } from "../support/sslscan.ts";

describe("nothing below TLS 1.2, and no weak cipher", { skip: await whyMissing("sslscan") }, () => {
  test("on any port", async (t) => {
    const server = await startBailiwick(t, {
      configuration: {
        limits: { "connection-rate": "none" }, // a scan is many connections
        listeners: {
          mx: { role: "mx", listen: ["127.0.0.1:0"] },
          submission: { role: "submission", listen: ["127.0.0.1:0"] },
          submissions: { role: "submission", listen: ["127.0.0.1:0"], tls: "implicit" },
          pop3: { role: "pop3", listen: ["127.0.0.1:0"] },
          pop3s: { role: "pop3", listen: ["127.0.0.1:0"], tls: "implicit" },
        },
      },
    });
    const ways: Readonly<Record<string, "smtp" | "pop3">> = {
      mx: "smtp",
      submission: "smtp",
      pop3: "pop3",
    };
    for (const { name, host, port } of server.listeners) {
      const scan = await scanTls({ host, port }, { startTls: ways[name] ?? "none" });
      assert.deepEqual(scan.faults, [], name);
      assert.deepEqual(scan.versions, ["tls 1.2", "tls 1.3"], name);
    }
  });
});
