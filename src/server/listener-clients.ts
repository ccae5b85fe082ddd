// What follows from where a client of a listener comes from, whatever it speaks.

import type { ListenerSettings } from "../core/config/settings.ts";
import { type IpAddress, isLoopback, prefixContains } from "../core/mail/ip.ts";

/** A proxy's own address, of which nothing follows: it is that of nobody in particular. */
export function isProxy({ proxies }: ListenerSettings, client: IpAddress): boolean {
  return proxies?.some((proxy) => prefixContains(proxy, client)) === true;
}

/** Without TLS: from this machine alone, where so configured. */
export function mayLogInInClear(listener: ListenerSettings, client: IpAddress): boolean {
  return !isProxy(listener, client) && isLoopback(client) && listener.clearLoginOnLoopback;
}
