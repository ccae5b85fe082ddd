// dovecot.conf for a Dovecot that runs whole as one ordinary user, on loopback.

import { execFileSync } from "node:child_process";

/** Names and numbers of one ordinary user. */
export interface DovecotUser {
  readonly name: string;
  readonly group: string;
  readonly userId: number;
  readonly groupId: number;
}

export interface DovecotSettings {
  readonly folder: string;
  readonly mailRoot: string;
  readonly user: DovecotUser;
  readonly imapPort: number;
  readonly pop3Port: number;
}

/** Who Dovecot runs as, and whom mailboxes must belong to, for it never opens mail as root: whoever
 * runs the tests, or `nobody` where that is root. */
export function dovecotUser(): DovecotUser {
  const who = process.getuid?.() === 0 ? "nobody" : String(process.getuid?.());
  const ask = (what: string) => execFileSync("id", [what, who], { encoding: "utf8" }).trim();
  return {
    name: ask("-un"),
    group: ask("-gn"),
    userId: Number(ask("-u")),
    groupId: Number(ask("-g")),
  };
}

/** In the words of Dovecot 2.3. */
export function dovecotConfiguration(settings: DovecotSettings): string {
  const { folder, mailRoot, user } = settings;
  return `
base_dir = ${folder}/run
state_dir = ${folder}/state
log_path = ${folder}/log
protocols = imap pop3
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = ${user.name}
default_internal_group = ${user.group}
default_login_user = ${user.name}
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:${mailRoot}/%d/%n
passdb {
  driver = passwd-file
  args = ${folder}/users
}
userdb {
  driver = static
  args = uid=${user.userId} gid=${user.groupId} home=${mailRoot}/%d/%n
}
${["anvil", "stats"].map((name) => `service ${name} {\n  chroot =\n}`).join("\n")}
${loginService("imap", settings.imapPort)}
${loginService("pop3", settings.pop3Port)}
`;
}

/** Without TLS, and without the jail that only root can build. */
function loginService(protocol: "imap" | "pop3", port: number): string {
  return `service ${protocol}-login {
  chroot =
  inet_listener ${protocol} {
    port = ${port}
  }
  inet_listener ${protocol}s {
    port = 0
  }
}`;
}
