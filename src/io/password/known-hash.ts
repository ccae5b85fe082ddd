// Which stored forms of a password an account can be taken over with from elsewhere.

const argon2 =
  /^\$argon2id?\$v=19\$m=[1-9][0-9]{0,9},t=[1-9][0-9]{0,9},p=[1-9][0-9]{0,2}\$[A-Za-z0-9+/]{11,86}\$[A-Za-z0-9+/]{6,86}$/;
/** MD5, SHA-256 and SHA-512 as crypt(3) writes them. */
const crypt = /^\$[156]\$(?:rounds=[1-9][0-9]{0,8}\$)?[./0-9A-Za-z]{0,16}\$[./0-9A-Za-z]{22,86}$/;
/** As LDAP servers and Dovecot write digests. */
const digest =
  /^\{(?:S?MD5|LDAP-MD5|PLAIN-MD5|S?SHA1?|S?SHA256|S?SHA512)\}[A-Za-z0-9+/=]{16,512}$/i;

/** Whether it is a hash of a known kind. A password in clear is none, and neither is DES, whose
 * hashes cannot be told from passwords of 13 letters. */
export function isKnownHash(text: string): boolean {
  return argon2.test(text) || crypt.test(text) || digest.test(text);
}
