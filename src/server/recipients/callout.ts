// Asks the host that a domain's mail is handed on to whether it would take a recipient: MAIL and RCPT
// over the connections of a lane, and no content.

import type { RelayDelivery } from "../../core/config/settings.ts";
import { formatHosts } from "../../core/config/values/next-hosts.ts";
import type { Address } from "../../core/mail/address.ts";
import type { QueuedRecipient } from "../../core/queue/message.ts";
import { type CalloutAnswer, readCallout } from "../../core/recipients/callout-answer.ts";
import type { JobResult } from "../delivery/job.ts";
import type { Lanes } from "../delivery/lanes.ts";
import type { AwayPrimary } from "./primary-watch.ts";

/** Never rejects. It takes as long as the host does, for which callers need not wait. */
export type Callout = (recipient: Address, deliver: RelayDelivery) => Promise<CalloutAnswer>;

export interface CalloutOptions {
  readonly lanes: Pick<Lanes, "of">;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** Milliseconds for which a host that could not be asked is not asked again: who sends to it would
 * wait for nothing. */
const quietFor = 5_000;
/** Questions under way to one host; what comes on top is not asked. */
const mostAtOnce = 100;

interface Host {
  underWay: number;
  quiet: { readonly until: number; readonly why: string } | undefined;
}

export function createCallout({ lanes, elapsed }: CalloutOptions): Callout {
  const hosts = new Map<string, Host>();

  function hostOf({ via }: RelayDelivery): Host {
    const name = formatHosts(via);
    const host = hosts.get(name) ?? { underWay: 0, quiet: undefined };
    hosts.set(name, host);
    return host;
  }

  return async (recipient, deliver) => {
    const host = hostOf(deliver);
    const { quiet } = host;
    if (quiet !== undefined && elapsed() < quiet.until) return { kind: "unsure", why: quiet.why };
    if (host.underWay >= mostAtOnce) {
      return { kind: "unsure", why: `${mostAtOnce} questions to the host are under way` };
    }
    host.underWay++;
    const { outcome } = await put(recipient, deliver, lanes);
    host.underWay--;
    const { remote, text } = outcome.said;
    // What is final and not the host's own word is about the recipient: strangers choose those.
    const isAway = !remote && outcome.kind === "temporary";
    host.quiet = isAway ? { until: elapsed() + quietFor, why: text } : undefined;
    return readCallout(outcome);
  };
}

/** Whether a host answers, whatever it says of the recipient: asked for the one address that every domain has. */
export function createAnswers(
  lanes: CalloutOptions["lanes"],
): (primary: AwayPrimary) => Promise<boolean> {
  return async ({ domain, deliver }) => {
    const { outcome } = await put({ local: "postmaster", domain }, deliver, lanes);
    const { remote, text } = outcome.said;
    // RFC 5321 §3.8: it answers, and serves nobody.
    return remote && !text.startsWith("421");
  };
}

/** As a message from `<>`, which no host may refuse for its sender (RFC 5321 §4.5.5). */
function put(
  address: Address,
  { via: hosts, transport, leaving }: RelayDelivery,
  lanes: CalloutOptions["lanes"],
): Promise<JobResult> {
  const recipient: QueuedRecipient = { address, kind: "relay", index: 0, attempts: 0, waited: 0 };
  const message = {
    id: 0,
    receivedAt: 0,
    sender: null,
    smtputf8: false, // what the address needs is found without it
    size: 0,
    eightBit: false,
    recipients: [recipient],
  };
  return new Promise((resolve) => {
    const way = { hosts, transport, ...(leaving && { leaving }) };
    lanes.of({ kind: "via", ...way, requireTls: false }).submit({
      message,
      recipients: [recipient],
      asksOnly: true,
      flow: "",
      content: () => [],
      report: (_, [result]) => {
        if (result !== undefined) resolve(result);
      },
    });
  });
}
