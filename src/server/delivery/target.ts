// The way that a recipient's mail takes: mailbox, smart host, or the domain's MX.

import type {
  HostGroups,
  Leaving,
  RouteSettings,
  SmartHost,
  TransportSettings,
} from "../../core/config/transport-settings.ts";
import { isThisHost } from "../../core/config/this-host.ts";
import { formatHosts } from "../../core/config/values/next-hosts.ts";
import { type Domain, isAddressLiteral } from "../../core/mail/domain.ts";
import { isFor } from "../../core/routes/route-keys.ts";
import type { QueuedMessage, QueuedRecipient, TlsWish } from "../../core/queue/message.ts";
import { tooLate } from "../../core/queue/timing.ts";
import type { Directory } from "../directory/directory.ts";

export type Target =
  | { readonly kind: "mailbox" }
  | {
      readonly kind: "via";
      readonly hosts: HostGroups;
      readonly transport: TransportSettings;
      /** Absent: as all mail leaves. */
      readonly leaving?: Leaving;
      /** Only under TLS, and to hosts that promise to go on so (RFC 8689 §4.2.1). */
      readonly requireTls: boolean;
    }
  | {
      readonly kind: "mx";
      readonly domain: Domain;
      readonly wish: TlsWish | undefined;
      readonly leaving?: Leaving;
    }
  /** No way at all. */
  | { readonly kind: "nowhere"; readonly status: string; readonly why: string };

/** For what is not to be tried any more. */
export const tooLateTarget: Target = {
  kind: "nowhere",
  status: tooLate.status,
  why: tooLate.text,
};

/** What a message wants of its way. */
type Wanting = Pick<QueuedMessage, "sender" | "tlsWish" | "login">;

/** Our own rules come first, then the routes in their order, then the MX (docs/routes.md). */
export function targetOf(
  { kind, address }: QueuedRecipient,
  { sender, tlsWish, login }: Wanting,
  directory: Pick<Directory, "domain">,
  routes: readonly RouteSettings[],
): Target {
  if (kind === "local") return { kind: "mailbox" };
  const { domain } = address;
  // RFC 8689 §5: a bounce goes its way, whatever the next host promises.
  const requireTls = tlsWish === "required" && sender !== null;
  const ours = directory.domain(domain);
  if (ours?.deliver.to === "none") {
    return {
      kind: "nowhere",
      status: "5.1.2",
      why: `${domain} only sends; no mail for it is taken`,
    };
  }
  if (ours?.deliver.to === "relay") return through(ours.deliver, requireTls);
  const mail = { domain, sender, ...(login !== undefined && { login }) };
  const route = routes.find((one) => isFor(one, mail));
  if (route !== undefined && route.via !== "mx") return through(route, requireTls);
  // Mail to an address literal would go to whatever host the client names, past all routes.
  if (isAddressLiteral(domain)) {
    const why = `mail to address literals such as ${domain} needs a route`;
    return { kind: "nowhere", status: "5.1.2", why };
  }
  // RFC 8689 §5, as above.
  const wish = tlsWish === "required" && !requireTls ? undefined : tlsWish;
  return { kind: "mx", domain, wish, ...(route?.leaving && { leaving: route.leaving }) };
}

/** Nearly all mail by a smart host goes one way: it is one object, and has one key. */
const ordinary = new WeakMap<SmartHost, Target>();

function through(host: SmartHost, requireTls: boolean): Target {
  if (requireTls) return wayThrough(host, true);
  const known = ordinary.get(host);
  if (known !== undefined) return known;
  const target = wayThrough(host, false);
  ordinary.set(host, target);
  return target;
}

function wayThrough({ via: hosts, transport, leaving }: SmartHost, requireTls: boolean): Target {
  return {
    kind: "via",
    hosts,
    transport,
    ...(leaving && { leaving }),
    requireTls: requireTls && !endsHere({ hosts, transport }),
  };
}

/** What keeps the mailboxes on this machine sends nothing on, and no wire leads there. */
export function endsHere({
  hosts,
  transport: { protocol },
}: Pick<Extract<Target, { kind: "via" }>, "hosts" | "transport">): boolean {
  return (
    protocol === "lmtp" && hosts.flat().every((host) => "socket" in host || isThisHost(host.host))
  );
}

/** Recipients with the same key can share connections and transactions. */
export function targetKey(target: Target): string {
  switch (target.kind) {
    case "mailbox":
      return "mailbox";
    case "via":
      return keyOf(target);
    case "mx":
      return `mx ${target.domain}${target.wish === undefined ? "" : ` ${target.wish}`}${leavingKey(target.leaving)}`;
    case "nowhere":
      return `nowhere ${target.why}`;
  }
}

/** For people: the domain, or the host that the operator named. */
export function targetName(target: Target): string {
  switch (target.kind) {
    case "mailbox":
    case "nowhere":
      return target.kind;
    case "via":
      return formatHosts(target.hosts) + manner(target);
    case "mx":
      return target.domain + manner(target);
  }
}

/** What tells ways to the same host apart. */
function manner(target: Extract<Target, { kind: "via" | "mx" }>): string {
  const { sources } = target.leaving ?? {};
  const login = target.kind === "via" ? target.transport.login : undefined;
  const from = [sources?.ipv4, sources?.ipv6].filter((address) => address !== undefined);
  return (
    (login === undefined ? "" : ` as ${login.user}`) +
    (from.length === 0 ? "" : ` from ${from.join(" and ")}`)
  );
}

/** What counts as one destination where messages are counted over time. */
export function paceKey(target: Target): string {
  switch (target.kind) {
    case "via":
      return targetKey({ ...target, requireTls: false });
    case "mx":
      return targetKey({ ...target, wish: undefined });
    case "mailbox":
    case "nowhere":
      return targetKey(target);
  }
}

const viaKeys = new WeakMap<Target, string>();

function keyOf(target: Extract<Target, { kind: "via" }>): string {
  const known = viaKeys.get(target);
  if (known !== undefined) return known;
  const key = viaKey(target);
  viaKeys.set(target, key);
  return key;
}

function viaKey({ hosts, transport, requireTls, leaving }: Extract<Target, { kind: "via" }>) {
  const { protocol = "smtp", tls, implicitTls, authorities, login } = transport;
  const begin = `via ${formatHosts(hosts)} ${protocol} ${tls}${leavingKey(leaving)}`;
  const plain = !implicitTls && !requireTls && authorities === undefined && login === undefined;
  return plain
    ? begin
    : `${begin} ${JSON.stringify([implicitTls, requireTls, authorities, login])}`;
}

function leavingKey(leaving: Leaving | undefined): string {
  if (leaving === undefined) return "";
  const { sources, bounds = {} } = leaving;
  // A rate that is `none` is not the same as none that is written.
  const { rate = null, ...counts } = bounds;
  return ` ${JSON.stringify([sources, counts, "rate" in bounds ? rate : "as all"])}`;
}

export interface TargetGroup {
  readonly target: Target;
  /** The target's. */
  readonly key: string;
  readonly recipients: readonly QueuedRecipient[];
}

/** Sorts recipients by the way they take, each group in the order of the message. */
export function groupByTarget(
  recipients: readonly QueuedRecipient[],
  find: (recipient: QueuedRecipient) => Target,
): readonly TargetGroup[] {
  const [only, ...others] = recipients;
  if (only !== undefined && others.length === 0) {
    const target = find(only);
    return [{ target, key: targetKey(target), recipients }];
  }
  const groups = new Map<string, { target: Target; key: string; recipients: QueuedRecipient[] }>();
  for (const recipient of recipients) {
    const target = find(recipient);
    const key = targetKey(target);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { target, key, recipients: [recipient] });
    else group.recipients.push(recipient);
  }
  return [...groups.values()];
}
