// Names of what was spoken with a client, for the Received field (RFC 3848, RFC 6531 §4.3).

export interface Transmission {
  /** EHLO rather than HELO. */
  readonly extended: boolean;
  readonly smtputf8: boolean;
  readonly tls: boolean;
  readonly loggedIn: boolean;
}

/** `SMTP`, `ESMTP`, `ESMTPSA`, `UTF8SMTPS`… Whoever used TLS or a login used an extension, even
 * under HELO. */
export function transmissionType({ extended, smtputf8, tls, loggedIn }: Transmission): string {
  const isExtended = extended || tls || loggedIn;
  const name = smtputf8 ? "UTF8SMTP" : isExtended ? "ESMTP" : "SMTP";
  return `${name}${tls ? "S" : ""}${loggedIn ? "A" : ""}`;
}
