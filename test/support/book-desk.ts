// A desk over a real book of grants, without a store and without rules about accounts.

import type { Grant } from "../../src/core/grants/grant.ts";
import { GrantBook } from "../../src/core/grants/grant-book.ts";
import type { MailboxLogin } from "../../src/core/grants/mailbox-login.ts";
import { formatIp, type IpAddress, parseIp } from "../../src/core/mail/ip.ts";
import type { TableDesk } from "../../src/server/grants/table-desk.ts";

export const lifetime = 3 * 3_600_000;

export interface BookDesk extends TableDesk {
  /** Those that are over as well. */
  remembered(): readonly Grant[];
  /** All logins and ends that it was told, in words. */
  readonly told: readonly string[];
  /** Accounts whose grants let the client relay, sorted; `null` for one that names none. */
  liveAt(client: string): readonly string[];
  revoke(client: string): void;
  /** Grants that another host keeps. */
  elsewhere(client: IpAddress): readonly Grant[];
  adopt(grant: Grant): void;
}

export function createBookDesk(now: () => number): BookDesk {
  const told: string[] = [];
  let count = 0;
  const book = new GrantBook({
    rules: { lifetime, ipv6: "address", sharedAfter: 100 },
    newId: () => `g${++count}`,
    onChanged: () => {},
  });
  const isLive = (grant: Grant): boolean => {
    const { endedAt, revokedAt } = grant;
    if (revokedAt !== null) return false;
    return endedAt === null || now() < endedAt + (grant.lifetime ?? lifetime);
  };
  return {
    told,
    async opened(login: MailboxLogin) {
      const { client, account = "", session = "" } = login;
      told.push(`open ${formatIp(client)} ${account} ${session}`.trimEnd());
      const opened = book.open(login, now(), login.lifetime ?? null);
      return opened.ok ? { granted: true } : { granted: false, why: opened.why };
    },
    async closed(logout) {
      told.push(`close ${logout.session}`);
      return book.close(logout, now());
    },
    live: () => book.list(now()).filter(isLive),
    remembered: () => book.list(now()),
    withdraw(ids, at) {
      const withdrawn = book.revoke(({ id }) => ids.has(id), at);
      told.push(...withdrawn.map(({ client }) => `withdraw ${formatIp(client)}`));
    },
    liveAt(text) {
      const client = parseIp(text);
      const standing = client && book.standing(client, now());
      return standing?.kind === "grants" ? standing.live.map(String).toSorted() : [];
    },
    elsewhere: (client) => book.elsewhere(client, now()),
    adopt: (grant) => book.adopt({ ...grant, id: `other ${grant.id}` }, "other", now()),
    revoke(text) {
      book.revoke(({ client }) => formatIp(client) === text, now());
    },
  };
}
