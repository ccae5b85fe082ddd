/** Loopback, by number or name, and the unspecified addresses, which connect to it. */
export function isThisHost(host: string): boolean {
  return (
    host === "localhost" || host === "::1" || isUnspecified(host) || /^127\.[0-9.]+$/.test(host)
  );
}

export function isUnspecified(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}
