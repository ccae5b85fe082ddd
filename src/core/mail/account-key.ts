/** The form in which names of accounts are compared: one account is always the same text. For an
 * account of ours it is what `mailboxKey` makes of its address. */
export function accountKey(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
