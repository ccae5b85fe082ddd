// The configuration file as a whole. `docs/configuration.md` and `docs/bailiwick.schema.json` are
// written from this schema: its descriptions are the manual.

import type { z } from "zod";
import { formatAddress, parseAddress } from "../../mail/address.ts";
import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { admin } from "./admin.ts";
import { authentication } from "./authentication.ts";
import { blocklists, blocklistThreshold, blocklistTimeout } from "./blocklists.ts";
import { limits, queue } from "./bounds.ts";
import { decisions } from "./decisions.ts";
import { dns } from "./dns.ts";
import { filters } from "./filters.ts";
import { domain, prose, section, word } from "./fields.ts";
import { listeners } from "./listeners.ts";
import { log } from "./log.ts";
import { logins } from "./logins.ts";
import { mxTransport } from "./mx-transport.ts";
import { domains, relay, routes } from "./relaying.ts";
import { notices } from "./notices.ts";
import { store, storePasswordFile, storePasswordVariable } from "./store.ts";
import { submission } from "./submission.ts";
import { tls } from "./tls.ts";
import { tlsReports } from "./tls-reports.ts";

const folderExpected = "the path of a folder, such as ./data";

const data = word(folderExpected, (text) =>
  // oxlint-disable-next-line no-control-regex -- control characters are the point
  /^[^\u0000-\u001f\u007f]+$/.test(text) ? good(text) : bad(unfit(text, folderExpected)),
)
  .prefault("./data")
  .meta({
    title: "path",
    description: prose(
      "The folder of the store, the mailboxes and the control socket. A relative path starts at the",
      "configuration file's folder. It is created if need be, for this program's user alone; put it",
      "on a disk that keeps what it has synced. Folders that are missing above it are created such that",
      "all users can pass them.",
    ),
  });

const userExpected = "the name of a user of this host, such as bailiwick";

const user = word(userExpected, (text) =>
  /^[a-z_][a-z0-9_.-]*$/i.test(text) ? good(text) : bad(unfit(text, userExpected)),
)
  .optional()
  .meta({
    title: "user name",
    description: prose(
      "The user to become once the ports are bound, when started as root. Give it a user of its",
      "own that may write to `data` and nowhere else. Not needed where the service manager starts the",
      "program as that user already.",
    ),
  });

const postmasterExpected = "an address, such as admin@example.org";

const postmaster = word(postmasterExpected, (text) => {
  const address = parseAddress(text);
  return address.ok ? good(formatAddress(address.value)) : bad(unfit(text, postmasterExpected));
})
  .optional()
  .meta({
    title: "address",
    description: prose(
      "Where mail for `postmaster` goes, at any of our domains and without a domain: every mail",
      "server must take it (RFC 5321 §4.5.1). Without this key, only a domain with an account of that",
      "name does.",
    ),
  });

export const configurationFile = section({
  hostname: domain().meta({
    title: "domain",
    description: prose(
      "The name of this host in greetings, EHLO, trace fields and notices. It should be the name that",
      "its address resolves to in DNS, and back: many hosts refuse mail from others (RFC 5321 §4.1.4).",
    ),
  }),
  data,
  user,
  postmaster,
  listeners,
  tls,
  submission,
  authentication,
  relay,
  domains,
  logins,
  blocklists,
  "blocklist-threshold": blocklistThreshold,
  "blocklist-timeout": blocklistTimeout,
  routes,
  filters,
  "mx-transport": mxTransport,
  "tls-reports": tlsReports,
  dns,
  limits,
  queue,
  notices,
  decisions,
  admin,
  log,
  store,
  "store-password-file": storePasswordFile,
  "store-password-variable": storePasswordVariable,
}).meta({
  title: "Configuration of Bailiwick",
  description: "All keys but `hostname` may be left out. An unknown key is an error.",
});

/** The file's values after each has been read by itself. */
export type ConfigurationFile = z.output<typeof configurationFile>;
