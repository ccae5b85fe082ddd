import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { formatAddress } from "../core/mail/address.ts";
import { parseIp } from "../core/mail/ip.ts";
import { revisit } from "../core/policy/explain/revisit.ts";
import { known } from "../core/policy/fact.ts";
import { describeWhy } from "./decision-view.ts";

/** Addresses that a stranger may give, with whatever a shell would act on. */
const hostile = [
  { local: "it's", domain: "x.example" },
  { local: "a'; touch owned; '", domain: "x.example" },
  { local: "`id`$(id)${HOME}", domain: "x.example" },
  { local: '"quoted" \\ back', domain: "[192.0.2.1]" },
  { local: "-rf", domain: "x.example" },
  { local: "*", domain: "x.example" },
];

for (const recipient of hostile) {
  test(`the command to ask again is harmless in a shell: ${recipient.local}`, () => {
    const client = parseIp("2001:db8::9") ?? assert.fail();
    const facts = {
      access: known({ access: "allow", relay: false, skipsBlocklists: false } as const),
      login: undefined,
      blocklist: known({ listed: false } as const),
      limit: known(undefined),
      recipient: known({ kind: "foreign" } as const),
      grant: known({ kind: "none" } as const),
    };
    const request = { role: "mx", tls: "up", client, sender: null, recipient, facts } as const;
    const decision = { verdict: "refuse", reason: "relaying-denied" } as const;
    const occasion = { id: "0fk3v9d2m4a.1", at: 0, listener: "mx", hello: "x" };
    const kept = { ...occasion, request, decision };
    const revisited = revisit({ networks: [] }, kept);
    const text = describeWhy({ ...occasion, ...revisited });
    const command = /^ {2}bailiwick (.*)$/m.exec(text)?.[1] ?? assert.fail(text);
    const words = ["explain", "--ip", "2001:db8::9", "--tls", "--from", "<>", "--to"];
    assert.deepEqual(wordsOf(command), [...words, formatAddress(recipient)]);
    for (const { advice } of revisited.explanation.turns) {
      const [, argument] = advice.split("bailiwick account add ");
      if (argument !== undefined) assert.deepEqual(wordsOf(argument), [formatAddress(recipient)]);
    }
  });
}

/** As a shell takes them. */
function wordsOf(command: string): readonly string[] {
  const { stdout } = spawnSync("sh", ["-c", `printf '%s\\n' ${command}`], { encoding: "utf8" });
  return stdout.split("\n").slice(0, -1);
}

test("so is the command that makes the mailbox of whatever address a stranger wrote", () => {
  const client = parseIp("192.0.2.9") ?? assert.fail();
  const recipient = { local: "`id`$(id)'|", domain: "example.org" };
  const facts = {
    access: known({ access: "allow", relay: false, skipsBlocklists: false } as const),
    login: undefined,
    blocklist: known({ listed: false } as const),
    limit: known(undefined),
    recipient: known({ kind: "no-mailbox" } as const),
    grant: known({ kind: "none" } as const),
  };
  const request = { role: "mx", tls: "up", client, sender: null, recipient, facts } as const;
  const decision = { verdict: "refuse", reason: "no-such-mailbox" } as const;
  const kept = { id: "0fk3v9d2m4a.1", at: 0, listener: "mx", hello: "x", request, decision };
  const { turns } = revisit({ networks: [] }, kept).explanation;
  const [command] = turns.flatMap(({ advice }) => advice.split("bailiwick account add ")[1] ?? []);
  assert.deepEqual(wordsOf(command ?? ""), [formatAddress(recipient)]);
});
