// The way that a recipient's mail takes: mailbox, smart host, or the domain's MX.

import type { Endpoint, RouteSettings, TransportSettings } from "../../core/config/settings.ts";
import { formatEndpoint } from "../../core/config/values/endpoint.ts";
import { type Domain, isAddressLiteral } from "../../core/mail/domain.ts";
import type { QueuedMessage, QueuedRecipient, TlsWish } from "../../core/queue/message.ts";
import type { Directory } from "../directory/directory.ts";

export type Target =
  | { readonly kind: "mailbox" }
  | {
      readonly kind: "via";
      readonly host: Endpoint;
      readonly transport: TransportSettings;
      /** Only under TLS, and to hosts that promise to go on so (RFC 8689 §4.2.1). */
      readonly requireTls: boolean;
    }
  | {
      readonly kind: "mx";
      readonly domain: Domain;
      readonly wish: TlsWish | undefined;
    }
  /** No way at all. */
  | { readonly kind: "nowhere"; readonly status: string; readonly why: string };

/** What a message wants of its way. */
type Wanting = Pick<QueuedMessage, "sender" | "tlsWish">;

/** Our own rules come first, then the routes in their order, then the MX (docs/configuration.md). */
export function targetOf(
  { kind, address }: QueuedRecipient,
  { sender, tlsWish }: Wanting,
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
  if (ours?.deliver.to === "relay") {
    const { via: host, transport } = ours.deliver;
    return { kind: "via", host, transport, requireTls };
  }
  const route = routes.find(({ to }) => to === domain) ?? routes.find(({ to }) => to === "*");
  if (route !== undefined) {
    return { kind: "via", host: route.via, transport: route.transport, requireTls };
  }
  // Mail to an address literal would go to whatever host the client names, past all routes.
  if (isAddressLiteral(domain)) {
    const why = `mail to address literals such as ${domain} needs a route`;
    return { kind: "nowhere", status: "5.1.2", why };
  }
  // RFC 8689 §5, as above.
  return { kind: "mx", domain, wish: tlsWish === "required" && !requireTls ? undefined : tlsWish };
}

/** Recipients with the same key can share connections and transactions. */
export function targetKey(target: Target): string {
  switch (target.kind) {
    case "mailbox":
      return "mailbox";
    case "via":
      return viaKey(target);
    case "mx":
      return `mx ${target.domain}${target.wish === undefined ? "" : ` ${target.wish}`}`;
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
      return formatEndpoint(target.host);
    case "mx":
      return target.domain;
  }
}

function viaKey({ host, transport, requireTls }: Extract<Target, { kind: "via" }>): string {
  const { tls, implicitTls, authorities, login } = transport;
  const begin = `via ${host.host}:${host.port} ${tls}`;
  const plain = !implicitTls && !requireTls && authorities === undefined && login === undefined;
  if (plain) return begin;
  const rest = [implicitTls, requireTls, authorities, login?.user, login?.password];
  return `${begin} ${JSON.stringify(rest)}`;
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
