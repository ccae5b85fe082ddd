// Postfix with all that the world's mail has: certificates, DANE, and OpenDKIM behind it.

import { chown, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startPostfix } from "../../../bench/servers/postfix.ts";
import { openWorkspace } from "../../../bench/workspace.ts";
import type { Cleanup } from "../cleanup.ts";
import { sendLetter } from "../smtp-client.ts";
import { readMaildir } from "./maildir.ts";
import { startOpenDkim } from "./opendkim.ts";
import type { Peer, PeerRequest } from "./peer.ts";

const nobody = 65_534;

export async function startPostfixPeer(cleanup: Cleanup, request: PeerRequest): Promise<Peer> {
  const { machine, address, certificate } = request;
  const workspace = openWorkspace();
  cleanup.after(async () => workspace.close());
  const chain = join(workspace.folder("certificate"), "chain.pem");
  await writeFile(chain, certificate.key + certificate.cert, { mode: 0o600 });
  const box = join(workspace.folder("mail"), "box");
  await mkdir(box);
  await chown(box, nobody, nobody);
  const signer = await startOpenDkim(cleanup, request, "sign");
  const verifier = await startOpenDkim(cleanup, request, "verify");
  const strangers = `smtpd_relay_restrictions=reject_unauth_destination -o smtpd_milters=${verifier}`;
  const services = [
    `${address}:25 inet n - n - - smtpd -o ${strangers}`,
    "virtual unix - n n - - virtual",
    "tlsmgr unix - - n 1000? 1 tlsmgr",
  ];
  const unused = { host: "127.0.0.1", port: 25 } as const;
  const server = await startPostfix(
    { workspace, sink: unused },
    {
      ...incoming(request, chain, box),
      ...outgoing(request),
      smtpd_milters: signer,
      milter_default_action: "tempfail",
    },
    services,
    machine,
  );
  cleanup.after(() => server.stop());
  return {
    mail: () => readMaildir(box),
    async send({ from, to, content }) {
      await sendLetter(server.address, { from, to: [to], content });
    },
    log: async () => server.log(),
  };
}

function incoming({ hostname, domains }: PeerRequest, chain: string, box: string) {
  return {
    myhostname: hostname,
    virtual_mailbox_domains: domains.join(" "),
    virtual_mailbox_base: box,
    virtual_mailbox_maps: "static:./",
    virtual_uid_maps: `static:${nobody}`,
    virtual_gid_maps: `static:${nobody}`,
    smtpd_tls_security_level: "may",
    smtpd_tls_chain_files: chain,
    smtpd_tls_received_header: "yes",
    smtpd_tls_loglevel: "1",
  };
}

function outgoing({ address, authorities }: PeerRequest) {
  return {
    relayhost: "",
    smtp_bind_address: address,
    smtp_host_lookup: "dns",
    smtp_dns_support_level: "dnssec",
    smtp_tls_security_level: "dane",
    smtp_tls_CAfile: authorities,
    smtp_tls_loglevel: "1",
  };
}
