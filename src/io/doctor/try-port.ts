// Whether a port could be listened on: by listening there for a moment.

import { createServer } from "node:net";
import type { PortState } from "../../core/doctor/ports.ts";
import type { Endpoint } from "../../core/config/settings.ts";
import { errorText } from "../../core/error-text.ts";
import { errorCode } from "../error-code.ts";

type Tried = Exclude<PortState, { kind: "own" | "kept" }>;

/** Never rejects. Who has a port that is taken is another question. */
export function tryPort({ host, port }: Endpoint): Promise<Tried> {
  const { promise, resolve } = Promise.withResolvers<Tried>();
  const server = createServer((socket) => socket.destroy());
  server.once("error", (error) => resolve(readError(error)));
  // On every IPv6 address means on these alone, as the server listens itself.
  server.listen({ host, port, exclusive: true, ipv6Only: host.includes(":") }, () => {
    server.close(() => resolve({ kind: "free" }));
  });
  return promise;
}

function readError(error: unknown): Tried {
  switch (errorCode(error)) {
    case "EADDRINUSE":
      return { kind: "taken", by: undefined };
    case "EACCES":
      return { kind: "no-right" };
    case "EADDRNOTAVAIL":
    case "EAFNOSUPPORT":
      return { kind: "no-address" };
    default:
      return { kind: "unknown", why: errorText(error) };
  }
}
