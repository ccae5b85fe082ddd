// What might be otherwise so that an accepted request is refused: first what let it in, then what
// keeps anybody out. Which of it does is for `smallestTurns` to try.

import { formatPlace } from "../../config/place.ts";
import { formatAddress } from "../../mail/address.ts";
import { formatIp, prefixContains } from "../../mail/ip.ts";
import { known } from "../fact.ts";
import type { AccessVerdict, RelayRequest, RuleSet } from "../request.ts";
import { type Change, changeFacts, changeRequest } from "./change.ts";
import { networksAt } from "./client-words.ts";
import { userOf } from "./mail-words.ts";

export function waysOut(rules: RuleSet, request: RelayRequest): readonly Change[] {
  return [
    ...withoutRecipient(request),
    ...withoutLogin(request),
    ...withoutNetworks(rules, request),
    ...withoutRule(request),
    ...withoutGrant(request),
    ...whatKeepsOut(request),
  ];
}

function withoutRecipient({ recipient, facts }: RelayRequest): readonly Change[] {
  if (!facts.recipient.known) return [];
  const { value } = facts.recipient;
  if (value.kind === "mailbox") {
    const none = known({ kind: "no-mailbox" } as const);
    return [changeFacts(`without the mailbox ${formatAddress(recipient)}`, { recipient: none })];
  }
  if (value.kind === "forward") {
    const none = known({ kind: "no-mailbox" } as const);
    return [changeFacts(`without the forward ${formatAddress(recipient)}`, { recipient: none })];
  }
  if (value.kind !== "relayed") return [];
  const { place } = value;
  const where = place === undefined ? "" : ` (${formatPlace(place)})`;
  const foreign = known({ kind: "foreign" } as const);
  return [
    changeFacts(`without ${recipient.domain} among the domains${where}`, { recipient: foreign }),
  ];
}

function withoutLogin({ facts: { login } }: RelayRequest): readonly Change[] {
  if (login === undefined) return [];
  const { account } = login;
  return [
    changeFacts(`without the login of ${account}`, { login: undefined }),
    changeFacts(`from a sender that is not one of the addresses of ${account}`, {
      login: { account, ownsSender: known(false) },
    }),
  ];
}

/** All lines that name the client together: one alone may leave it in another's network. */
function withoutNetworks({ networks }: RuleSet, { client }: RelayRequest): readonly Change[] {
  const around = networks.filter(({ prefix }) => prefixContains(prefix, client));
  if (around.length === 0) return [];
  const others = networks.filter((network) => !around.includes(network));
  return [
    {
      advice: `without its line in relay.networks: ${networksAt(around)}`,
      make: ({ rules, request }) => ({ rules: { ...rules, networks: others }, request }),
    },
  ];
}

function withoutRule({ facts: { access } }: RelayRequest): readonly Change[] {
  if (!access.known || access.value.access === "deny") return [];
  const rule = access.value;
  const where = rule.place === undefined ? "" : ` at ${formatPlace(rule.place)}`;
  const without = (variable: string, left: AccessVerdict): Change =>
    changeFacts(`without ${variable} in the address rule${where}`, { access: known(left) });
  return [
    ...(rule.relay ? [without("RELAYCLIENT", { ...rule, relay: false })] : []),
    ...(rule.skipsBlocklists ? [without("RBLSMTPD", { ...rule, skipsBlocklists: false })] : []),
  ];
}

function withoutGrant({ facts: { grant } }: RelayRequest): readonly Change[] {
  if (!grant.known || grant.value.kind !== "live") return [];
  const { account } = grant.value;
  const user = userOf(account);
  return [
    changeFacts(`without the grant of ${user}`, { grant: known({ kind: "none" }) }),
    changeFacts(`from a sender for whom the grant of ${user} is not`, {
      grant: known({ kind: "live", account, covers: false }),
    }),
  ];
}

function whatKeepsOut({ client, tls }: RelayRequest): readonly Change[] {
  const ip = formatIp(client);
  return [
    changeFacts(`with ${ip} on a blocklist that counts`, {
      blocklist: known({ listed: true, list: "a blocklist" }),
    }),
    changeFacts(`with an address rule that denies ${ip}`, {
      access: known({ access: "deny", temporary: false }),
    }),
    changeFacts("with a limit reached", { limit: known("a limit") }),
    changeRequest("on a submission listener, where one must log in", { role: "submission" }),
    ...(tls === "up"
      ? []
      : [changeRequest("on a listener that requires TLS", { tls: "required" })]),
  ];
}
