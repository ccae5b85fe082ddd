// Keeps browsers out that another site sends here: it may name us as it likes (DNS rebinding), and may
// have its pages ask us for things.

import { parseIp } from "../../../core/mail/ip.ts";
import { type AdminContext, problem } from "./route.ts";

/** The answer to a request that is not meant for us, or comes from another site; undefined where all
 * is well. */
export function refuseStrangers(
  context: AdminContext,
  hosts: readonly string[],
): Response | undefined {
  const host = context.req.header("host");
  if (host !== undefined && !isOurs(host, hosts)) {
    const names = `its IP address, localhost, ${hosts.join(", ")} or a name without dots`;
    return problem(
      context,
      421,
      `this server does not answer to that name; use ${names}, or add it to admin.hosts`,
    );
  }
  const origin = context.req.header("origin");
  const isForeign =
    (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) ||
    context.req.header("sec-fetch-site") === "cross-site";
  if (!isForeign) return undefined;
  return problem(context, 403, "pages of other sites may ask nothing here; use a program of yours");
}

/** Nobody can make a browser take an IP address, or a name without dots, for a site of theirs. */
function isOurs(host: string, hosts: readonly string[]): boolean {
  const name = /^(\[[0-9a-f:.]+\]|[^:[\]]+)(?::\d{1,5})?$/i.exec(host)?.[1]?.toLowerCase();
  if (name === undefined) return false;
  return (
    hosts.includes(name) ||
    /^[a-z0-9_-]+$/.test(name) ||
    parseIp(name.startsWith("[") ? name.slice(1, -1) : name) !== undefined
  );
}
