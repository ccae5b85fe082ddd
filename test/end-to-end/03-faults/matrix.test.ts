// Every fault at every stage of a session with another host: nothing is lost, the sender is told once
// where the host says no for good, and nothing comes twice but where the connection broke after the
// final dot, when nobody can know (RFC 5321 §4.5.4.2).

import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { makeAuthority } from "../../support/certificates.ts";
import { addAccounts, untilMail } from "../../support/mailbox.ts";
import { readReport } from "../../support/report.ts";
import { startBailiwick, temporaryFolder } from "../../support/server.ts";
import { type Action, modern, type Moment, type Sink, startSink } from "../../support/sink.ts";
import { openSession } from "../../support/smtp-client.ts";
import { waitUntil } from "../../support/wait.ts";
import { content, sender } from "./world.ts";

type Stage = Moment["stage"];

const stages = [
  "greeting",
  "hello",
  "starttls",
  "handshake",
  "login",
  "mail",
  "recipient",
  "data",
  "content",
  "final",
] as const satisfies readonly Stage[];

const usualCode: Partial<Record<Stage, number>> = { greeting: 220, starttls: 220, data: 354 };

const faults: Readonly<Record<string, (stage: Stage) => Action>> = {
  later: () => "451 4.3.0 Not now",
  never: () => "550 5.7.1 We do not like that",
  closing: () => "421 4.3.2 Going down",
  drop: () => "drop",
  words: () => ({ raw: "What do you want?\r\n" }),
  octets: () => ({ raw: "\u0000\u00ff\u0016\u0003\u0001\r\n\r\n\u0007\n" }),
  "long-line": () => ({ raw: `250 ${"x".repeat(1_000_000)}\r\n` }),
  "many-lines": () => ({ raw: "250-and so on\r\n".repeat(80_000) }),
  controls: (stage) => ({ raw: `${usualCode[stage] ?? 250} 2.0.0 Ok\u0007\u001b[2J\r\n` }),
};

/** An answer is as good with control characters in it, where one is due. */
const goesAlong = (stage: Stage, fault: string): boolean =>
  fault === "controls" && !["handshake", "login", "content"].includes(stage);

interface Cell {
  readonly stage: Stage;
  readonly fault: string;
  readonly act: (stage: Stage) => Action;
  readonly chunks: boolean;
  readonly domain: string;
}

const cells: readonly Cell[] = [true, false].flatMap((chunks) =>
  stages
    .filter((stage) => !chunks || stage === "content" || stage === "final")
    .flatMap((stage) =>
      Object.entries(faults)
        // A refused password is not tried again for a while; that has tests of its own.
        .filter(([fault]) => stage !== "login" || fault !== "never")
        .map(([fault, act]) => {
          const domain = `${stage}-${fault}${chunks ? "-chunks" : ""}.example`;
          return { stage, fault, act, chunks, domain };
        }),
    ),
);

/** Where the host speaks of the message, its no is the end of it. */
function comesBack({ stage, fault }: Cell): boolean {
  return fault === "never" && ["mail", "recipient", "data", "content", "final"].includes(stage);
}

/** The final dot is on its way, and we cannot know what became of it: a content as short as this one
 * has left as a whole before a host can say a word about its beginning. */
function mayComeTwice({ stage, fault }: Cell): boolean {
  const isOver = stage === "final" || stage === "content";
  return isOver && !["later", "never", "closing"].includes(fault);
}

test("every fault at every stage", { timeout: 120_000 }, async (t) => {
  const authority = makeAuthority("matrix");
  const certificate = authority.issue({ names: ["localhost"] });
  const folder = await temporaryFolder(t);
  await writeFile(join(folder, "secret"), "open-sesame\n", { mode: 0o600 });
  const sinks = new Map<string, Sink>();
  for (const { stage, act, chunks, domain } of cells) {
    const sink = await startSink(t, {
      offers: modern.filter((offer) => chunks || offer !== "CHUNKING"),
      ...(needsTls(stage) && { tls: { cert: certificate.cert, key: certificate.key } }),
      ...(stage === "login" && { login: { user: "us", password: "open-sesame" } }),
      script: (moment) => (moment.stage === stage && moment.times === 1 ? act(stage) : undefined),
    });
    sinks.set(domain, sink);
  }
  const server = await startBailiwick(t, {
    folder,
    configuration: {
      relay: { networks: ["127.0.0.1"] },
      domains: { "example.org": { deliver: "mailboxes" } },
      routes: cells.map(({ stage, domain }) => ({
        to: domain,
        via: sinks.get(domain)?.name ?? assert.fail(domain),
        tls: needsTls(stage) ? "required" : "off",
        ...(stage === "login" && {
          login: { user: "us", "password-file": join(folder, "secret") },
        }),
      })),
      queue: { retry: ["1s"] },
    },
  });
  await addAccounts(server, sender);
  const client = await openSession(server.address);
  for (const { domain } of cells) {
    const { content: answer } = await client.send({ from: sender, to: [`bob@${domain}`], content });
    assert.match(answer ?? "", /^250 /);
  }

  const expectedBounces = cells.filter(comesBack).length;
  const bounces = await untilMail(server, sender, expectedBounces);
  await waitUntil(
    "nothing waits any more",
    async () => {
      const { stdout } = await server.run("queue", "list", "--json");
      return stdout === "";
    },
    60_000,
  );

  const told = bounces.flatMap((mail) =>
    readReport(mail).recipients.map((recipient) => recipient.get("final-recipient")),
  );
  for (const cell of cells) {
    await t.test(cell.domain, () => {
      const sink = sinks.get(cell.domain) ?? assert.fail();
      const isTold = told.filter((each) => each === `rfc822; bob@${cell.domain}`).length;
      assert.equal(isTold, comesBack(cell) ? 1 : 0, "notices");
      if (comesBack(cell)) return assert.equal(sink.messages.length, 0);
      const { length: taken } = sink.messages;
      assert.ok(taken === 1 || (taken === 2 && mayComeTwice(cell)), `came ${taken} times`);
      const whole = sink.messages.every((message) => message.content.includes("Hello.\r\n.\r\n"));
      assert.ok(whole, "the content is as it was");
      if (goesAlong(cell.stage, cell.fault)) assert.equal(sink.connections, 1);
    });
  }

  for (const { said } of server.log) {
    if (typeof said !== "string") continue;
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    assert.doesNotMatch(said, /[\u0000-\u001f]/);
    assert.ok(said.length < 1_100, "what a host says is kept within bounds");
  }
});

function needsTls(stage: Stage): boolean {
  return stage === "starttls" || stage === "handshake" || stage === "login";
}
