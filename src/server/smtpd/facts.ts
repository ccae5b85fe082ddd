// Where the facts come from that a decision needs, and how they are gathered: all at once, and
// without a turn of the event loop where none has to be looked up.

import type { Address, ReversePath } from "../../core/mail/address.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import type { Fact } from "../../core/policy/fact.ts";
import type {
  AccessVerdict,
  BlocklistVerdict,
  Facts,
  GrantState,
  Login,
  RecipientClass,
  RelayRole,
  TlsState,
} from "../../core/policy/request.ts";

/** Who asks, and for what: a request before its facts are gathered. */
export interface Asked {
  readonly role: RelayRole;
  readonly tls: TlsState;
  readonly client: IpAddress;
  readonly login: Login | undefined;
  /** What was begun as the client connected, where blocklists concern it. */
  readonly inquiry: BlocklistInquiry | undefined;
  readonly sender: ReversePath;
  readonly recipient: Address;
}

type Found<Value> = Fact<Value> | Promise<Fact<Value>>;

/** The blocklists' word about one client. */
export interface BlocklistInquiry {
  verdict(): Found<BlocklistVerdict>;
}

/** One source for each fact. None throws: what cannot be found out is an unknown fact. */
export interface FactSources {
  access(asked: Asked): Found<AccessVerdict>;
  blocklist(asked: Asked): Found<BlocklistVerdict>;
  recipient(asked: Asked): Found<RecipientClass>;
  grant(asked: Asked): Found<GrantState>;
  /** Asked last: whom a message counts against is a matter of the other facts. */
  limit(asked: Asked & Pick<Facts, "access" | "grant">): Fact<string | undefined>;
}

export function gatherFacts(sources: FactSources, asked: Asked): Facts | Promise<Facts> {
  const access = sources.access(asked);
  const blocklist = sources.blocklist(asked);
  const recipient = sources.recipient(asked);
  const grant = sources.grant(asked);
  const { login } = asked;
  if (
    access instanceof Promise ||
    blocklist instanceof Promise ||
    recipient instanceof Promise ||
    grant instanceof Promise
  ) {
    return Promise.all([access, blocklist, recipient, grant]).then((found) => {
      const [foundAccess, foundBlocklist, foundRecipient, foundGrant] = found;
      return {
        access: foundAccess,
        login,
        blocklist: foundBlocklist,
        recipient: foundRecipient,
        grant: foundGrant,
        limit: sources.limit({ ...asked, access: foundAccess, grant: foundGrant }),
      };
    });
  }
  const limit = sources.limit({ ...asked, access, grant });
  return { access, login, blocklist, limit, recipient, grant };
}
