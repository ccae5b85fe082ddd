// `decisions`: what is remembered of who was let in and who was not.

import { z } from "zod";
import { complain, count, duration, prose, section } from "./fields.ts";

export const decisions = section({
  keep: z
    .enum(["refused", "all"], { error: complain("refused, or all") })
    .prefault("refused")
    .meta({
      title: "word",
      description: prose(
        "`refused`: the recipients that were refused or put off. `all`: the accepted ones as well,",
        "to see afterwards why a client was let in; on a busy server this writes a row for every",
        "recipient.",
      ),
    }),
  for: duration()
    .prefault("7d")
    .meta({
      description: prose(
        "How long a decision is kept. Senders that complain of a refusal mostly do so within days.",
      ),
    }),
  "at-most": count()
    .prefault(100_000)
    .meta({
      description: prose(
        "Decisions kept at once; beyond that the oldest go first, however young. Each takes about",
        "1 KB in the store.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "Decisions are kept with all their facts, so that `bailiwick why` can explain the id in a",
      "refused client's reply. They are written beside other work, within a second, and no client",
      "waits for it: a crash may lose those of the last second.",
    ),
  });
