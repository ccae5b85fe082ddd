// A server with mail that waits, and an operator with a browser.

import assert from "node:assert/strict";
import type { Browser, Page } from "playwright-core";
import { formatMessageId, type MessageId } from "../../../src/core/queue/message.ts";
import { openWindow, type Visit, type VisitOptions } from "../../support/browser.ts";
import type { Cleanup } from "../../support/cleanup.ts";
import { freePort } from "../../support/free-port.ts";
import {
  type OperatedServer,
  operatorPassword,
  startOperatedServer,
} from "../../support/operated-server.ts";
import { temporaryFolder } from "../../support/server.ts";
import { openSession } from "../../support/smtp-client.ts";
import { waitUntil } from "../../support/wait.ts";

export const operator = "olga";

export interface Office {
  readonly server: OperatedServer;
  /** What waits for a host that is down. */
  readonly destination: string;
  readonly destinationPort: number;
  readonly mxPort: number;
  /** The newest message, from ann@client.example, with script in its subject. */
  readonly newest: MessageId;
  /** A refusal that a client saw, and the decision's id in it. */
  readonly refusal: string;
  readonly decision: string;
  /** Stops it and starts it again, on the same addresses. */
  restart(): Promise<OperatedServer>;
}

/** More than two pages of the list. */
export const many = 110;

export async function openOffice(cleanup: Cleanup): Promise<Office> {
  const folder = await temporaryFolder(cleanup);
  const [adminPort, mxPort, destinationPort] = [
    await freePort(),
    await freePort(),
    await freePort(),
  ];
  const destination = `127.0.0.1:${destinationPort}`;
  const configuration = {
    listeners: {
      admin: { role: "admin", listen: [`127.0.0.1:${adminPort}`] },
      mx: { role: "mx", listen: [`127.0.0.1:${mxPort}`] },
    },
    relay: { networks: ["127.0.0.1"] },
    routes: [{ to: "*", via: destination }],
    queue: { retry: ["1h"] },
  };
  // Of all tests, whichever of them starts it.
  const ends: (() => Promise<void>)[] = [];
  cleanup.after(async () => {
    for (const end of ends) await end();
  });
  const untilTheEnd = { after: (end: () => Promise<void>) => void ends.push(end) };
  const start = () => startOperatedServer(untilTheEnd, { folder, configuration });
  let server = await start();
  await server.addOperator(operator);
  const mx = { host: "127.0.0.1", port: mxPort };
  await sendMail(mx);
  const refusal = await beRefused(mx);
  await waitUntil("all of it waits for the destination", async () => {
    const [down] = await server.operations.queueDestinations();
    return down?.downSince !== undefined && down.waiting === many + 1;
  });
  const [newest] = await server.operations.queueList({}, { after: 0, limit: 1, first: "newest" });
  assert.ok(newest !== undefined);
  return {
    get server() {
      return server;
    },
    destination,
    destinationPort,
    mxPort,
    newest: newest.id,
    refusal,
    decision: /\((?<id>[a-z0-9.]+)\)$/.exec(refusal)?.groups?.["id"] ?? "",
    async restart() {
      await server.stop();
      server = await start();
      return server;
    },
  };
}

async function sendMail(mx: { readonly host: string; readonly port: number }): Promise<void> {
  for (let sent = 0; sent < many; sent += 55) {
    const client = await openSession(mx);
    for (let count = sent; count < sent + 55; count++) {
      const content = `Subject: News ${count}\r\n\r\nHello.\r\n`;
      await client.send({ from: "news@client.example", to: [`u${count}@far.example`], content });
    }
    client.destroy();
  }
  const client = await openSession(mx);
  await client.send({
    from: "ann@client.example",
    to: ["bob@far.example"],
    content: "Subject: <script>alert(1)</script>\u0007\r\n\r\nHello.\r\n",
  });
  client.destroy();
}

async function beRefused(mx: { readonly host: string; readonly port: number }): Promise<string> {
  const client = await openSession(mx, "127.0.0.3");
  await client.expect('MAIL FROM:<"<script>alert(1)</script>"@client.example>', "250");
  const reply = await client.command("RCPT TO:<bob@far.example>");
  client.destroy();
  return reply;
}

/** A window of its own, in which the operator has logged in and come to the page. */
export async function visitPage(
  browser: Browser,
  options: VisitOptions,
  path: string,
): Promise<Visit> {
  const window = await openWindow(browser, options);
  await logIn(window.page, path);
  return window;
}

export async function logIn(page: Page, path: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel("Operator").fill(operator);
  await page.getByLabel("Password").fill(operatorPassword);
  await page.getByRole("button", { name: "Log in" }).click();
}

/** States of a message's recipients. */
export async function statesOf({ operations }: OperatedServer, id: MessageId) {
  const detail = await operations.queueShow(id);
  return detail?.recipients.map(({ state }) => state) ?? [];
}

export function idText({ newest }: Office): string {
  return formatMessageId(newest);
}
