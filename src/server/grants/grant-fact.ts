// The fact of the grant: whether somebody who has read mail from the client's address lately may send
// what it sends. From memory, at once where the sender is the account's own address.

import type { Standing, OverGrant } from "../../core/grants/standing.ts";
import type { RoamingSettings } from "../../core/config/settings.ts";
import type { Address, ReversePath } from "../../core/mail/address.ts";
import type { IpAddress } from "../../core/mail/ip.ts";
import { type Fact, known, unknown } from "../../core/policy/fact.ts";
import type { GrantState, RecipientClass } from "../../core/policy/request.ts";
import type { Asked } from "../smtpd/facts.ts";

type Found<Value> = Fact<Value> | Promise<Fact<Value>>;

export interface GrantFactOptions {
  readonly grants: {
    readonly settings: RoamingSettings | undefined;
    standing(client: IpAddress): Fact<Standing | undefined>;
  };
  /** Whether the sender is one of the account's addresses. */
  readonly ownsSender: (account: string, sender: ReversePath) => Found<boolean>;
  readonly classify: (address: Address) => Found<RecipientClass>;
}

type Question = Pick<Asked, "role" | "client" | "sender">;

export interface GrantFact {
  /** Live grants alone, and addresses that are shared. */
  held(question: Question): Found<GrantState>;
  /** Whether there are any that are over. */
  hasOver(question: Question): boolean;
  /** Those as well that are over, for a client that would be refused. */
  withOver(question: Question): Promise<Fact<GrantState>>;
}

const none: Fact<GrantState> = known({ kind: "none" });
/** Grants that are over and of which it is asked whether they were the sender's. */
const mostOver = 5;

export function createGrantFact({ grants, ownsSender, classify }: GrantFactOptions): GrantFact {
  function covers(account: string | null, sender: ReversePath): Found<boolean> {
    if (grants.settings?.senders === "any") return covered;
    // Nobody's sender is not the account's own: it is all that a neighbour at the address has to know.
    if (sender === null) return uncovered;
    if (account !== null) return ownsSender(account, sender);
    // Nobody says whose grant it is: it is for those who have a mailbox here.
    const found = classify(sender);
    return found instanceof Promise ? found.then(isMailbox) : isMailbox(found);
  }

  function held({ role, client, sender }: Question): Found<GrantState> {
    if (role !== "mx") return none;
    const standing = grants.standing(client);
    if (!standing.known) return standing;
    if (standing.value === undefined) return none;
    if (standing.value.kind === "shared") return known(standing.value);
    const { live } = standing.value;
    return firstCovering(live, (account) => covers(account, sender), {
      found: (account) => ({ kind: "live", account, covers: true }),
      others:
        live.length === 0 ? none : known({ kind: "live", account: live[0] ?? null, covers: false }),
    });
  }

  async function withOver(question: Question): Promise<Fact<GrantState>> {
    const before = await held(question);
    const standing = grants.standing(question.client);
    const isOpen = before.known && (before.value.kind === "none" || isUncovered(before.value));
    if (!isOpen || !standing.known || standing.value?.kind !== "grants") return before;
    const over = standing.value.over.slice(0, mostOver);
    const ask = ({ account }: OverGrant) => covers(account, question.sender);
    const found = await firstCovering(over, ask, {
      found: ({ account, expiredAt }) => ({ kind: "expired", account, expiredAt }),
      others: before,
    });
    // An end lets nobody in: not to know of it puts nobody off.
    return found.known ? found : before;
  }

  function hasOver({ client }: Question): boolean {
    const standing = grants.standing(client);
    return standing.known && standing.value?.kind === "grants" && standing.value.over.length > 0;
  }

  return { held, hasOver, withOver };
}

const covered = known(true);
const uncovered = known(false);

function isMailbox(found: Fact<RecipientClass>): Fact<boolean> {
  return found.known ? known(found.value.kind === "mailbox") : found;
}

function isUncovered(state: GrantState): boolean {
  return state.kind === "live" && !state.covers;
}

interface Outcome<Item> {
  readonly found: (item: Item) => GrantState;
  /** Where none of them covers the sender. */
  readonly others: Fact<GrantState>;
}

/** The first of which it is known at once, else the first of which it turns out; one that might have
 * been makes the fact unknown. */
function firstCovering<Item>(
  items: readonly Item[],
  ask: (item: Item) => Found<boolean>,
  outcome: Outcome<Item>,
): Found<GrantState> {
  const asked: { readonly item: Item; readonly answer: Found<boolean> }[] = [];
  for (const item of items) {
    const answer = ask(item);
    if (!(answer instanceof Promise) && answer.known && answer.value) {
      return known(outcome.found(item));
    }
    asked.push({ item, answer });
  }
  const pending = asked.filter(({ answer }) => answer instanceof Promise);
  if (pending.length === 0) return conclude(asked.map(({ answer }) => answer));
  return Promise.all(asked.map(async ({ answer }) => answer)).then(conclude);

  function conclude(answers: readonly Found<boolean>[]): Fact<GrantState> {
    let doubt: string | undefined;
    for (const [index, answer] of answers.entries()) {
      const item = asked[index]?.item;
      if (answer instanceof Promise || item === undefined) continue;
      if (!answer.known) doubt ??= answer.why;
      else if (answer.value) return known(outcome.found(item));
    }
    return doubt === undefined ? outcome.others : unknown(doubt);
  }
}
