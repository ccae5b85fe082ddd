// The way that a recipient's mail takes: mailbox, smart host, or the domain's MX.

import type { Endpoint, RouteSettings } from "../../core/config/settings.ts";
import { type Domain, isAddressLiteral } from "../../core/mail/domain.ts";
import type { QueuedRecipient } from "../../core/queue/message.ts";
import type { Directory } from "../directory/directory.ts";

export type Target =
  | { readonly kind: "mailbox" }
  | { readonly kind: "via"; readonly host: Endpoint }
  | { readonly kind: "mx"; readonly domain: Domain }
  /** No way at all. */
  | { readonly kind: "nowhere"; readonly why: string };

/** Our own rules come first, then the routes in their order, then the MX (docs/configuration.md). */
export function targetOf(
  { kind, address }: QueuedRecipient,
  directory: Pick<Directory, "domain">,
  routes: readonly RouteSettings[],
): Target {
  if (kind === "local") return { kind: "mailbox" };
  const { domain } = address;
  const ours = directory.domain(domain);
  if (ours?.deliver.to === "none") {
    return { kind: "nowhere", why: `${domain} only sends; no mail for it is taken` };
  }
  if (ours?.deliver.to === "relay") return { kind: "via", host: ours.deliver.via };
  const route = routes.find(({ to }) => to === domain) ?? routes.find(({ to }) => to === "*");
  if (route !== undefined) return { kind: "via", host: route.via };
  // Mail to an address literal would go to whatever host the client names, past all routes.
  if (isAddressLiteral(domain)) {
    return { kind: "nowhere", why: `mail to address literals such as ${domain} needs a route` };
  }
  return { kind: "mx", domain };
}

/** Recipients with the same key can share connections and transactions. */
export function targetKey(target: Target): string {
  switch (target.kind) {
    case "mailbox":
      return "mailbox";
    case "via":
      return `via ${target.host.host}:${target.host.port}`;
    case "mx":
      return `mx ${target.domain}`;
    case "nowhere":
      return `nowhere ${target.why}`;
  }
}

export interface TargetGroup {
  readonly target: Target;
  readonly recipients: readonly QueuedRecipient[];
}

/** Sorts recipients by the way they take, each group in the order of the message. */
export function groupByTarget(
  recipients: readonly QueuedRecipient[],
  find: (recipient: QueuedRecipient) => Target,
): readonly TargetGroup[] {
  const groups = new Map<string, { target: Target; recipients: QueuedRecipient[] }>();
  for (const recipient of recipients) {
    const target = find(recipient);
    const key = targetKey(target);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { target, recipients: [recipient] });
    else group.recipients.push(recipient);
  }
  return [...groups.values()];
}
