// From the file's `logins` to their settings.

import type { LoginSettings, OauthSettings, SecretPlace } from "./login-settings.ts";
import type { ConfigurationFile } from "./schema/file.ts";
import { placeOfKey, type Source } from "./source.ts";
import { resolvePath } from "./values/path.ts";

type WrittenLogin = ConfigurationFile["logins"][number];

export function composeLogins(
  logins: ConfigurationFile["logins"],
  source: Source,
): readonly LoginSettings[] {
  return logins.flatMap((written, index) => {
    const place = placeOfKey(source, ["logins", index]);
    const found = composePlace(written, source.folder);
    if (found === undefined) return [];
    const { adopt, "clear-passwords": clearPasswords } = written;
    return [{ ...found, adopt, clearPasswords, place }];
  });
}

/** The schema sees to it that there is one. */
function composePlace(written: WrittenLogin, folder: string) {
  const { checkpassword, "vpopmail-mysql": mysql, "vpopmail-cdb": domains, oauth } = written;
  if (checkpassword !== undefined) {
    const [path = "", ...words] = checkpassword.program;
    return {
      kind: "checkpassword",
      program: [resolvePath(folder, path), ...words],
      timeout: checkpassword.timeout,
      atOnce: checkpassword["at-once"],
    } as const;
  }
  if (mysql !== undefined) {
    return {
      kind: "vpopmail-mysql",
      ...mysql.url,
      password: composeSecret(mysql, folder),
      tables: mysql.tables,
      timeout: mysql.timeout,
      atOnce: mysql["at-once"],
    } as const;
  }
  if (oauth !== undefined) return { kind: "oauth", ...composeOauth(oauth) } as const;
  if (domains === undefined) return undefined;
  return { kind: "vpopmail-cdb", domains: resolvePath(folder, domains) } as const;
}

function composeOauth(written: NonNullable<WrittenLogin["oauth"]>): OauthSettings {
  const { issuer, audience, "jwks-uri": jwksUri, "account-claim": accountClaim } = written;
  return { issuer, audience, accountClaim, ...(jwksUri !== undefined && { jwksUri }) };
}

interface WrittenSecret {
  readonly "password-file"?: string | undefined;
  readonly "password-variable"?: string | undefined;
}

export function composeSecret(written: WrittenSecret, folder: string): SecretPlace {
  const { "password-file": file, "password-variable": variable = "" } = written;
  return file === undefined ? { variable } : { file: resolvePath(folder, file) };
}
