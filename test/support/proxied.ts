// Clients from anywhere, through a listener with `proxies: ["127.0.0.8"]`.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Cleanup } from "./cleanup.ts";
import type { Endpoint } from "./server.ts";
import { connectSmtp, type SmtpClient } from "./smtp-client.ts";

const proxyAddress = "127.0.0.8";

/** What a listener needs for it. */
export const behindProxy = { listen: ["127.0.0.1:0"], proxies: [proxyAddress] };

function proxyHeader(client: string): string {
  const family = client.includes(":") ? "TCP6" : "TCP4";
  const own = client.includes(":") ? "::1" : "127.0.0.1";
  return `PROXY ${family} ${client} ${own} 5 25\r\n`;
}

/** For programs that know nothing of proxies: whoever connects to the endpoint that this resolves with
 * comes to `server` as a client at that address.
 * @param at where they connect to; a free port by default. */
export async function startProxy(
  cleanup: Cleanup,
  server: Endpoint,
  client: string,
  at: Endpoint = { host: "127.0.0.1", port: 0 },
): Promise<Endpoint> {
  const proxy = createServer((near) => {
    const far = connect({ ...server, localAddress: proxyAddress });
    far.write(proxyHeader(client));
    near.on("error", () => far.destroy()).pipe(far);
    far.on("error", () => near.destroy()).pipe(near);
  });
  proxy.listen(at.port, at.host);
  await once(proxy, "listening");
  cleanup.after(async () => void proxy.close());
  const address = proxy.address();
  assert.ok(typeof address === "object" && address !== null);
  return { host: address.address, port: address.port };
}

/** A session of a client at that address, after EHLO. */
export async function openSessionFrom(server: Endpoint, client: string): Promise<SmtpClient> {
  const session = await connectSmtp(server, proxyAddress);
  session.write(proxyHeader(client));
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
