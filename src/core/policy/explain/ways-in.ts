// What might be changed so that a refused request is accepted, the likeliest first. Which of it does
// help is for `smallestTurns` to try.

import { formatPlace } from "../../config/place.ts";
import { formatAddress, parseAddress } from "../../mail/address.ts";
import { isAddressLiteral } from "../../mail/domain.ts";
import { formatIp, type IpAddress } from "../../mail/ip.ts";
import { shellWord } from "../../shell-word.ts";
import { known } from "../fact.ts";
import type { ClosedWhy, Facts, RelayRequest, RuleSet } from "../request.ts";
import { networkOf } from "../rows.ts";
import { networkAt } from "./client-words.ts";
import { allowed, type Change, changeFacts, changeRequest } from "./change.ts";
import { userOf } from "./mail-words.ts";
import { waysToKnow } from "./ways-to-know.ts";

export function waysIn(rules: RuleSet, request: RelayRequest): readonly Change[] {
  return [
    ...waysToKnow(request),
    ...waysAroundRules(request),
    ...waysAroundLists(request),
    ...waysOfLogin(request),
    ...waysOfNetwork(rules, request),
    ...waysOfGrant(request),
    ...waysOfRecipient(request),
  ];
}

function waysAroundRules({ client, facts: { access, limit } }: RelayRequest): readonly Change[] {
  const ways: Change[] = [];
  if (access.known && access.value.access === "deny") {
    const { place } = access.value;
    const where = place === undefined ? "" : ` at ${formatPlace(place)}`;
    ways.push(
      changeFacts(`change the address rule${where} that denies ${formatIp(client)}`, {
        access: allowed(place),
      }),
    );
  }
  if (limit.known && limit.value !== undefined) {
    const advice = `wait until there is room under the limit again (${limit.value}), or raise it`;
    ways.push(changeFacts(advice, { limit: known(undefined) }));
  }
  return ways;
}

function waysAroundLists({
  client,
  facts: { access, blocklist },
}: RelayRequest): readonly Change[] {
  if (!blocklist.known || !blocklist.value.listed) return [];
  const ip = formatIp(client);
  const unlisted = changeFacts(`have ${ip} taken off ${blocklist.value.list}`, {
    blocklist: known({ listed: false }),
  });
  if (!access.known || access.value.access === "deny") return [unlisted];
  const rule = `let an address rule pass it by the blocklists: ${ip}:allow,RBLSMTPD=""`;
  return [
    unlisted,
    changeFacts(rule, { access: known({ ...access.value, skipsBlocklists: true }) }),
  ];
}

function waysOfLogin(request: RelayRequest): readonly Change[] {
  const { role, tls, sender, facts } = request;
  const ways: Change[] = [];
  if (tls !== "up") {
    ways.push(changeRequest("have the client start TLS (STARTTLS)", { tls: "up" }));
  }
  if (facts.login === undefined && sender !== null) {
    const account = formatAddress(sender);
    ways.push(
      changeFacts(`have the client log in, as an account that may send as <${account}>`, {
        login: { account, ownsSender: known(true) },
      }),
    );
  }
  if (facts.login?.ownsSender.known === true && !facts.login.ownsSender.value) {
    const { account } = facts.login;
    const owning = { login: { account, ownsSender: known(true) } };
    ways.push(anotherSender(account, owning));
    if (sender !== null) {
      const address = formatAddress(sender);
      const add = `bailiwick address add ${address} ${account} --send-as`;
      ways.push(changeFacts(`only if ${account} may send as <${address}>: ${add}`, owning));
    }
  }
  if (role === "submission") {
    ways.push(changeRequest("have the client send to port 25, an MX listener", { role: "mx" }));
  }
  return ways;
}

/** An address of the account: its own name, where that is one. */
function anotherSender(account: string, facts: Partial<Facts>): Change {
  const sender = parseAddress(account);
  if (!sender.ok) return changeFacts(`have the client send as an address of ${account}`, facts);
  return {
    advice: `have the client send as <${account}>`,
    make: ({ rules, request }) => ({
      rules,
      request: { ...request, sender: sender.value, facts: { ...request.facts, ...facts } },
    }),
  };
}

function waysOfRecipient({ recipient, facts }: RelayRequest): readonly Change[] {
  if (!facts.recipient.known) return [];
  const address = shellWord(formatAddress(recipient));
  const mailbox = { recipient: known({ kind: "mailbox" } as const) };
  switch (facts.recipient.value.kind) {
    case "no-mailbox":
      return [changeFacts(`create the mailbox: bailiwick account add ${address}`, mailbox)];
    case "foreign": {
      if (isAddressLiteral(recipient.domain)) return [];
      const add = `bailiwick domain add ${recipient.domain}; bailiwick account add ${address}`;
      return [changeFacts(`only if ${recipient.domain} is your own domain: ${add}`, mailbox)];
    }
    case "closed":
      return waysIntoClosed(facts.recipient.value.why, address);
    case "mailbox":
    case "forward":
    case "relayed":
      return [];
  }
}

function waysIntoClosed(why: ClosedWhy, address: string): readonly Change[] {
  const forward = { recipient: known({ kind: "forward" } as const) };
  switch (why) {
    case "members-only":
      return [
        changeFacts(`make the sender a member: bailiwick forward add ${address} SENDER`, forward),
      ];
    case "not-a-bounce":
      return [
        {
          advice: "send it from <>, if it is a bounce",
          make: ({ rules, request }) => ({
            rules,
            request: { ...request, sender: null, facts: { ...request.facts, ...forward } },
          }),
        },
      ];
    case "forged":
    case "expired":
      return [];
  }
}

function waysOfNetwork(rules: RuleSet, request: RelayRequest): readonly Change[] {
  const { client, facts } = request;
  if (networkOf(rules, request) !== undefined) return [];
  const ip = formatIp(client);
  const [first] = rules.networks;
  const where = first?.place === undefined ? "" : ` (${formatPlace(first.place)})`;
  const ways: Change[] = [
    addNetwork(client, `only if ${ip} is yours: add it to relay.networks${where}`),
  ];
  const { access } = facts;
  if (access.known && access.value.access === "allow" && access.value.place !== undefined) {
    const rule = `only if ${ip} is yours: an address rule ${ip}:allow,RELAYCLIENT=""`;
    ways.push(changeFacts(rule, { access: known({ ...access.value, relay: true }) }));
  }
  if (first !== undefined) {
    const advice = `send it from a client in relay.networks (${networkAt(first)})`;
    ways.push(changeClient(advice, first.prefix.address));
  }
  return ways;
}

function addNetwork(client: IpAddress, advice: string): Change {
  const network = { prefix: { address: client, length: client.octets.length * 8 } };
  return {
    advice,
    make: ({ rules, request }) => ({
      rules: { ...rules, networks: [...rules.networks, network] },
      request,
    }),
  };
}

/** What was found out about the one client is not true of the other: nothing is held against it. */
function changeClient(advice: string, client: IpAddress): Change {
  return {
    advice,
    make({ rules, request }) {
      const { access, blocklist, grant } = request.facts;
      const facts: Facts = {
        ...request.facts,
        access: access.known ? allowed() : access,
        blocklist: blocklist.known ? known({ listed: false }) : blocklist,
        grant: grant.known ? known({ kind: "none" }) : grant,
      };
      return { rules, request: { ...request, client, facts } };
    },
  };
}

function waysOfGrant({ client, facts: { grant } }: RelayRequest): readonly Change[] {
  if (!grant.known || grant.value.kind === "none" || grant.value.kind === "shared") return [];
  const { account } = grant.value;
  const live = { grant: known({ kind: "live", account, covers: true } as const) };
  if (grant.value.kind === "live") {
    return grant.value.covers || account === null ? [] : [anotherSender(account, live)];
  }
  const advice = `have ${userOf(account)} read mail (POP, IMAP) from ${formatIp(client)} again`;
  return [changeFacts(advice, live)];
}
