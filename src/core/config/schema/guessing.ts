// `limits.guessing` and `limits.breaker`: those who guess passwords, and those who found one.

import type { z } from "zod";
import type { Rate } from "../../limits/bucket.ts";
import { durationExpected } from "../values/duration.ts";
import { networkExpected, readNetwork } from "../values/network.ts";
import { rateExpected } from "../values/rate.ts";
import { count, duration, list, prose, rate, section, word } from "./fields.ts";

function allowance(
  standard: string,
  ...lines: readonly string[]
): z.ZodPrefault<z.ZodType<Rate | undefined, string>> {
  return rate()
    .prefault(standard)
    .meta({ description: prose(...lines) });
}

export const guessing = section({
  client: allowance(
    "20 per 1h",
    "Wrong logins from one address, an IPv4 address or an IPv6 /64; with the last of them it is",
    "banned. The same wrong password for the same name counts once, as a forgotten phone sends it.",
  ),
  network: allowance(
    "60 per 1h",
    "Wrong logins from one network, an IPv4 /24 or an IPv6 /48; with the last of them all of it is",
    "banned.",
  ),
  names: allowance(
    "10 per 1h",
    "User names that one address gets wrong; with the last of them it is banned. People mistype one",
    "or two, guessers go through lists.",
  ),
  account: allowance(
    "100 per 1h",
    "Wrong logins as one user, from all addresses together where that user has not logged in lately.",
    "When they are used up, nobody can log in as that user from such an address for a while; where",
    "the user is known, nothing changes.",
  ),
  known: allowance(
    "20 per 1h",
    "Wrong logins as one user from one address where that user has logged in well in the last 30",
    "days. They count nowhere else, nobody is banned for them, and what others do does not use them",
    "up: so strangers cannot lock a user out.",
  ),
  ban: list(duration(), durationExpected)
    .min(1, { error: `the list is empty; write at least one length, ${durationExpected}` })
    .prefault(["15m", "1h", "4h", "1d"])
    .meta({
      title: "list of durations",
      description: prose(
        "How long a ban lasts: the first of an address or a network, the second and so on; the last",
        "one repeats. A ban is remembered for 30 days after its end.",
      ),
    }),
  allow: list(word(networkExpected, readNetwork), networkExpected)
    .prefault(["127.0.0.0/8", "::1"])
    .meta({
      title: "list of networks",
      description: prose(
        "Addresses and networks from which wrong logins are neither counted nor slowed down, and that",
        "no ban concerns: a web mail's host, which brings the logins of all its users, or a monitor.",
        "The addresses in a listener's `proxies` are always among them. It wins over everything,",
        "`bailiwick bans add` included; what it does not do is let anybody in without a password.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "What happens to those who guess passwords: their answers wait, up to 15 seconds, and then they",
      "are banned from logging in (not from bringing mail for our domains). `bailiwick bans` shows who",
      "is banned and why, and lifts it. [guessing.md](guessing.md) says more.",
    ),
  });

const rateList = (standard: string[], ...lines: readonly string[]) =>
  list(rate(), rateExpected)
    .prefault(standard)
    .meta({ title: "list of rates", description: prose(...lines) });

export const breaker = section({
  messages: rateList(
    ["600 per 1h", "1000 per 1d"],
    "Messages of one account; each rate counts for itself.",
  ),
  recipients: rateList(
    ["3000 per 1h", "5000 per 1d"],
    "Recipients of one account; each rate counts for itself.",
  ),
  refused: count()
    .prefault(50)
    .meta({
      description: prose(
        "Recipients of one account in about an hour that do not exist here or were refused for good",
        "where its mail went. Lists that spam is sent to are full of them.",
      ),
    }),
  "refused-share": count()
    .prefault(30)
    .meta({
      title: "number",
      description: prose(
        "How many in a hundred recipients must be refused besides, so that somebody who writes to many",
        "may be wrong about some. Above 100: refused recipients never stop an account.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "When an account sends like this, somebody else has its password: sending is stopped, its mail in",
      "the queue is held, the log has an error, and `bailiwick account list` shows it, until `bailiwick",
      "account release ADDRESS`. These bounds lie behind `limits.rates.login`, which only slows down. An",
      "empty list bounds nothing. [guessing.md](guessing.md) says more.",
    ),
  });
