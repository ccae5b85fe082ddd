// Every block of YAML in the manual is a configuration, or a part of one, that passes `bailiwick check`:
// it is in order, and relays for no stranger. A block that lacks `hostname` gets one; one that is a part
// of a list's entry says so above it: `<!-- part of routes[] -->`.

import assert from "node:assert/strict";
import { basename } from "node:path";
import { describe, test } from "node:test";
import { parse, stringify } from "yaml";
import { parseConfiguration } from "../../src/core/config/parse.ts";
import { formatProblem } from "../../src/core/config/problem.ts";
import { formatFinding } from "../../src/core/policy/proof/finding.ts";
import { problemsOf } from "../../src/core/policy/proof/prove.ts";
import { readAddressRules } from "../../src/app/address-rules.ts";
import { proveSettings } from "../../src/app/proof.ts";
import { type Block, blocksOf, isOfItsTime, readPages } from "./support/pages.ts";

/** What such an entry needs beside the part that is shown. */
const entries: Readonly<Record<string, (part: object) => object>> = {
  "part of routes[]": (part) => ({
    routes: [{ to: "*", via: "smtp.example.com:587", ...part }],
  }),
  "part of relay.roaming.logs[]": (part) => ({
    relay: { roaming: { logs: [{ file: "/var/log/popd.log", ...part }] } },
  }),
};

function configurationOf({ text, notes }: Block): string {
  const complete = notes.map((note) => entries[note]).find((entry) => entry !== undefined);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is shown is a map
  const whole = complete === undefined ? text : stringify(complete(parse(text) as object));
  return /^hostname:/m.test(whole) ? whole : `${whole}hostname: mail.example.org\n`;
}

/** A file of another program names itself in its first line. */
function isOurs({ text }: Block): boolean {
  const name = /^# (?<name>\S+\.ya?ml)$/m.exec(text.split("\n")[0] ?? "")?.groups?.["name"];
  return name === undefined || basename(name) === "bailiwick.yaml";
}

/** All that is wrong with it, as `check` would say it. */
async function faultsOf(text: string): Promise<readonly string[]> {
  const settings = parseConfiguration(text, { file: "bailiwick.yaml", folder: "/etc/bailiwick" });
  if (!settings.ok) return settings.problem.map(formatProblem);
  const written = settings.value.relay.rules;
  // A file of address rules is somewhere else; what is in it is no matter of this block.
  const { rules } = await readAddressRules(written?.kind === "file" ? undefined : written);
  const proof = await proveSettings(settings.value, rules);
  return problemsOf(proof.findings).map(formatFinding);
}

for (const page of readPages()) {
  if (isOfItsTime(page)) continue;
  const blocks = blocksOf(page).filter((block) => block.language === "yaml" && isOurs(block));
  if (blocks.length === 0) continue;
  describe(page.path, () => {
    for (const block of blocks) {
      test(`${page.path}:${block.line} passes check`, async () => {
        assert.deepEqual(await faultsOf(configurationOf(block)), []);
      });
    }
  });
}

test("a block with a fault does not pass", async () => {
  const misspelt = "hostname: mail.example.org\nrelay: { netwoks: [] }\n";
  assert.notDeepEqual(await faultsOf(misspelt), []);
  const open = 'hostname: mail.example.org\nrelay: { networks: ["0.0.0.0/0"] }\n';
  assert.notDeepEqual(await faultsOf(open), []);
});
