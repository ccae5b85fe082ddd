// The page's cookie. Its prefix keeps browsers from taking it from anybody but this very host, by TLS (or
// from this machine itself).

import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { longestSession } from "../access/page-sessions.ts";
import type { AdminContext } from "./route.ts";

const name = "bailiwick";
const attributes = {
  prefix: "host",
  httpOnly: true,
  secure: true,
  sameSite: "Strict",
  path: "/",
} as const;

export function readCookie(context: AdminContext): string | undefined {
  return getCookie(context, name, "host");
}

export function writeCookie(context: AdminContext, secret: string): void {
  setCookie(context, name, secret, { ...attributes, maxAge: longestSession / 1000 });
}

export function dropCookie(context: AdminContext): void {
  deleteCookie(context, name, attributes);
}
