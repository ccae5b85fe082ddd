// Who can log in: our accounts, then the classic sources of the configuration.

import { randomBytes, randomUUID } from "node:crypto";
import { formatProblem } from "../../core/config/problem.ts";
import type { OauthSettings } from "../../core/config/login-settings.ts";
import type { Settings } from "../../core/config/settings.ts";
import type { LoginService } from "../../core/login/source.ts";
import { formatAddress, mailboxKey } from "../../core/mail/address.ts";
import type { SaslServer } from "../../core/sasl/context.ts";
import { openClassicSources } from "../../io/classic/open.ts";
import { makeCredentials, scramCost } from "../../io/password/credentials.ts";
import { createPasswordHashes, type PasswordHashes } from "../../io/password/hashes.ts";
import { saslCryptography } from "../../io/password/sasl-cryptography.ts";
import type { Store } from "../../io/store/store.ts";
import { createTokenSource } from "../../io/tokens/token-source.ts";
import { openIdConfiguration } from "../../io/tokens/issuer-keys.ts";
import type { Log } from "../../server/log.ts";
import { createAccountsSource } from "../../server/logins/accounts-source.ts";
import { type Adopt, adopting } from "../../server/logins/adopt.ts";
import { tryInOrder } from "../../server/logins/in-order.ts";
import type { Logins } from "../../server/logins/logins.ts";
import { createLogins } from "../../server/logins/service.ts";
import { ConfigurationError } from "../errors.ts";

export interface OpenLogins {
  /** Those of one service. */
  of(service: LoginService): Logins;
  readonly hashes: PasswordHashes;
  close(): Promise<void>;
}

export interface LoginParts {
  readonly store: Store;
  readonly log: Log;
  /** UTC milliseconds. */
  readonly now: () => number;
  /** Monotonic milliseconds. */
  readonly elapsed: () => number;
}

/** Passwords checked at once: each takes a core for some milliseconds, and mail needs one too. */
const atOnce = 2;

/** @throws {ConfigurationError} where a classic source cannot be used. */
export async function openLogins(settings: Settings, parts: LoginParts): Promise<OpenLogins> {
  const { store, log, now, elapsed } = parts;
  const hashes = createPasswordHashes({ atOnce, waiting: 100, patience: 10_000 });
  const classic = await openClassicSources(settings.logins, {
    hashes,
    environment: process.env,
    random: randomUUID,
  });
  if (!classic.ok) {
    await hashes.close();
    throw new ConfigurationError(classic.problem.map(formatProblem).join("\n"));
  }
  for (const why of classic.value.warnings) {
    log.warn({ event: "logins-unavailable", why }, "a source of logins does not answer yet");
  }
  const adopt = adopter(parts);
  const others = classic.value.sources.map((each) =>
    each.adopt ? adopting(each.source, adopt, log) : each.source,
  );
  const issuers = settings.logins.filter((login) => login.kind === "oauth");
  const accounts = createAccountsSource({ store, hashes });
  const passwords = tryInOrder([accounts, ...others], hashes.pretend.bind(hashes));
  const shared = {
    sasl: saslServer(settings.hostname, issuers),
    accounts: store.accounts,
    passwords,
    hasOtherSources: others.length > 0,
    hasClearPasswords: settings.logins.some(({ clearPasswords }) => clearPasswords),
    ...(issuers.length > 0 && { tokens: createTokenSource(issuers, { now, elapsed }) }),
    takesCertificates: settings.tls.clientAuthorities !== undefined,
    log,
  };
  return {
    of: (service) => createLogins({ ...shared, service }),
    hashes,
    async close() {
      await passwords.close();
      await hashes.close();
    },
  };
}

function adopter({ store, now }: LoginParts): Adopt {
  return async ({ addresses: [address] }, password) => {
    if (address === undefined) return;
    const credentials = await makeCredentials(password);
    if (!credentials.ok) throw new Error(`${formatAddress(address)}: ${credentials.problem}`);
    const account = { address, credentials: credentials.value, disabled: false, createdAt: now() };
    const added = await store.accounts.add(account);
    // It may have been added without a password, for mail to arrive until its user logs in.
    if (added === "exists") {
      await store.accounts.setFirstCredentials(mailboxKey(address), credentials.value);
    }
  };
}

/** Where a client whose token is refused may get another; with several issuers, nobody knows whose it
 * should be. */
function oauthHint(issuers: readonly OauthSettings[]): SaslServer["oauth"] {
  const [only, another] = issuers;
  if (only === undefined || another !== undefined || only.jwksUri !== undefined) return {};
  return { openIdConfiguration: openIdConfiguration(only.issuer) };
}

function saslServer(hostname: string, issuers: readonly OauthSettings[]): SaslServer {
  return {
    ports: saslCryptography(() => randomBytes(24).toString("base64url")),
    hostname,
    mayActAs: false,
    // Of this process: after a start, users who do not exist have other salts, and nobody's are worth
    // comparing over that.
    decoy: { secret: randomBytes(32), ...scramCost },
    oauth: oauthHint(issuers),
  };
}
