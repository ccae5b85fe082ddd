// The systemd units: tight enough, and of one mind with the manual about names.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { runCommand, whyMissing } from "../support/command.ts";

const folder = fileURLToPath(new URL("../../packaging/systemd/", import.meta.url));

const missing = await whyMissing("systemd-analyze");

test("the service's exposure is at most 2.0", { skip: missing }, async () => {
  const words = ["security", "--offline=yes", "--no-pager", join(folder, "bailiwick.service")];
  const { stdout, stderr } = await runCommand("systemd-analyze", words);
  const score = /Overall exposure level for bailiwick\.service: (?<score>[\d.]+)/.exec(stdout);
  assert.ok(Number(score?.groups?.["score"] ?? "none") <= 2, stdout + stderr);
});

test("every socket is for the listener in its unit's name, and for ports of its own", async () => {
  const units = (await readdir(folder)).filter((name) => name.endsWith(".socket"));
  assert.ok(units.length >= 5);
  const ports = new Set<string>();
  for (const unit of units) {
    // oxlint-disable-next-line no-await-in-loop
    const text = await readFile(join(folder, unit), "utf8");
    const valueOf = (key: string) => new RegExp(`^${key}=(.*)$`, "m").exec(text)?.[1];
    assert.equal(`bailiwick-${valueOf("FileDescriptorName")}.socket`, unit);
    assert.equal(valueOf("Service"), "bailiwick.service");
    const [, port = ""] = /:(\d+)$/m.exec(valueOf("ListenStream") ?? "") ?? [];
    assert.ok(!ports.has(port), unit);
    ports.add(port);
  }
});
