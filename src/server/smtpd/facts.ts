// Where the facts come from that a decision needs, and how they are gathered: all at once, and
// without a turn of the event loop where none has to be looked up. Only what a grant might be found
// to be with more effort is looked into afterwards, for clients that would be refused.

import type { Address, ReversePath } from "../../core/mail/address.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { Fact } from "../../core/policy/fact.ts";
import type {
  AccessFact,
  BlocklistVerdict,
  Facts,
  GrantState,
  RecipientClass,
  RelayRole,
  TlsState,
} from "../../core/policy/request.ts";
import { isGranted } from "../../core/policy/rows.ts";
import type { FurtherGrant, KnownFacts } from "../grants/further-grant.ts";
import type { ClientAccess } from "./client-access.ts";

/** Who asks, and for what: a request before its facts are gathered. */
export interface Asked {
  readonly role: RelayRole;
  readonly tls: TlsState;
  readonly client: IpAddress;
  /** The account that logged in. */
  readonly account: string | undefined;
  /** What was begun as the client connected, where blocklists concern it. */
  readonly inquiry: BlocklistInquiry | undefined;
  /** The same of the address rules; undefined where no session has begun. */
  readonly access: ClientAccess | undefined;
  readonly sender: ReversePath;
  readonly recipient: Address;
}

type Found<Value> = Fact<Value> | Promise<Fact<Value>>;

/** The blocklists' word about one client. */
export interface BlocklistInquiry {
  verdict(): Found<BlocklistVerdict>;
}

type Standing = Pick<Facts, "access" | "login" | "grant">;

/** One source for each fact. None throws: what cannot be found out is an unknown fact. */
export interface FactSources {
  access(asked: Asked): AccessFact | Promise<AccessFact>;
  blocklist(asked: Asked): Found<BlocklistVerdict>;
  recipient(asked: Asked): Found<RecipientClass>;
  /** From memory. */
  grant(asked: Asked): Found<GrantState>;
  /** What more effort finds of it, where the decision may hang on it; absent where nothing more can
   * be known. */
  readonly furtherGrant?: FurtherGrant | undefined;
  /** Whether the sender is one of the account's addresses. */
  ownsSender(account: string, sender: ReversePath): Found<boolean>;
  /** Asked last: whom a message counts against is a matter of the other facts. */
  limit(asked: Omit<Asked, "access"> & Standing): Fact<string | undefined>;
}

export function gatherFacts(sources: FactSources, asked: Asked): Facts | Promise<Facts> {
  const { account, sender } = asked;
  const access = sources.access(asked);
  const blocklist = sources.blocklist(asked);
  const recipient = sources.recipient(asked);
  const grant = sources.grant(asked);
  const ownsSender = account === undefined ? notAsked : sources.ownsSender(account, sender);
  if (
    access instanceof Promise ||
    blocklist instanceof Promise ||
    recipient instanceof Promise ||
    grant instanceof Promise ||
    ownsSender instanceof Promise
  ) {
    return Promise.all([access, blocklist, recipient, grant, ownsSender]).then((found) =>
      compose(sources, asked, found),
    );
  }
  return compose(sources, asked, [access, blocklist, recipient, grant, ownsSender]);
}

const notAsked: Fact<boolean> = { known: true, value: false };

type Gathered = readonly [
  AccessFact,
  Fact<BlocklistVerdict>,
  Fact<RecipientClass>,
  Fact<GrantState>,
  Fact<boolean>,
];

function compose(sources: FactSources, asked: Asked, gathered: Gathered): Facts | Promise<Facts> {
  const [access, blocklist, recipient, grant, ownsSender] = gathered;
  const { account } = asked;
  const login = account === undefined ? undefined : { account, ownsSender };
  const facts = { access, login, blocklist, recipient, grant };
  const further = mayHangOnGrant(asked, facts) ? sources.furtherGrant?.(asked, facts) : undefined;
  if (further instanceof Promise) {
    return further.then((found) => conclude(sources, asked, { ...facts, grant: found }));
  }
  return conclude(sources, asked, further === undefined ? facts : { ...facts, grant: further });
}

function conclude(sources: FactSources, asked: Asked, facts: KnownFacts): Facts {
  const { access, login, grant } = facts;
  return { ...facts, limit: sources.limit({ ...asked, access, login, grant }) };
}

/** A glance that spares the most: mail for us, from clients on no list, hangs on no grant. */
function mayHangOnGrant(asked: Asked, { blocklist, recipient, grant }: KnownFacts): boolean {
  if (asked.role !== "mx" || asked.account !== undefined) return false;
  if (grant.known && isGranted(grant.value)) return false;
  if (!recipient.known) return false;
  return recipient.value.kind === "foreign" || (blocklist.known && blocklist.value.listed);
}
