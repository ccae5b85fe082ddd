// What the configuration's next hosts need beside their names: authorities, passwords, tokens. Looked at
// before a configuration is served, so that a slip is found at start and not by the mail.

import type { SecureContext } from "node:tls";
import type { SecretPlace } from "../../core/config/login-settings.ts";
import type { Settings } from "../../core/config/settings.ts";
import type { HostLogin, TransportSettings } from "../../core/config/transport-settings.ts";
import { readAuthorities } from "../../io/tls/client/authorities.ts";
import { type ReadSecret, readOwnSecret } from "../../io/process/secret.ts";
import { ConfigurationError } from "../errors.ts";

/** The contexts of the `authorities` files by their paths. */
export type Authorities = ReadonlyMap<string, SecureContext>;

/** @throws {ConfigurationError} with all that cannot be used, a line each, with its place. */
export async function openHandOver(
  settings: Settings,
  read: ReadSecret = readOwnSecret,
): Promise<Authorities> {
  const authorities = new Map<string, SecureContext>();
  const problems: string[] = [];
  for (const { where, transport } of nextHosts(settings)) {
    const { authorities: path, login } = transport;
    if (path !== undefined && !authorities.has(path)) {
      const found = await readAuthorities(path);
      if (found.ok) authorities.set(path, found.value);
      else problems.push(`${where}.authorities: ${found.problem}`);
    }
    for (const secret of login === undefined ? [] : secretsOf(login)) {
      const found = await read(secret);
      if (!found.ok) problems.push(`${where}.login: ${found.problem}`);
    }
  }
  if (problems.length > 0) throw new ConfigurationError(problems.join("\n"));
  return authorities;
}

function secretsOf(login: HostLogin): readonly SecretPlace[] {
  if ("password" in login) return [login.password];
  const { clientSecret, refreshTokenFile } = login.oauth2;
  return [
    ...(clientSecret === undefined ? [] : [clientSecret]),
    ...(refreshTokenFile === undefined ? [] : [{ file: refreshTokenFile }]),
  ];
}

interface NextHost {
  readonly where: string;
  readonly transport: TransportSettings;
}

function nextHosts({ routes, domains }: Settings): readonly NextHost[] {
  return [
    ...routes.flatMap((route, index) => {
      if (route.via === "mx") return [];
      const { transport, place } = route;
      return [
        { where: `${place.file}:${place.line}:${place.column}: routes[${index}]`, transport },
      ];
    }),
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
