// From what a route or a domain says of the next host to its settings.

import { composeSecret } from "./compose-logins.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import type { Endpoint, HostLogin, TransportSettings } from "./settings.ts";
import { resolvePath } from "./values/path.ts";

type WrittenRoute = ConfigurationFile["routes"][number];
type Written = Pick<WrittenRoute, "tls" | "implicit-tls" | "authorities" | "login">;

/** RFC 8314 §3.3. */
const implicitPort = 465;

export function composeTransport(
  written: Written,
  { port }: Endpoint,
  folder: string,
): TransportSettings {
  const { login, authorities } = written;
  const tls = written.tls ?? (login === undefined ? "opportunistic" : "verified");
  return {
    tls,
    implicitTls: written["implicit-tls"] ?? (port === implicitPort && tls !== "off"),
    ...(authorities !== undefined && { authorities: resolvePath(folder, authorities) }),
    ...(login !== undefined && { login: composeLogin(login, folder) }),
  };
}

function composeLogin(written: NonNullable<Written["login"]>, folder: string): HostLogin {
  return { user: written.user, password: composeSecret(written, folder) };
}
