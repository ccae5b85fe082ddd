import type { PeerRequest } from "./peer.ts";

/** For a server whose files are all in that folder. */
export function eximConfiguration(folder: string, request: PeerRequest): string {
  const { hostname, address, domains, signsWith } = request;
  return `
exim_path = ${folder}/exim
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/spool/exim.pid
log_selector = +tls_cipher +tls_certificate_verified +tls_sni
keep_environment =
primary_hostname = ${hostname}
domainlist ours = ${domains.join(" : ")}
local_interfaces = ${address}
daemon_smtp_ports = 25
host_lookup =
# Whoever started it as root is not its own user: it works without a way back to root.
deliver_drop_privilege = true
dns_dnssec_ok = 1
tls_advertise_hosts = *
tls_certificate = ${folder}/chain.pem
tls_privatekey = ${folder}/key.pem
acl_smtp_rcpt = recipients
acl_smtp_data = content

begin acl

recipients:
  accept domains = +ours
  deny message = not here

content:
  accept add_header = :at_start:\${authresults {$primary_hostname}}

begin routers

here:
  driver = accept
  domains = +ours
  transport = box

elsewhere:
  driver = dnslookup
  dnssec_request_domains = *
  # All the world is on this host.
  self = send
  transport = smtp

begin transports

box:
  driver = appendfile
  directory = ${folder}/box
  maildir_format

smtp:
  driver = smtp
  interface = ${address}
  dnssec_request_domains = *
  hosts_try_dane = *
  dkim_domain = ${signsWith.domain}
  dkim_selector = ${signsWith.selector}
  dkim_private_key = ${folder}/dkim.pem

begin retry

* * F,1h,10m
`;
}
