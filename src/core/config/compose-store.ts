// From the file's `store` and its password's place to their settings.

import type { ConfigurationFile } from "./schema/file.ts";
import type { StoreDatabaseSettings, StoreSettings } from "./settings.ts";
import { resolvePath } from "./values/path.ts";

export function composeStore(file: ConfigurationFile, folder: string): StoreSettings {
  if (file.store.kind === "sqlite") return file.store;
  const { password: written, tls, ...place } = file.store;
  const password = composePassword(file, folder, written);
  return {
    ...place,
    ...(password && { password }),
    ...(tls && { tls: tls.ca === undefined ? {} : { ca: resolvePath(folder, tls.ca) } }),
  };
}

function composePassword(
  file: ConfigurationFile,
  folder: string,
  written: string | undefined,
): StoreDatabaseSettings["password"] {
  const { "store-password-file": path, "store-password-variable": variable } = file;
  if (path !== undefined) return { file: resolvePath(folder, path) };
  if (variable !== undefined) return { variable };
  return written === undefined ? undefined : { value: written };
}
