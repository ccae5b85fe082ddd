// Where the store is, as `store` says it: `sqlite`, or `mysql://user@host/database`.

import { parseIp } from "../../mail/ip.ts";
import { bad, good, type Result } from "../../result.ts";
import { unfit } from "../problem.ts";
import type { Endpoint } from "../settings.ts";
import { type EndpointKind, readEndpoint } from "./endpoint.ts";

/** What to write, for messages. */
export const storeExpected =
  'sqlite, or a URL in quotes, such as "mysql://bailiwick@db.example.org/bailiwick"';

export type StoreUrl = { readonly kind: "sqlite" } | StoreDatabaseUrl;

export interface StoreDatabaseUrl {
  readonly kind: "mysql";
  /** A Unix socket's absolute path for a server on this machine. */
  readonly at: Endpoint | { readonly socket: string };
  readonly user: string;
  /** Where it stands in the URL itself. */
  readonly password?: string;
  readonly database: string;
  /** Absent: in clear. `ca` is a path, as it is written. */
  readonly tls?: { readonly ca?: string };
}

const shape =
  /^mysql:\/\/(?<user>[^\s:@/?#]+)(?::(?<password>[^\s@/?#]*))?@(?<host>[^\s@/?#]+)\/(?<database>[\w$-]+)(?:\?(?<options>[^\s?#]+))?$/;

const host: EndpointKind = {
  hosts: "addresses and names",
  lowestPort: 1,
  defaultPort: 3306,
  expected: storeExpected,
};

const optionsExpected = "socket=PATH, tls=verify or ca=PATH, with & between them";

/** Reads the value of `store`, or says what is wrong with it; a password is never repeated. */
export function readStoreUrl(text: string): Result<StoreUrl, string> {
  if (text === "sqlite") return good({ kind: "sqlite" });
  if (/^postgres(?:ql)?:/i.test(text)) {
    return bad("a store on PostgreSQL is not there yet; write sqlite, or a mysql:// URL");
  }
  const found = shape.exec(text)?.groups;
  if (found === undefined) return bad(unfit(text.includes("@") ? undefined : text, storeExpected));
  const options = readOptions(found["options"]);
  if (!options.ok) return options;
  const at = readPlace(found["host"] ?? "", options.value.get("socket"));
  if (!at.ok) return at;
  const tls = readTls(options.value, at.value);
  if (!tls.ok) return tls;
  const [user, password] = [decoded(found["user"]), decoded(found["password"])];
  if (user === undefined || (found["password"] !== undefined && password === undefined)) {
    return bad("a % in the user or the password does not begin a code; write %25 for itself");
  }
  return good({
    kind: "mysql",
    at: at.value,
    user,
    database: found["database"] ?? "",
    ...(password !== undefined && { password }),
    ...(tls.value && { tls: tls.value }),
  });
}

type Options = ReadonlyMap<string, string>;

function readOptions(text = ""): Result<Options, string> {
  const options = new Map<string, string>();
  for (const option of text.split("&").filter((each) => each !== "")) {
    const [name = "", ...value] = option.split("=");
    if (!["socket", "tls", "ca"].includes(name) || options.has(name) || value.length !== 1) {
      return bad(`"${option}" does not fit behind the ?; write ${optionsExpected}`);
    }
    options.set(name, value[0] ?? "");
  }
  return good(options);
}

function readPlace(
  text: string,
  socket: string | undefined,
): Result<StoreDatabaseUrl["at"], string> {
  if (socket === undefined) return readEndpoint(text, host);
  if (socket.startsWith("/")) return good({ socket });
  return bad("the socket's path begins with /; write ?socket=/run/mysqld/mysqld.sock");
}

function readTls(
  options: Options,
  at: StoreDatabaseUrl["at"],
): Result<StoreDatabaseUrl["tls"], string> {
  const [tls, ca] = [options.get("tls"), options.get("ca")];
  if (tls === undefined && ca === undefined) return good(undefined);
  if (tls !== "verify") {
    return bad("TLS without a look at the certificate is none; write ?tls=verify, or leave it out");
  }
  if ("socket" in at) return bad("a Unix socket needs no TLS; take one of the two out");
  if (parseIp(at.host) !== undefined) {
    return bad("a certificate is for a name; write the server's name instead of its address");
  }
  return good(ca === undefined ? {} : { ca });
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
