// What the audit log says of each operation that changes something: its arguments as people write them,
// and no secret among them.

import { type Address, formatAddress, formatReversePath } from "../../../core/mail/address.ts";
import { formatAddressPattern } from "../../../core/mail/address-pattern.ts";
import { formatIp, formatPrefix } from "../../../core/mail/ip.ts";
import { formatMessageId } from "../../../core/queue/message.ts";
import type { QueueSelectionWish } from "../operations.ts";
import type { ServerOperations } from "../server-operations.ts";

/** Those that only look. */
type Looking =
  | "queueList"
  | "queueCount"
  | "queueShow"
  | "queueHeaders"
  | "queueWhy"
  | "queueDestinations"
  | "accountImportCheck"
  | "accountList"
  | "accountSearch"
  | "accountShow"
  | "addressList"
  | "forwardList"
  | "forwardSearch"
  | "appPasswordList"
  | "domainList"
  | "dkimList"
  | "banList"
  | "banShow"
  | "grantList"
  | "grantReport"
  | "explain"
  | "why"
  | "whyClient"
  | "blocklistReport"
  | "blocklistLookUp"
  | "operatorList"
  | "tokenList"
  | "auditList";

export type Changing = Exclude<keyof ServerOperations, Looking>;

type Written = Readonly<Record<string, unknown>>;

/** Of a list that may be long, so many are written. */
const mostWritten = 50;

export const written: {
  readonly [Name in Changing]: (...given: Parameters<ServerOperations[Name]>) => Written;
} = {
  queueRetry: selection,
  queueHold: selection,
  queueRelease: selection,
  queueDelete: selection,
  queueFlush: (name) => ({ destination: name ?? "all" }),
  accountAdd: (address, credentials) => ({
    address: formatAddress(address),
    canLogIn: credentials !== null,
  }),
  accountImport: (accounts) => ({
    accounts: some(accounts.map(({ address }) => formatAddress(address))),
  }),
  accountSetCredentials: (address) => ({ address: formatAddress(address) }),
  accountSetDisabled: (address, disabled) => ({ address: formatAddress(address), disabled }),
  accountRemove: (address) => ({ address: formatAddress(address) }),
  accountRelease: (address) => ({ address: formatAddress(address) }),
  addressAdd: (address, account, kind) => ({
    address: formatAddressPattern(address),
    account: formatAddress(account),
    kind,
  }),
  addressRemove: (address, account) => ({
    address: formatAddressPattern(address),
    account: formatAddress(account),
  }),
  forwardAdd: ({ address, targets, keep, owner, membersOnly }) => ({
    address: formatAddressPattern(address),
    targets: some(targets.map(formatAddress)),
    keep: optional(keep),
    owner: optional(owner),
    membersOnly,
  }),
  forwardRemove: (address, targets) => ({
    address: formatAddressPattern(address),
    targets: some(targets.map(formatAddress)),
  }),
  appPasswordAdd: (account, { name, scope }) => ({ account: formatAddress(account), name, scope }),
  appPasswordRemove: (id) => ({ id }),
  domainAdd: (domain, sendOnly) => ({ domain, sendOnly }),
  domainRemove: (domain) => ({ domain }),
  dkimPrepare: (domain) => ({ domain }),
  dkimActivate: (domain, unchecked) => ({ domain, unchecked }),
  dkimRetire: (domain, name) => ({ domain, name }),
  dkimRemove: (domain, name, early) => ({ domain, name, early }),
  banAdd: (prefix, length, note) => ({ prefix: formatPrefix(prefix), length, note }),
  banLift: (prefix) => ({ prefix: formatPrefix(prefix) }),
  grantAdd: (client, account, length) => ({
    client: formatIp(client),
    account: formatAddress(account),
    length,
  }),
  grantRevoke: (which) =>
    "name" in which ? { name: which.name } : { client: formatIp(which.client) },
  reload: () => ({}),
  operatorAdd: (name) => ({ name }),
  operatorSetPassword: (name) => ({ name }),
  operatorRemove: (name) => ({ name }),
  tokenAdd: ({ name, scopes, length }) => ({ name, scopes, length }),
  tokenRemove: (id) => ({ id }),
};

export function isChanging(name: string): name is Changing {
  return Object.hasOwn(written, name);
}

function selection({ ids, sender, receivedBefore, ...wish }: QueueSelectionWish): Written {
  return {
    ids: ids === "all" ? "all" : some(ids.map(formatMessageId)),
    ...wish,
    ...(sender !== undefined && { sender: formatReversePath(sender) }),
    ...(receivedBefore !== undefined && { receivedBefore: new Date(receivedBefore).toISOString() }),
  };
}

function optional(address: Address | null | undefined): string | null | undefined {
  return address ? formatAddress(address) : address;
}

function some(all: readonly string[]): Written | readonly string[] {
  if (all.length <= mostWritten) return all;
  return { count: all.length, first: all.slice(0, mostWritten) };
}
