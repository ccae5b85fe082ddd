// `logins`: the places beside our own accounts that know users and their passwords.

import { z } from "zod";
import { databaseFields } from "./database.ts";
import { hasOnePassword, onePasswordNeeded } from "./password.ts";
import { complain, count, duration, list, prose, section, text } from "./fields.ts";
import { oauth } from "./oauth.ts";

const programExpected = "a path or an argument, such as /usr/bin/true";
const programListExpected = "the program and its arguments";

const checkpassword = section({
  program: list(text(programExpected), programExpected)
    .min(1, { error: `the list is empty; write ${programListExpected}` })
    .meta({
      title: "list of words",
      description: prose(
        "The program's path and its arguments, which no shell sees. The arguments are what it runs when",
        "the password is good: `/usr/bin/true` does. At start it is asked about a user whom nobody knows;",
        "a program that lets that one in is refused, for it would let everyone in.",
      ),
    }),
  timeout: duration()
    .prefault("10s")
    .meta({
      description: prose(
        "How long it may take for one login; then it is killed, with all that it has started, and the",
        "client is told to come back.",
      ),
    }),
  "at-once": count()
    .prefault(10)
    .meta({
      description: prose(
        "Processes at once. As many more logins wait for one to end; beyond that clients are told to",
        "come back.",
      ),
    }),
})
  .optional()
  .meta({
    description: prose(
      "A program with checkpassword's interface, such as vpopmail's `vchkpw`. It reads login and",
      "password from descriptor 3, at most 512 octets, and ends with 0 where they are good, 1 where",
      "not, 2 where it is used wrongly, 111 where it cannot tell now; vchkpw's own codes are understood",
      "too. It cannot say whether it knows a login, so its no lets the next place be asked: name it",
      "last. It finds the port of the service in TCPLOCALPORT (587, 110), and none of our own variables.",
    ),
  });

const vpopmailMysql = section({
  ...databaseFields(
    prose(
      "The user needs SELECT on the tables and nothing else. The hashes cross the network as they are,",
      "so a server elsewhere is to be reached through a tunnel.",
    ),
  ),
  tables: z
    .enum(["one", "per-domain"], { error: complain("one, or per-domain") })
    .prefault("one")
    .meta({
      title: "word",
      description: prose(
        "How vpopmail was built. `one`: all users are in the table `vpopmail`. `per-domain`: each domain",
        "has a table of its own (`--disable-many-domains`).",
      ),
    }),
  timeout: duration()
    .prefault("5s")
    .meta({
      description: prose(
        "How long the database may take for one login; then the client is told to come back.",
      ),
    }),
  "at-once": count()
    .prefault(5)
    .meta({
      description: prose(
        "Connections to it, and so logins that it is asked about at once. Four times as many wait.",
      ),
    }),
})
  .refine(hasOnePassword, { error: onePasswordNeeded })
  .optional()
  .meta({
    description: prose(
      "The tables of vpopmail in MySQL or MariaDB: users, `aliasdomains` and `limits`. Hashes may be",
      "those of crypt(3) (DES, `$1$`, `$5$`, `$6$` with up to 1,000,000 rounds), Argon2, and what",
      "Dovecot writes behind `{SHA}`, `{SSHA}`, `{PLAIN}` and the like. NO_SMTP and NO_POP are obeyed. While",
      "the database is away, clients are told to come back.",
    ),
  });

const domainsExpected = "the path of a folder, such as /home/vpopmail/domains";

const kinds = ["checkpassword", "vpopmail-mysql", "vpopmail-cdb", "oauth"] as const;

const source = section({
  checkpassword,
  "vpopmail-mysql": vpopmailMysql,
  "vpopmail-cdb": text(domainsExpected)
    .optional()
    .meta({
      title: "path",
      description: prose(
        "The folder `domains` of vpopmail, where each domain has its users in `vpasswd.cdb` or `vpasswd`.",
        "This program's user must be able to read them. They are read at each login.",
      ),
    }),
  oauth,
  adopt: z
    .boolean({ error: complain("true or false") })
    .prefault(false)
    .meta({
      title: "true or false",
      description: prose(
        "`true`: who logs in here becomes one of our own accounts, with the password kept as Argon2.",
        "From then on the old place is not asked about that user any more, so a password that is changed",
        "there does not count. For moving away from it, user by user, without anybody noticing.",
      ),
    }),
  "clear-passwords": z
    .boolean({ error: complain("true or false") })
    .prefault(false)
    .meta({
      title: "true or false",
      description: prose(
        "`true`: CRAM-MD5 is offered (RFC 2195), for old clients that know nothing else. It needs the",
        "passwords themselves, which vpopmail keeps beside the hashes unless it was built without them;",
        "users who have none there, and our own accounts, cannot log in with it. Clients that prefer it",
        "to PLAIN try it first, so leave it off where nobody needs it.",
      ),
    }),
})
  .refine((entry) => kinds.filter((kind) => entry[kind] !== undefined).length === 1, {
    error: ({ input }) => explainChoice(input),
  })
  .refine(({ oauth: issuer, adopt }) => issuer === undefined || !adopt, {
    path: ["adopt"],
    error: "there is no password in a token that could be kept; take `adopt` out",
  })
  .refine((entry) => !entry["clear-passwords"] || keepsPasswords(entry), {
    path: ["clear-passwords"],
    error: "only vpopmail keeps passwords in the clear; take `clear-passwords` out",
  })
  .meta({ oneOf: kinds.map((kind) => ({ required: [kind] })) });

function keepsPasswords(entry: Readonly<Record<string, unknown>>): boolean {
  return entry["vpopmail-mysql"] !== undefined || entry["vpopmail-cdb"] !== undefined;
}

function explainChoice(entry: unknown): string {
  const named = typeof entry === "object" && entry !== null ? Object.keys(entry) : [];
  const words = kinds.map((kind) => `\`${kind}\``).join(", ");
  return kinds.some((kind) => named.includes(kind))
    ? "each item is one place; write another item, with its own -, for the other"
    : `it is not said what is asked; write one of ${words}`;
}

export const logins = list(source, "one of checkpassword, vpopmail-mysql, vpopmail-cdb and oauth")
  .prefault([])
  .meta({
    title: "list of places",
    description: prose(
      "Who else knows users and their passwords, beside our own accounts, which come first: the classic",
      "places, for users who are there already. They are asked in this order, and the first that knows",
      "the login decides. One that does not answer is not passed over: it might have said no.",
    ),
  });
