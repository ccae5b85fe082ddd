// vpopmail's users as a source of logins, wherever vpopmail keeps them.

import type {
  ClearPasswordOutcome,
  LoginAccount,
  LoginFailure,
  LoginOutcome,
  LoginRequest,
  LoginService,
  LoginSource,
} from "../../../core/login/source.ts";
import { formatAddress } from "../../../core/mail/address.ts";
import type { PasswordHashes, PasswordVerdict } from "../../password/hashes.ts";
import { readFlags, readLogin, type VpopmailDirectory, type VpopmailUser } from "./mailbox.ts";

/** A user's password is checked before the flags are looked at: what an account is kept from is
 * nobody's business who does not know its password. */
export function createVpopmailSource(
  directory: VpopmailDirectory,
  hashes: Pick<PasswordHashes, "verify">,
): LoginSource {
  async function find(login: string): Promise<FoundUser | LoginFailure> {
    const mailbox = readLogin(login);
    if (mailbox === undefined) return unknown(directory, "the login is no address of ASCII");
    const found = await directory.find(mailbox);
    if (!found.ok) return { result: "temporary", ...found.problem };
    if (found.value === undefined) return unknown(directory, "there is no such user");
    return { result: "found", user: found.value };
  }

  return {
    name: directory.name,
    async verify({ login, password, service }: LoginRequest): Promise<LoginOutcome> {
      const found = await find(login);
      if (found.result !== "found") return found;
      const verdict = await hashes.verify(password, found.user.password);
      return judge(found.user, verdict, service);
    },
    async clearPassword({ login, service }): Promise<ClearPasswordOutcome> {
      const found = await find(login);
      if (found.result !== "found") return found;
      const { clearPassword: password = "" } = found.user;
      if (password === "") return refused("no password is kept in clear");
      const account = accountOf(found.user);
      return forbidden(account, service) ?? { result: "good", account, password };
    },
    close: () => directory.close(),
  };
}

interface FoundUser {
  readonly result: "found";
  readonly user: VpopmailUser;
}

function judge(user: VpopmailUser, verdict: PasswordVerdict, service: LoginService): LoginOutcome {
  switch (verdict.result) {
    case "matches": {
      const account = { ...accountOf(user), passwordKind: verdict.kind };
      return forbidden(account, service) ?? { result: "good", account };
    }
    case "differs":
      return refused("the password is wrong");
    case "unusable":
      return refused(`nobody can log in with what is stored as the password: ${verdict.why}`);
    case "unavailable":
      return { result: "temporary", why: verdict.why, fault: "busy" };
  }
}

function forbidden({ flags }: LoginAccount, service: LoginService): LoginFailure | undefined {
  const [isForbidden, flag] = {
    smtp: [flags.noSmtp, "NO_SMTP"] as const,
    pop3: [flags.noPop, "NO_POP"] as const,
  }[service];
  return isForbidden ? refused(`the password is right, and ${flag} is set`) : undefined;
}

function accountOf({ mailbox, aliasDomains, flags }: VpopmailUser): LoginAccount {
  const { local } = mailbox;
  return {
    name: formatAddress(mailbox),
    addresses: [mailbox, ...aliasDomains.map((domain) => ({ local, domain }))],
    flags: readFlags(flags),
  };
}

function refused(why: string): LoginFailure {
  return { result: "refused", why };
}

function unknown({ name }: VpopmailDirectory, why: string): LoginFailure {
  return { result: "unknown", why: `${name}: ${why}` };
}
