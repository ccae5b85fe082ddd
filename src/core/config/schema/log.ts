// `log`: what the server says of its work, and in which form.

import { z } from "zod";
import { complain, prose, section } from "./fields.ts";

export const log = section({
  format: z
    .enum(["auto", "json", "text", "syslog"], { error: complain("auto, json, text, or syslog") })
    .prefault("auto")
    .meta({
      title: "word",
      description: prose(
        "`json`: an object on a line. `text`: for people. `syslog`: text on a line that begins with its",
        "priority, such as `<6>`, as systemd and others read it from a service's standard error.",
        "`auto`: `text` on a terminal, else `json`.",
      ),
    }),
  level: z
    .enum(["info", "warn", "error"], { error: complain("info, warn, or error") })
    .prefault("info")
    .meta({
      title: "word",
      description: prose(
        "What is left out: with `warn` all that goes as it should, decisions and attempts too; with",
        "`error` all that mends itself.",
      ),
    }),
})
  .prefault({})
  .meta({
    description: prose(
      "The log goes to standard error. Each of its lines has an `event`; docs/logs.md lists them. A",
      "reload changes both keys.",
    ),
  });
