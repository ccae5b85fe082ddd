// What the configuration's next hosts need beside their names: authorities, and passwords. Looked at
// before a configuration is served, so that a slip is found at start and not by the mail.

import type { SecureContext } from "node:tls";
import type { Settings, TransportSettings } from "../../core/config/settings.ts";
import { readAuthorities } from "../../io/tls/client/authorities.ts";
import { readSecret } from "../../io/process/secret.ts";
import { ConfigurationError } from "../errors.ts";

/** The contexts of the `authorities` files by their paths. */
export type Authorities = ReadonlyMap<string, SecureContext>;

/** @throws {ConfigurationError} with the place of what cannot be used. */
export async function openHandOver(settings: Settings): Promise<Authorities> {
  const authorities = new Map<string, SecureContext>();
  for (const { where, transport } of nextHosts(settings)) {
    const { authorities: path, login } = transport;
    if (path !== undefined && !authorities.has(path)) {
      const read = await readAuthorities(path);
      if (!read.ok) throw new ConfigurationError(`${where}.authorities: ${read.problem}`);
      authorities.set(path, read.value);
    }
    if (login === undefined) continue;
    const password = await readSecret(login.password, process.env);
    if (!password.ok) throw new ConfigurationError(`${where}.login: ${password.problem}`);
  }
  return authorities;
}

interface NextHost {
  readonly where: string;
  readonly transport: TransportSettings;
}

function nextHosts({ routes, domains }: Settings): readonly NextHost[] {
  return [
    ...routes.map(({ transport, place }, index) => ({
      where: `${place.file}:${place.line}:${place.column}: routes[${index}]`,
      transport,
    })),
    ...domains.flatMap(({ name, deliver, place }) =>
      deliver.to === "relay"
        ? [
            {
              where: `${place.file}:${place.line}:${place.column}: domains["${name}"]`,
              transport: deliver.transport,
            },
          ]
        : [],
    ),
  ];
}
