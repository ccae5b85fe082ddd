// `filters`: programs that look at each message before it is taken.

import { z } from "zod";
import { milterExpected, readMilterPlace } from "../values/milter-place.ts";
import { complain, duration, list, prose, section, word } from "./fields.ts";

const filter = section({
  milter: word(milterExpected, readMilterPlace).meta({
    title: "endpoint",
    description: prose(
      "Where the filter listens for the milter protocol: an address and a port in quotes, or",
      '`"unix:/PATH"`. rspamd, ClamAV, OpenDKIM and most others speak it.',
    ),
  }),
  for: z
    .enum(["all", "strangers", "users"], { error: complain("all, strangers or users") })
    .prefault("all")
    .meta({
      title: "word",
      description: prose(
        "Whose mail the filter sees. `users`: clients that may send to anybody here, by a login, a",
        "network, an address rule or a grant. `strangers`: all others.",
      ),
    }),
  fail: z
    .enum(["tempfail", "open"], { error: complain("tempfail or open") })
    .prefault("tempfail")
    .meta({
      title: "word",
      description: prose(
        "What becomes of a message while the filter cannot be reached, says nothing in time or talks",
        "nonsense. `tempfail`: its sender is told to try again (451). `open`: it is taken unseen, and the",
        "log says so.",
      ),
    }),
  timeout: duration().prefault("30s").meta({
    description:
      "How long the filter has for its verdict once the whole message has been shown to it.",
  }),
});

export const filters = list(filter, "with `milter`")
  .prefault([])
  .meta({
    title: "list of filters",
    description: prose(
      "Programs that see each message before it is taken, and may refuse it, put it off, or add fields to",
      "its top (docs/filters.md). All see it at once; if several refuse it, the first one's answer holds.",
    ),
  });
