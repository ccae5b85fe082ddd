// Messages through an intake that keeps them in memory: what a session hands over, without the session.

import assert from "node:assert/strict";
import { parseAddress } from "../../src/core/mail/address.ts";
import { parseIp } from "../../src/core/mail/ip.ts";
import { known } from "../../src/core/policy/fact.ts";
import type { NewMessage } from "../../src/core/queue/message.ts";
import { formatReply } from "../../src/core/smtp/reply.ts";
import type { Transaction } from "../../src/core/smtp/server/state.ts";
import { createMemoryBudget } from "../../src/server/memory.ts";
import { Intake } from "../../src/server/smtpd/intake.ts";
import type { Inspection } from "../../src/server/smtpd/inspection.ts";
import type { SubmissionRules } from "../../src/server/smtpd/submission.ts";
import { createContentCheck } from "../../src/core/smtp/framing/content-check.ts";

export interface Incoming {
  /** As a client sends it, in pieces as they arrive. */
  readonly pieces: readonly Uint8Array[];
  readonly login?: string;
  readonly rules?: Partial<SubmissionRules>;
  readonly inspections?: readonly Inspection[];
  readonly removesForgedResults?: boolean;
}

export interface Taken {
  /** With its line ends. */
  readonly reply: string;
  /** What was kept, and all of its octets, those that were stashed included. */
  readonly kept: { readonly message: NewMessage; readonly octets: Buffer } | undefined;
  /** The log's events. */
  readonly events: readonly object[];
  /** Octets of the memory budget that nobody has given back, without what was handed over. */
  readonly leaked: number;
}

/** The domain whose addresses are the login's own, in these tests. */
const ownDomain = "client.example";

const defaults: SubmissionRules = {
  checkFrom: true,
  hideClient: false,
  ownsSender: (_account, { domain }) => known(domain === ownDomain),
};

/** Takes in one message, as connection.ts does. */
export async function takeIn({
  pieces,
  login,
  rules,
  inspections = [],
  removesForgedResults = false,
}: Incoming): Promise<Taken> {
  const stashed: Buffer[] = [];
  const events: object[] = [];
  const note = (fields: object) => void events.push(fields);
  const budget = createMemoryBudget(10_000_000);
  let message: NewMessage | undefined;
  const handedOver = Promise.withResolvers<void>();
  const intake = new Intake(
    {
      hostname: "mail.example.org",
      keeper: {
        keep: async (kept) => void (message = kept),
        stash: async (_id, _sequence, chunk) => void stashed.push(Buffer.from(chunk)),
        unstash: async () => void (stashed.length = 0),
      },
      budget,
      nextId: () => 10,
      now: () => Date.UTC(2026, 10, 22, 10, 11, 12),
      onKept: (_message, content) => {
        content?.release();
        handedOver.resolve();
      },
      onRefused() {},
      isFull: () => false,
      log: { info: note, warn: note, error: note },
    },
    {
      session: "session",
      listener: "submission",
      role: "submission",
      client: parseIp("192.0.2.7") ?? assert.fail(),
      submission: { ...defaults, ...rules },
      inspections,
      removesForgedResults,
      isGranted: false,
      mayRelay: () => login !== undefined,
      onDrain() {},
    },
    transaction(login),
  );
  const check = createContentCheck(Infinity);
  for (const piece of pieces) {
    assert.ok(check.pass(piece), "the session would have refused it");
    intake.take(piece);
  }
  const { fault, traits } = check.finish();
  assert.equal(fault, undefined);
  const reply = formatReply(await intake.finish(traits));
  if (message === undefined) return { reply, kept: undefined, events, leaked: budget.used };
  await handedOver.promise;
  const { preface = new Uint8Array(0), content } = message;
  const octets = Buffer.concat([preface, ...stashed, ...content]);
  return { reply, kept: { message, octets }, events, leaked: budget.used };
}

function transaction(login: string | undefined): Transaction {
  const sender = parseAddress("ann@client.example");
  const recipient = parseAddress("bob@elsewhere.example");
  assert.ok(sender.ok && recipient.ok);
  return {
    hello: { name: "laptop.client.example", extended: true },
    tls: {
      version: "TLSv1.3",
      cipher: "TLS_AES_256_GCM_SHA384",
      channelBindings: {},
      certificate: undefined,
    },
    login,
    sender: sender.value,
    smtputf8: false,
    requireTls: false,
    recipients: [{ address: recipient.value, kind: "relay" }],
  };
}
