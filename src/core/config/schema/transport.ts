// How mail is handed to a host that the configuration names: protocol, TLS, our address, and bounds.

import { z } from "zod";
import { hostsExpected, readHosts, type WrittenHosts } from "../values/next-hosts.ts";
import { readSources, sourceExpected } from "../values/source.ts";
import { hostBounds } from "./destination-bounds.ts";
import { complain, prose, text, through } from "./fields.ts";

/** One text, or a list of texts and of lists. */
const asHosts = { error: complain(hostsExpected) };
const oneHost = z.string(asHosts);
const writtenHosts: z.ZodType<WrittenHosts, WrittenHosts> = z.union(
  [oneHost, z.array(z.union([oneHost, z.array(oneHost)], asHosts))],
  asHosts,
);

/** The hosts of `relay-to`. */
export const hosts = writtenHosts.transform(through(readHosts)).meta({
  title: "endpoint or list of them",
});

/** The hosts of `via`, or the word that stands for those of the domain itself. */
export const hostsOrMx = writtenHosts
  .transform((written, context) =>
    written === "mx" ? ("mx" as const) : through(readHosts)(written, context),
  )
  .meta({ title: "endpoint, list of them, or mx" });

const levels = ["opportunistic", "required", "verified", "off"] as const;

/** Of hosts that are named, not of MX hosts. */
export const hostTransport = {
  protocol: z
    .enum(["smtp", "lmtp"], { error: complain("smtp or lmtp") })
    .optional()
    .meta({
      title: "word",
      description: prose(
        "`lmtp` (RFC 2033) hands mail to what keeps the mailboxes, such as Dovecot, which answers for each",
        "recipient by itself; its port is 24 where none is written. Without this key: `lmtp` to a socket of",
        "this machine (`unix:/run/dovecot/lmtp`), else `smtp`.",
      ),
    }),
  tls: z
    .enum(levels, { error: complain(`one of ${levels.join(", ")}`) })
    .optional()
    .meta({
      title: "word",
      description: prose(
        "`opportunistic`: encrypted where the host can (STARTTLS), whoever it is; where the handshake",
        "fails, the same host gets the mail in the clear at once. `required`: encrypted or not at all,",
        "still without a look at the host's name. `verified`: as well, and only to a host whose",
        "certificate is for its name here, has not expired, and comes from an authority that is trusted.",
        "`off`: in the clear. Mail that cannot go so waits, the queue says why, and it comes back when it",
        "has waited too long. Without this key: `verified` where there is a `login`, else `opportunistic`.",
      ),
    }),
  "implicit-tls": z
    .boolean({ error: complain("true or false") })
    .optional()
    .meta({
      title: "true or false",
      description: prose(
        "`true`: TLS begins with the connection (RFC 8314), not with STARTTLS; there is no going back to",
        "the clear then. Without this key: `true` on port 465.",
      ),
    }),
  authorities: text("the path of a PEM file, such as ./authorities.pem")
    .optional()
    .meta({
      title: "path",
      description: prose(
        "The authorities that are trusted to vouch for the host (PEM), instead of this machine's; for a",
        "host with a certificate of its own making, that certificate. Read at start and at each reload.",
      ),
    }),
};

const asSource = { error: complain(sourceExpected) };

/** Of all ways out. */
const leaving = {
  source: z
    .union([z.string(), z.array(z.string(asSource))], asSource)
    .transform(through(readSources))
    .optional()
    .meta({
      title: "address or list of two",
      description: prose(
        "The address of this machine that connections leave from: one for IPv4, one for IPv6, or both in a",
        "list. Hosts that have addresses of the other kind alone are not reached then: mail never leaves",
        "from an address that is not written here. Without this key the system chooses.",
      ),
    }),
  ...hostBounds,
};

/** Keys of a route, and of a domain with `relay-to`. */
export const transport = { ...hostTransport, ...leaving };
