// Wires roaming grants: what is kept of them, where they may never be, and the facts that come of
// them.

import type { Settings } from "../../core/config/settings.ts";
import type { MailboxLogin } from "../../core/grants/mailbox-login.ts";
import {
  formatPrefix,
  type IpAddress,
  isLoopback,
  isSameIp,
  prefixContains,
} from "../../core/mail/ip.ts";
import { addressBits } from "../../core/mail/ip-number.ts";
import { hostAddresses, hostSurroundings, readSurroundings } from "../../io/net/surroundings.ts";
import { shortId } from "../../io/password/random-text.ts";
import type { Clock } from "../../io/process/clock.ts";
import type { Store } from "../../io/store/store.ts";
import {
  createGrantOperations,
  type GrantOptions,
  revokingGrants,
} from "../../server/admin/grant-operations.ts";
import type { GrantOperations, StoreOperations } from "../../server/admin/operations.ts";
import type { Directory } from "../../server/directory/directory.ts";
import { createFurtherGrant } from "../../server/grants/further-grant.ts";
import { createGrantFact } from "../../server/grants/grant-fact.ts";
import { GrantInquiries } from "../../server/grants/grant-inquiries.ts";
import type { GrantInquiry } from "../../server/grants/inquiry.ts";
import { RoamingGrants, type RoamingOptions } from "../../server/grants/roaming-grants.ts";
import type { RoamingPolicy } from "../../server/grants/roaming-rules.ts";
import type { Log } from "../../server/log.ts";
import type { FactSources } from "../../server/smtpd/facts.ts";

export interface Roaming {
  /** Where those who see logins tell of them. */
  readonly grants: RoamingGrants;
  readonly inquiries: GrantInquiries;
  renew(settings: Settings): Promise<void>;
  close(): Promise<void>;
}

export interface RoamingParts {
  readonly store: Store;
  /** Who this is among those that share the store. */
  readonly host: Pick<RoamingOptions, "isShared" | "node">;
  readonly clock: Clock;
  readonly log: Log;
  /** Sources that are asked about clients of whom nobody has told. */
  readonly inquiries: readonly GrantInquiry[];
  /** Told of each login that lets its address relay. */
  readonly onOpened?: (login: MailboxLogin) => void;
}

/** Reads what the store has of grants. */
export async function startRoaming(settings: Settings, parts: RoamingParts): Promise<Roaming> {
  const { store, host, clock, log, inquiries: sources, onOpened } = parts;
  const grants = new RoamingGrants({
    store: store.grants,
    ...host,
    policy: await roamingPolicy(settings),
    newId: shortId,
    ...(onOpened !== undefined && { onOpened }),
    clock,
    log,
  });
  await grants.start();
  return {
    grants,
    inquiries: new GrantInquiries({ sources, desk: grants, elapsed: clock.elapsed }),
    async renew(next) {
      grants.renew(await roamingPolicy(next));
    },
    close: () => grants.close(),
  };
}

/** The operator's acts: those on grants and, of the others, those that make logins bad and end grants
 * with them. */
export function withGrants(
  operations: StoreOperations,
  options: GrantOptions,
): StoreOperations & GrantOperations {
  return {
    ...operations,
    ...revokingGrants(operations, options.grants),
    ...createGrantOperations(options),
  };
}

/** Nothing is granted to addresses from which all the world may seem to come. */
async function roamingPolicy({ relay, listeners }: Settings): Promise<RoamingPolicy> {
  const proxies = listeners.flatMap((listener) => listener.proxies ?? []);
  const { gateways } = await readSurroundings(hostSurroundings);
  const acknowledged = new Set(relay.acknowledged.map(({ prefix }) => formatPrefix(prefix)));
  const barred = gateways
    .map(({ address }) => ({ address, length: addressBits[address.version] }))
    .filter((prefix) => !acknowledged.has(formatPrefix(prefix)));
  const own = hostAddresses(hostSurroundings.interfaces);
  return {
    roaming: relay.roaming,
    bars(client: IpAddress) {
      if (isLoopback(client) || own.some((address) => isSameIp(address, client)))
        return "it is this host's own address, which anybody here may use";
      if (proxies.some((proxy) => prefixContains(proxy, client))) {
        return "it is the address of a proxy of ours, from which all the world may come";
      }
      return barred.some((gateway) => prefixContains(gateway, client))
        ? "it is a gateway, from which all the world may come (relay.acknowledge)"
        : undefined;
    },
  };
}

type GrantSources = Pick<FactSources, "grant" | "furtherGrant">;

/** The facts of a policy: by its own rules, addresses and domains. */
export function grantSources(
  { grants, inquiries }: Pick<Roaming, "grants" | "inquiries">,
  {
    rules,
    directory,
    ownsSender,
  }: {
    readonly rules: Settings["relay"];
    readonly directory: Directory;
    readonly ownsSender: FactSources["ownsSender"];
  },
): GrantSources {
  const fact = createGrantFact({
    grants,
    ownsSender,
    classify: (address) => directory.classify(address, null),
  });
  return {
    grant: (asked) => fact.held(asked),
    furtherGrant: createFurtherGrant({
      rules,
      fact,
      inquiries,
      isPossible: ({ client }) => grants.mayHold(client),
    }),
  };
}
