// Bailiwick and somebody else's mail server on addresses of their own, each with the ports of the world.
// Between them stand signed zones and a resolver that validates, policies by HTTPS, and an authority
// that both trust.

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { makeAuthority } from "../../support/certificates.ts";
import { whyMissing } from "../../support/command.ts";
import { callOperation } from "../../support/control.ts";
import { freeAddress } from "../../support/peers/loopback.ts";
import { openMachine, whyNoMachine } from "../../support/peers/machine.ts";
import type { PeerRequest } from "../../support/peers/peer.ts";
import { startPolicySite } from "../../support/peers/policy-site.ts";
import { makeSigningKey } from "../../support/peers/signing-key.ts";
import { openSessionFrom, startProxy } from "../../support/proxied.ts";
import { temporaryFolder, type TestServer } from "../../support/server.ts";
import { startSignedDns } from "../../support/signed-dns.ts";
import type { Attempt } from "../10-transport/world.ts";
import { letter } from "./letter.ts";
import { alice, makeKeys, ownClient, startOurs } from "./ours.ts";
import { enforcing, zonesOf } from "./zones.ts";

/** The peer's. */
export const zoe = "zoe@peer.test";

/** Nothing is verified for clients on loopback: the peer comes from here. */
const strangerAt = "203.0.113.9";

export interface World {
  readonly server: TestServer;
  /** All that a peer is told. */
  readonly request: PeerRequest;
  /** From `alice` to the peer's `zoe@DOMAIN`; resolves with the first attempt. */
  send(domain: string): Promise<Attempt>;
}

/** Why there can be none here; false where there can. */
export async function whyNoWorld(): Promise<string | false> {
  return (await whyNoMachine()) || (await whyMissing("knotd")) || (await whyMissing("unbound"));
}

/** @param files of the peer's machine. */
export async function startWorld(
  t: TestContext,
  files: Readonly<Record<string, string>> = {},
): Promise<World> {
  const addresses = {
    ours: await freeAddress(),
    theirs: await freeAddress(),
    web: await freeAddress(),
  };
  const resolver = await freeAddress();
  const authority = makeAuthority("Test Authority");
  const authorities = join(await temporaryFolder(t), "authorities.pem");
  await writeFile(authorities, authority.cert);
  const certificates = {
    ours: authority.issue({ names: ["mx.ours.test"] }),
    theirs: authority.issue({ names: ["mx.peer.test", "mx.sts.test"] }),
  };
  const signsWith = makeSigningKey("peer.test", "s1");
  const server = await startOurs(t, { resolver, authorities, certificate: certificates.ours });
  await startProxy(t, server.address, strangerAt, { host: addresses.ours, port: 25 });
  const keys = await makeKeys(server);
  const zones = zonesOf({ addresses, certificates, keys, signsWith, strangerAt });
  await startSignedDns(t, zones, { host: resolver, port: 53 });
  await startPolicySite(t, addresses.web, authority, enforcing);
  await callOperation(server, "dkimActivate", "ours.test", false);
  return {
    server,
    request: {
      machine: await openMachine(t, resolver, files),
      resolver,
      hostname: "mx.peer.test",
      address: addresses.theirs,
      users: [zoe, "zoe@sts.test"],
      domains: ["peer.test", "wrong.peer.test", "sts.test", "off.test"],
      certificate: certificates.theirs,
      authorities,
      signsWith,
    },
    async send(domain) {
      const to = `zoe@${domain}`;
      const session = await openSessionFrom(server.address, ownClient);
      await session.send({ from: alice, to: [to], content: letter(alice, to) });
      session.destroy();
      const attempt = await server.untilLogged(
        ({ event, recipient }) => event === "attempt" && recipient === to,
      );
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the log's own words
      return attempt as unknown as Attempt;
    },
  };
}
