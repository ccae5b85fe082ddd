// What the configuration says of grants: whether there are any, and who gets none. A reload replaces
// it.

import type { RoamingSettings } from "../../core/config/settings.ts";
import type { Grant, GrantRules } from "../../core/grants/grant.ts";
import type { Standing } from "../../core/grants/standing.ts";
import type { IpAddress } from "../../core/mail/ip.ts";

export interface RoamingPolicy {
  /** Undefined: reading mail opens nothing. */
  readonly roaming: RoamingSettings | undefined;
  /** Why nobody relays from there for having read mail; undefined where nothing speaks against it. */
  readonly bars: (client: IpAddress) => string | undefined;
}

const switchedOff = "relay.roaming is not in the configuration";

export class RoamingRules {
  readonly #policy: RoamingPolicy;
  readonly #excluded: ReadonlySet<string>;

  constructor(policy: RoamingPolicy) {
    this.#policy = policy;
    this.#excluded = new Set(policy.roaming?.exclude);
  }

  get roaming(): RoamingSettings | undefined {
    return this.#policy.roaming;
  }

  /** For the book; undefined where there are none. */
  get forBook(): GrantRules | undefined {
    const { roaming } = this.#policy;
    if (roaming === undefined) return undefined;
    const { lifetime, ipv6, sharedAfter } = roaming;
    return { lifetime, ipv6, sharedAfter };
  }

  /** Why a login opens nothing, whoever else is there; undefined where it may. */
  barOf({ client, account }: Pick<Grant, "client" | "account">): string | undefined {
    if (this.#policy.roaming === undefined) return switchedOff;
    return this.#policy.bars(client) ?? this.exclusionOf(account);
  }

  /** Why a standing helps nobody, where it does not. */
  barOfStanding(standing: Standing | undefined): string | undefined {
    if (standing?.kind !== "shared") return undefined;
    const most = this.#policy.roaming?.sharedAfter;
    return `more than ${most} accounts read mail from there (relay.roaming.shared-after)`;
  }

  mayHold(client: IpAddress): boolean {
    return this.#policy.roaming !== undefined && this.#policy.bars(client) === undefined;
  }

  exclusionOf(account: string | null): string | undefined {
    if (account === null || this.#excluded.size === 0) return undefined;
    const domain = account.slice(account.lastIndexOf("@") + 1);
    const excluded = [account, domain].find((name) => this.#excluded.has(name));
    return excluded && `${excluded} is in relay.roaming.exclude`;
  }
}
