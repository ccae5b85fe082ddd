// What is said of app passwords, on a terminal and on the page.

import type { AppPassword, AppPasswordScope } from "../../../io/store/app-password-store.ts";
import { formatTime } from "./times.ts";

export const scopeInWords: Readonly<Record<AppPasswordScope, string>> = {
  all: "sending and reading",
  send: "sending only",
  read: "reading only",
};

export function describeLastUse({ lastUsed, lastClient }: AppPassword): string {
  if (lastUsed === undefined) return "never";
  return `${formatTime(lastUsed)}${lastClient === undefined ? "" : ` from ${lastClient}`}`;
}
