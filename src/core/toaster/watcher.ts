// toaster-watcher.conf: Mail::Toaster's own settings, from which it writes the run scripts.

import type { InstalledFile } from "./file.ts";
import type { At } from "./report.ts";

export interface WatcherSetting {
  readonly value: string;
  readonly at: At;
}

/** `name = value  # comment`, a line each. */
export function readWatcher(file: InstalledFile | undefined): ReadonlyMap<string, WatcherSetting> {
  const settings = new Map<string, WatcherSetting>();
  for (const [index, line] of (file?.text ?? "").split("\n").entries()) {
    const [, name, value] = /^\s*([\w.-]+)\s*=\s*(.*?)\s*(?:#.*)?$/.exec(line) ?? [];
    if (file === undefined || name === undefined || value === undefined) continue;
    settings.set(name.toLowerCase(), { value, at: { path: file.path, line: index + 1 } });
  }
  return settings;
}

/** Whether a switch of 0 and 1 is on. */
export function isOn(setting: WatcherSetting | undefined): boolean {
  return setting !== undefined && /^(?:[1-9]|yes|true)/i.test(setting.value);
}
