// `blocklists` and what goes with them: lists in the DNS of addresses from which spam comes.

import { z } from "zod";
import { codesExpected, readCodeRange, usualCodes } from "../../blocklist/codes.ts";
import { bad } from "../../result.ts";
import { unfit } from "../problem.ts";
import { readDomain } from "../values/name.ts";
import { complain, duration, list, prose, section, word } from "./fields.ts";

const zoneExpected = "the name under which the list is asked, such as zen.example.org";

/** An IPv6 address before it takes 64 of the 253 characters of a name. */
const longestZone = 189;

const zone = word(zoneExpected, (text) => {
  const read = readDomain(text);
  if (!read.ok || read.value.length <= longestZone) return read;
  return bad(
    `the name is longer than ${longestZone} characters, so that no address fits before it`,
  );
}).meta({
  title: "domain",
  description: prose(
    "The list's own name in the DNS. A client 192.0.2.9 is looked up as 9.2.0.192 below it (RFC",
    "5782). Most lists have terms: some want to be asked through a resolver of your own (`dns`), some",
    "with a key in the name.",
  ),
});

const scoreExpected = "a number that is not 0, such as 1, 0.5 or -2";

const score = z
  .number({ error: complain(scoreExpected) })
  .refine((value) => value !== 0, { error: ({ input }) => unfit(input, scoreExpected) })
  .prefault(1)
  .meta({
    title: "number",
    description: prose(
      "What it counts that a client is on the list. A client whose scores add up to",
      "`blocklist-threshold` is refused. A negative score makes it an allow list: who is on it needs",
      "that much more to be refused.",
    ),
  });

const fail = z
  .enum(["open", "closed"], { error: complain("open or closed") })
  .prefault("open")
  .meta({
    title: "word",
    description: prose(
      "What holds while the list gives no good answer. `open`: it counts nothing. `closed`: where its",
      "answer could decide, strangers are told to try again later (451), for as long as the list is",
      "away; for lists that you run yourself.",
    ),
  });

const blocklist = section({
  zone,
  score,
  codes: list(word(codesExpected, readCodeRange), codesExpected)
    .min(1, { error: `the list is empty; write ${codesExpected}, or take the key out` })
    .prefault([usualCodes])
    .meta({
      title: "list of codes",
      description: prose(
        "Which answers list a client, in 127.0.0.0/8; other answers in it count as not listed. Lists",
        "that combine several tell them apart by these codes, see their documentation. 127.255.255.0/24",
        "always means that the list refuses the question, and an answer outside 127.0.0.0/8 that",
        "somebody answers in its place: neither lists anybody.",
      ),
    }),
  fail,
  ipv6: z
    .boolean({ error: complain("true or false") })
    .prefault(true)
    .meta({
      title: "true or false",
      description: prose(
        "Whether IPv6 clients are looked up as well. A list that knows no IPv6 is found out by its test",
        "points and not asked for it; `false` saves the test.",
      ),
    }),
});

export const blocklists = list(blocklist, "with a `zone`")
  .prefault([])
  .meta({
    title: "list of blocklists",
    description: prose(
      "DNS blocklists (RFC 5782) for strangers on `mx` listeners: all are asked at once when a client",
      "connects, and a client that is listed is refused as it names a recipient of ours, with the list's",
      "name and explanation. They never concern clients in `relay.networks`, nor who has logged in or may",
      "relay after reading mail. Each list is tested at the start and every hour; one that is silent,",
      "lists everybody or refuses to answer is set aside until it is mended, see `bailiwick blocklists`.",
    ),
  });

const thresholdExpected = "a number above 0, such as 1";

export const blocklistThreshold = z
  .number({ error: complain(thresholdExpected) })
  .positive({ error: complain(thresholdExpected) })
  .prefault(1)
  .meta({
    title: "number",
    description: prose(
      "The sum of scores from which on a client is refused. With the usual scores of 1: on how many",
      "lists it must be.",
    ),
  });

const shortest = 100;
const longest = 60_000;

export const blocklistTimeout = duration()
  .refine((time) => shortest <= time && time <= longest, {
    error: "write a time from 1s to 60s: a client waits for it where a list is slow",
  })
  .prefault("5s")
  .meta({
    title: "duration",
    description: prose(
      "How long the answers of all lists together may take, from the moment when the client connects.",
      "A list that has not answered by then is treated as its `fail` says.",
    ),
  });
