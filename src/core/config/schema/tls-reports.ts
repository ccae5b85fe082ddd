// `tls-reports`: how TLS with other domains' hosts went, for those who want to know (RFC 8460).

import { needsSmtpUtf8, parseAddress } from "../../mail/address.ts";
import { isAddressLiteral } from "../../mail/domain.ts";
import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { prose, section, text, word } from "./fields.ts";

const fromExpected = "an address, such as tls-reports@example.org";

/** Programs read these mails: nothing in them is beyond ASCII. */
const from = word(fromExpected, (written) => {
  const read = parseAddress(written);
  const isPlain = read.ok && !needsSmtpUtf8(read.value) && !isAddressLiteral(read.value.domain);
  return isPlain ? good(read.value) : bad(unfit(written, fromExpected));
});

export const tlsReports = section({
  from: from.meta({
    title: "address",
    description: prose(
      "Whom the reports come from, and whom their readers may write to. It should exist: mail that cannot",
      "be delivered comes back to it.",
    ),
  }),
  organization: text("the name of your organization, such as Example Ltd").optional().meta({
    title: "word",
    description: "Who reports, in the reports. Without this key: the value of `hostname`.",
  }),
})
  .optional()
  .meta({
    description: prose(
      "Once a day, a report to each domain that asks for it (a TXT record at `_smtp._tls.DOMAIN`) of how",
      "many connections to its hosts came by TLS, and what went wrong with the others: by mail, or by",
      "HTTPS. It names this host and its addresses, and nothing of the mail itself. Without this section",
      "nothing is counted, and nobody is told.",
    ),
  });
