// Where users log in until they have been taken over: vpopmail's tables or files, or another checker.

import type { DraftLogin, From } from "./draft.ts";
import type { DatabaseAccess } from "./database-file.ts";
import { controlValue } from "./file.ts";
import { type At, counted, listed, type Report } from "./report.ts";
import type { Service } from "./services.ts";
import type { Toaster, VpopmailUser } from "./toaster.ts";

export interface LoginSources {
  readonly toaster: Toaster;
  readonly access: DatabaseAccess | undefined;
  readonly services: readonly Service[];
  /** Why nobody can log in with what is stored; undefined where somebody can. */
  readonly whyUnusable: (stored: string) => string | undefined;
}

export function findLogins(sources: LoginSources, report: Report): readonly From<DraftLogin>[] {
  const { toaster, access } = sources;
  reportUsers(sources, report);
  const bare = controlValue(toaster.defaultDomain, report);
  if (bare !== undefined) {
    report.operator(
      bare.at,
      `who logged in without a domain was meant at ${bare.text}; here a login is a whole address`,
    );
  }
  const files = toaster.vpopmail === undefined ? undefined : `${toaster.vpopmail}/domains`;
  const places: From<DraftLogin>[] = [];
  if (access !== undefined) {
    const { url, password, at } = access;
    const layout = toaster.database?.layout ?? layoutOf(toaster);
    report.taken(
      at,
      "logins: vpopmail's tables, whose users are taken over as they log in (adopt)",
    );
    places.push({ value: { kind: "database", url, password, layout }, at });
  } else if (files !== undefined && toaster.domains.some(({ users }) => users.length > 0)) {
    report.taken(
      { path: files },
      "logins: vpopmail's files, whose users are taken over as they log in (adopt)",
    );
    places.push({ value: { kind: "files", folder: toaster.realPath(files) }, at: { path: files } });
  }
  const other = otherChecker(sources.services);
  if (other === undefined) return places;
  report.operator(
    other.at,
    `logins: the program ${other.value} checked passwords; see that it still can, and that this server's user may run it`,
  );
  const program = [other.value, "/usr/bin/true"];
  return [...places, { value: { kind: "checkpassword", program }, at: other.at }];
}

/** Without a database to ask: vpopmail's header says how it was built. */
function layoutOf({ headers }: Toaster): "one" | "per-domain" {
  const isBuilt = headers.some(({ text }) => /^#define\s+MANY_DOMAINS\b/m.test(text));
  return headers.length > 0 && !isBuilt ? "per-domain" : "one";
}

/** A program that is neither vpopmail's nor one that says yes to all. */
function otherChecker(services: readonly Service[]): From<string> | undefined {
  for (const { kind, checker, at } of services) {
    if (kind !== "mx" && kind !== "submission") continue;
    const program = checker.find((word) => word.startsWith("/"));
    if (program !== undefined && !/\/(?:vchkpw|true)$/.test(program)) return { value: program, at };
  }
  return undefined;
}

/** vpopmail.h */
const loginFlags = 0x2 | 0x800;

function reportUsers({ toaster, whyUnusable }: LoginSources, report: Report): void {
  for (const { name: domain, folder, users } of toaster.domains) {
    const at: At = { path: folder };
    const tell = (some: readonly VpopmailUser[], what: (who: string) => string) => {
      const names = some.map(({ name }) => `${name}@${domain}`);
      if (names.length > 0)
        report.operator(at, what(`${counted(names.length, "user")} (${listed(names)})`));
    };
    const closed = new Map<string, VpopmailUser[]>();
    for (const user of users) {
      const why = user.password === undefined ? undefined : whyUnusable(user.password);
      if (why !== undefined) closed.set(why, [...(closed.get(why) ?? []), user]);
    }
    for (const [why, some] of closed) {
      tell(
        some,
        (who) =>
          `${who} cannot log in with what is stored as the password: ${why}; set one: bailiwick account passwd`,
      );
    }
    const bounded = users.filter(({ hasQuota }) => hasQuota).length;
    if (bounded > 0) {
      report.translated(at, `${counted(bounded, "user")} had quotas; here mailboxes have none`);
    }
    const clear = users.filter(({ keepsClear }) => keepsClear);
    if (clear.length > 0) {
      report.leftOut(
        at,
        `the passwords of ${counted(clear.length, "user")} are kept in the clear beside the hashes; where clients log in with CRAM-MD5 that is needed (\`clear-passwords: true\` under \`logins\`)`,
      );
    }
    tell(
      users.filter(({ flags }) => (flags & loginFlags) !== 0),
      (who) =>
        `${who} may not send (NO_SMTP) or not read (NO_POP): that counts until they have been taken over, and not from then on`,
    );
  }
}
