// `tls`: the certificates that the server shows.

import type { z } from "zod";
import { bad, good } from "../../result.ts";
import { unfit } from "../problem.ts";
import { list, prose, section, word } from "./fields.ts";

const pathExpected = "the path of a PEM file, such as ./cert.pem";

function pemFile(): z.ZodType<string, string> {
  return word(pathExpected, (text) =>
    // oxlint-disable-next-line no-control-regex -- control characters are the point
    /^[^\u0000-\u001f\u007f]+$/.test(text) ? good(text) : bad(unfit(text, pathExpected)),
  ).meta({ title: "path" });
}

const certificateText = prose(
  "The certificate, with those behind it that lead to its authority (PEM). It is shown to clients that",
  "ask for one of its names, the first one configured also to those that ask for none (SNI).",
);

const keyText = prose(
  "The certificate's key (PEM, without a passphrase). The user that the server works as must be able to",
  "read it, and nobody else should. Certificate and key are read again when the files change: sessions",
  "that are open go on, new ones are shown the new certificate within two seconds. Files that cannot be",
  "used are refused, the log says why, and the certificate before stays in use. A key that every user",
  "of this machine may read is served, and warned of (`key-open`).",
);

const another = section({
  certificate: pemFile().meta({ description: certificateText }),
  key: pemFile().meta({ description: keyText }),
});

export const tls = section({
  certificate: pemFile().optional().meta({ title: "path", description: certificateText }),
  key: pemFile().optional().meta({ title: "path", description: keyText }),
  more: list(another, "with `certificate` and `key`").prefault([]).meta({
    title: "list of certificates",
    description: "Certificates for other names of this server, each with its key.",
  }),
  "client-authorities": pemFile()
    .optional()
    .meta({
      title: "path",
      description: prose(
        "The authorities whose client certificates are believed (PEM), for clients that log in with a",
        "certificate instead of a password (SASL EXTERNAL). Without it no client is asked for one.",
      ),
    }),
})
  .refine(({ certificate, key }) => (certificate === undefined) === (key === undefined), {
    error: "`certificate` and `key` belong together; write both, or neither",
  })
  .prefault({})
  .meta({
    description: prose(
      "The server's certificates. Without one, a self-signed certificate is made at the first start and",
      "kept below `data`: mail between servers is encrypted with it, but mail clients warn their users.",
    ),
  });
