import { once } from "node:events";
import { createServer } from "node:net";

/** Below those that the system gives to whoever asks for any port, which tests beside this one do. */
const lowest = 10_000;
const highest = 32_000;

/** A TCP port on loopback that nobody has, for a program that does not say which one it got. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * (highest - lowest));
    const server = createServer().listen(port, "127.0.0.1");
    try {
      // oxlint-disable-next-line no-await-in-loop -- one after the other, until one is free
      await once(server, "listening");
    } catch {
      continue;
    }
    server.close();
    // oxlint-disable-next-line no-await-in-loop
    await once(server, "close");
    return port;
  }
}
