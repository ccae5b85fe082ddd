// The host's name, and its certificate.

import { readDomain } from "../config/values/name.ts";
import type { Domain } from "../mail/domain.ts";
import type { From } from "./draft.ts";
import { controlValue, type InstalledFile } from "./file.ts";
import { quote, type Report } from "./report.ts";
import type { Toaster } from "./toaster.ts";

/** `me`; where that is missing, the name that qmail greeted other servers with. */
export function findHostname(toaster: Toaster, report: Report): From<Domain> | undefined {
  const me = readName(toaster.control.get("me"), report);
  const helo = readName(toaster.control.get("helohost"), report);
  if (helo !== undefined && me !== undefined && helo.value !== me.value) {
    report.operator(
      helo.at,
      `other servers were greeted with ${helo.value}; here one name serves for all, and that is ${me.value}: its address must resolve to it, and it to the address`,
    );
  } else if (helo !== undefined && me !== undefined) {
    report.taken(helo.at, "the same name as in control/me");
  }
  const name = me ?? helo;
  if (name !== undefined) report.taken(name.at, `hostname: ${name.value}`);
  else {
    const path = `${toaster.qmail ?? "/var/qmail"}/control/me`;
    report.operator({ path }, "no name of this host is found; write `hostname`");
  }
  return name;
}

function readName(file: InstalledFile | undefined, report: Report): From<Domain> | undefined {
  const line = controlValue(file, report);
  if (line === undefined) return undefined;
  const name = readDomain(line.text);
  if (name.ok) return { value: name.value, at: line.at };
  report.operator(
    line.at,
    `${quote(line.text)} is no host's name; write the right one as \`hostname\``,
  );
  return undefined;
}

/** servercert.pem has the key and the certificate in one file. Whether they can be served is for whoever
 * can try. */
export function findCertificate(toaster: Toaster, report: Report): From<string> | undefined {
  const file = toaster.control.get("servercert.pem");
  if (file === undefined) return undefined;
  const { path, text } = file;
  const missing = [
    ...(/-----BEGIN CERTIFICATE-----/.test(text) ? [] : ["certificate"]),
    ...(/-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----/.test(text) ? [] : ["key"]),
  ];
  if (missing.length > 0) {
    report.operator({ path }, `there is no ${missing.join(" and no ")} in it; see \`tls\``);
    return undefined;
  }
  if (/-----BEGIN ENCRYPTED|Proc-Type: 4,ENCRYPTED/.test(text)) {
    report.operator({ path }, "its key has a passphrase, which nobody could type; see `tls`");
    return undefined;
  }
  return { value: toaster.realPath(path), at: { path } };
}
