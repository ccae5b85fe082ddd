// What the configuration's next hosts need beside their names: authorities, passwords, tokens. Looked at
// before a configuration is served, so that a slip is found at start and not by the mail.

import { access, constants } from "node:fs/promises";
import { dirname } from "node:path";
import type { SecureContext } from "node:tls";
import type { SecretPlace } from "../../core/config/login-settings.ts";
import type { ConfigurationProblem } from "../../core/config/problem.ts";
import { problemAt } from "../../core/config/source.ts";
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

/** Refresh tokens in folders where no new one can take their place. */
export async function findUnwritable(settings: Settings): Promise<readonly ConfigurationProblem[]> {
  const problems: ConfigurationProblem[] = [];
  for (const [index, route] of settings.routes.entries()) {
    const login = route.via === "mx" ? undefined : route.transport.login;
    const file =
      login !== undefined && "oauth2" in login ? login.oauth2.refreshTokenFile : undefined;
    if (file === undefined) continue;
    const folder = dirname(file);
    const isWritable = await access(folder, constants.W_OK).then(
      () => true,
      () => false,
    );
    if (isWritable) continue;
    const text = `the server cannot write to ${folder}: a new refresh token would be lost with the next restart`;
    const path = ["routes", index, "login", "oauth2", "refresh-token-file"];
    problems.push(problemAt(route.place, path, text));
  }
  return problems;
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
