// `relay.rules`: the address rules, in a file of the classic form or written out here.

import { z } from "zod";
import { unfit } from "../problem.ts";
import { clientsExpected, readClients } from "../values/clients.ts";
import { complain, prose, section, size, word } from "./fields.ts";

const fileExpected =
  "the path of a rules file, such as tcp.smtp or tcp.smtp.cdb, or a list of rules";

const file = z
  .string({ error: complain(fileExpected) })
  .refine((path) => /^\P{Cc}+$/u.test(path), { error: ({ input }) => unfit(input, fileExpected) });

const onlyTrue = z.literal(true, { error: complain("true, or take it out") });

const textExpected = "the text that the client is told, or true for our own";

const rule = section({
  from: word(clientsExpected, readClients).meta({
    title: "clients",
    description: prose(
      "For which clients the rule is: an IP address, a network, `=NAME` for the client with this verified",
      "name, `=.SUFFIX` for all with a name that ends so, `=` for all with a name, `*` for all others.",
      "A name is verified where the client's address resolves to it, and it to the address.",
    ),
  }),
  relay: onlyTrue.optional().meta({
    title: "true",
    description: prose(
      "The clients may send mail to anyone without logging in (RELAYCLIENT in the classic form).",
    ),
  }),
  deny: z
    .union([z.literal(true), z.string().regex(/^[ -~]{1,200}$/)], {
      error: complain(`${textExpected}, in ASCII, at most 200 characters`),
    })
    .optional()
    .meta({
      title: "text or true",
      description: "All mail from these clients is refused, with this text if one is given.",
    }),
  temporary: onlyTrue.optional().meta({
    title: "true",
    description: "Beside `deny`: the refusal is for now, so that the client tries again later.",
  }),
  blocklists: z
    .literal("skip", { error: complain("skip, or take it out") })
    .optional()
    .meta({
      title: "word",
      description: "`skip`: no blocklist counts for these clients (RBLSMTPD set to nothing).",
    }),
  "max-size": size()
    .optional()
    .meta({
      title: "size",
      description: prose(
        "The largest message that is taken from these clients (DATABYTES). It can only be less than",
        "`limits.message-size`.",
      ),
    }),
}).superRefine((entry, context) => {
  const { deny, temporary, relay, blocklists } = entry;
  const complainOf = (key: string, message: string) =>
    context.addIssue({ code: "custom", path: [key], message });
  if (temporary === true && deny === undefined) {
    complainOf("temporary", "this goes with `deny`; write `deny: true` too, or take it out");
  }
  if (deny === undefined) return;
  const others = { relay, blocklists, "max-size": entry["max-size"] };
  for (const [key, value] of Object.entries(others)) {
    if (value !== undefined) {
      complainOf(key, `\`deny\` refuses all mail, so \`${key}\` has no use beside it; keep one`);
    }
  }
});

/** One rule of a list. */
export type WrittenRule = z.output<typeof rule>;

const rules = z.array(rule, { error: complain(`${fileExpected}, each with \`from\``) });

export const addressRules = z
  .union([file, rules], { error: complain(fileExpected) })
  .optional()
  .meta({
    title: "path or list of rules",
    description: prose(
      "What holds for single clients and networks: relaying, refusal, blocklists, size. Either the path",
      "of a rules file as tcpserver has it, text or (with a name that ends in `.cdb`) compiled, which is",
      "read again when it changes; or a list. One rule decides about a client, the most particular",
      "one, wherever it stands; nothing of the others is added: an address, then `=NAME`, then the longest",
      "network, then the longest `=.SUFFIX`, then `=`, then `*`. Without a match nothing is granted and",
      "nothing refused. See [address-rules.md](address-rules.md).",
    ),
  });
