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

/** As many characters as the store has room for. */
export const longestPasswordName = 200;

/** What a password is for. It is shown on terminals: nothing in it may steer one, or turn the line
 * around. Undefined where it is nothing of that kind. */
export function passwordName(text: string): string | undefined {
  const name = text.trim();
  const isGood =
    name !== "" && name.length <= longestPasswordName && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name);
  return isGood ? name : undefined;
}
