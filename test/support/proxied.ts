// Clients from anywhere, through a listener with `proxies: ["127.0.0.8"]`.

import assert from "node:assert/strict";
import type { Endpoint } from "./server.ts";
import { connectSmtp, type SmtpClient } from "./smtp-client.ts";

/** What a listener needs for it. */
export const behindProxy = { listen: ["127.0.0.1:0"], proxies: ["127.0.0.8"] };

/** A session of a client at that address, after EHLO. */
export async function openSessionFrom(server: Endpoint, client: string): Promise<SmtpClient> {
  const session = await connectSmtp(server, "127.0.0.8");
  const family = client.includes(":") ? "TCP6" : "TCP4";
  const own = client.includes(":") ? "::1" : "127.0.0.1";
  session.write(`PROXY ${family} ${client} ${own} 5 25\r\n`);
  assert.match(await session.reply(), /^220 /);
  await session.expect("EHLO client.example", "250");
  return session;
}

/** The reply to one recipient. */
export async function recipientReply(
  server: Endpoint,
  client: string,
  [from, to]: readonly [from: string, to: string],
): Promise<string> {
  const session = await openSessionFrom(server, client);
  await session.expect(`MAIL FROM:<${from}>`, "250");
  const reply = await session.command(`RCPT TO:<${to}>`);
  session.destroy();
  return reply;
}
