// From what a route or a domain says of the next host to its settings.

import { everyDomain } from "../routes/route-keys.ts";
import { composeSecret } from "./compose-logins.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import { placeOf, type Source } from "./source.ts";
import type {
  DestinationBounds,
  HostGroups,
  HostLogin,
  Leaving,
  NextHost,
  OauthClient,
  RouteSettings,
  SmartHost,
  TransportSettings,
} from "./transport-settings.ts";
import type { ReadHost, ReadHosts } from "./values/next-hosts.ts";
import { resolvePath } from "./values/path.ts";

type WrittenRoute = ConfigurationFile["routes"][number];
type WrittenLogin = NonNullable<WrittenRoute["login"]>;
type WrittenTransport = Omit<WrittenRoute, "to" | "from" | "account" | "via">;

export function composeRoutes(
  routes: ConfigurationFile["routes"],
  source: Source,
): readonly RouteSettings[] {
  return routes.map((written, index) => {
    const { to = everyDomain, from, account, via, ...transport } = written;
    return {
      to,
      ...(from !== undefined && { from }),
      ...(account !== undefined && { account }),
      ...(via === "mx"
        ? { via, ...composeLeaving(transport) }
        : composeSmartHost(via, transport, source.folder)),
      place: placeOf(source, ["routes", index]),
    };
  });
}

export function composeSmartHost(
  via: ReadHosts,
  written: WrittenTransport,
  folder: string,
): SmartHost {
  const isLmtp = protocolOf(written, via) === "lmtp";
  const hosts = via.map((equals) => equals.map((host) => withPort(host, isLmtp)));
  return {
    via: hosts,
    transport: composeTransport(written, hosts, isLmtp, folder),
    ...composeLeaving(written),
  };
}

/** A socket of this machine is where mail is delivered, seldom where it is relayed. */
export function protocolOf(
  { protocol }: Pick<WrittenRoute, "protocol">,
  via: ReadHosts,
): "smtp" | "lmtp" {
  return protocol ?? (via.flat().some((host) => "socket" in host) ? "lmtp" : "smtp");
}

/** RFC 5321 §4.5.4.2; LMTP's port is the one that everybody uses, for RFC 2033 has none. */
function withPort(host: ReadHost, isLmtp: boolean): NextHost {
  return "socket" in host ? host : { host: host.host, port: host.port ?? (isLmtp ? 24 : 25) };
}

/** RFC 8314 §3.3. */
export const implicitPort = 465;

function composeTransport(
  written: WrittenTransport,
  hosts: HostGroups,
  isLmtp: boolean,
  folder: string,
): TransportSettings {
  const { login, authorities } = written;
  const isSocket = hosts.flat().every((host) => "socket" in host);
  const standard = login === undefined ? "opportunistic" : "verified";
  const tls = written.tls ?? (isSocket ? "off" : standard);
  const isImplicit = hosts.flat().every((host) => "port" in host && host.port === implicitPort);
  return {
    ...(isLmtp && { protocol: "lmtp" }),
    tls,
    implicitTls: written["implicit-tls"] ?? (isImplicit && tls !== "off"),
    ...(authorities !== undefined && { authorities: resolvePath(folder, authorities) }),
    ...(login !== undefined && { login: composeLogin(login, folder) }),
  };
}

function composeLogin(written: WrittenLogin, folder: string): HostLogin {
  const { user, oauth2 } = written;
  if (oauth2 === undefined) return { user, password: composeSecret(written, folder) };
  return { user, oauth2: composeOauth(oauth2, folder) };
}

function composeOauth(written: NonNullable<WrittenLogin["oauth2"]>, folder: string): OauthClient {
  const {
    scope,
    "client-secret-file": secretFile,
    "client-secret-variable": secretVariable,
    "refresh-token-file": refreshTokenFile,
  } = written;
  const hasSecret = secretFile !== undefined || secretVariable !== undefined;
  return {
    tokenUrl: written["token-url"],
    clientId: written["client-id"],
    ...(hasSecret && {
      clientSecret: composeSecret(
        { "password-file": secretFile, "password-variable": secretVariable },
        folder,
      ),
    }),
    ...(scope !== undefined && { scope }),
    ...(refreshTokenFile !== undefined && {
      refreshTokenFile: resolvePath(folder, refreshTokenFile),
    }),
  };
}

export function composeBounds(queue: ConfigurationFile["queue"]): DestinationBounds {
  return {
    connections: queue["connections-per-destination"],
    rate: queue["rate-per-destination"],
    messagesPerConnection: queue["messages-per-connection"],
    recipientsPerMessage: queue["recipients-per-message"],
  };
}

/** What is written, and nothing else. */
function composeLeaving(written: WrittenTransport): { readonly leaving?: Leaving } {
  const {
    source,
    connections,
    "messages-per-connection": messagesPerConnection,
    "recipients-per-message": recipientsPerMessage,
  } = written;
  const bounds: Partial<DestinationBounds> = {
    ...(connections !== undefined && { connections }),
    // `none` is a word of its own here, and no missing key.
    ...("rate" in written && { rate: written.rate }),
    ...(messagesPerConnection !== undefined && { messagesPerConnection }),
    ...(recipientsPerMessage !== undefined && { recipientsPerMessage }),
  };
  const hasBounds = Object.keys(bounds).length > 0;
  if (source === undefined && !hasBounds) return {};
  return { leaving: { ...(source && { sources: source }), ...(hasBounds && { bounds }) } };
}
