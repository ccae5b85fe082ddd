// What a token of the HTTP API may be good for.

/** Each with what it allows, for people. */
export const scopes = {
  read: "look at everything that changes nothing: queue, accounts, bans, grants, decisions, lists",
  queue: "retry, hold, release, delete and flush what waits",
  people: "change domains, accounts, addresses, forwards and app passwords",
  dkim: "make, activate, retire and remove signing keys",
  grants: "let an address relay, and end that",
  bans: "ban addresses, and lift bans",
  reload: "let the server read its configuration anew",
  audit: "read the audit log",
  metrics: "read the metrics, and no more",
} as const;

export type Scope = keyof typeof scopes;

export const scopeNames: readonly Scope[] = Object.keys(scopes).filter(isScope);

export function isScope(text: string): text is Scope {
  return Object.hasOwn(scopes, text);
}
