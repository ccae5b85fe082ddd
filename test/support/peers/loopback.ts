// Addresses of loopback that nobody uses, where servers have the ports that other people's programs
// look for them on.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { Endpoint } from "../server.ts";

/** SMTP, DNS, HTTPS, submission over TLS. */
const ports = [25, 53, 443, 465];
/** So many addresses without one that is free mean that a server has a port on all of them. */
const attempts = 20;

/** An address in 127.0.0.0/8 on which none of those ports has a server. */
export async function freeAddress(): Promise<string> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const parts = Array.from({ length: 3 }, () => 1 + Math.floor(Math.random() * 253));
    const address = `127.${parts.join(".")}`;
    const free = await Promise.all(ports.map((port) => isFree({ host: address, port })));
    if (!free.includes(false)) return address;
  }
  throw new Error(`some server has one of the ports ${ports.join()} on every address`);
}

async function isFree({ host, port }: Endpoint): Promise<boolean> {
  const server = createServer().listen(port, host);
  try {
    await once(server, "listening");
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}

/** Whether a server accepts connections there. */
export async function accepts({ host, port }: Endpoint): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
