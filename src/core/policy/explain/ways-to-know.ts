// Facts that are not known: what they would have to turn out to be.

import { formatAddress, formatReversePath } from "../../mail/address.ts";
import { formatIp } from "../../mail/ip.ts";
import { known } from "../fact.ts";
import type { Facts, RelayRequest } from "../request.ts";
import { allowed, type Change, changeFacts } from "./change.ts";

/** For each unknown fact, that it becomes known and speaks for the client. */
export function waysToKnow({ client, sender, recipient, facts }: RelayRequest): readonly Change[] {
  const ip = formatIp(client);
  const from = `<${formatReversePath(sender)}>`;
  const { access, blocklist, limit, grant, login } = facts;
  const ways: Change[] = [];
  const add = (why: string, advice: string, found: Partial<Facts>): void => {
    ways.push(changeFacts(`${advice}; now: ${why}`, found));
  };
  if (!facts.recipient.known) {
    const advice = `wait until <${formatAddress(recipient)}> can be looked up, and is a mailbox here`;
    add(facts.recipient.why, advice, { recipient: known({ kind: "mailbox" }) });
  }
  if (!access.known) {
    add(access.why, `wait until the address rules can be read, and allow ${ip}`, {
      access: allowed(),
    });
  }
  if (login?.ownsSender.known === false) {
    const advice = `wait until the addresses of ${login.account} can be looked up, and ${from} is one`;
    add(login.ownsSender.why, advice, { login: { ...login, ownsSender: known(true) } });
  }
  if (!limit.known) {
    add(limit.why, "wait until the limits can be checked, and none is reached", {
      limit: known(undefined),
    });
  }
  if (!blocklist.known) {
    add(blocklist.why, `wait until the blocklists answer, and do not list ${ip}`, {
      blocklist: known({ listed: false }),
    });
  }
  if (!grant.known) {
    const live = { kind: "live", account: formatReversePath(sender), covers: true } as const;
    add(grant.why, `wait until grants can be looked up, and one for ${ip} covers ${from}`, {
      grant: known(live),
    });
  }
  return ways;
}
