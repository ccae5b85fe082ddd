// Where domains publish what they want of those who send to them (RFC 8461 §3.3), on port 443.

import { once } from "node:events";
import { createServer } from "node:https";
import type { TestAuthority } from "../certificates.ts";
import type { Cleanup } from "../cleanup.ts";

/** Every domain enforces, and lists its host `mx.DOMAIN`. */
export async function startPolicySite(
  cleanup: Cleanup,
  address: string,
  authority: TestAuthority,
  domains: readonly string[],
): Promise<void> {
  const certificate = authority.issue({ names: domains.map((domain) => `mta-sts.${domain}`) });
  const site = createServer({ ...certificate }, (request, response) => {
    const domain = domains.find((one) => request.headers.host === `mta-sts.${one}`);
    if (domain === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "text/plain" });
    response.end(`version: STSv1\nmode: enforce\nmx: mx.${domain}\nmax_age: 604800\n`);
  });
  site.listen(443, address);
  await once(site, "listening");
  cleanup.after(async () => {
    site.closeAllConnections();
    site.close();
  });
}
