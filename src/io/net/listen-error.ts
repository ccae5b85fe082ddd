// Why a listener could not be opened, told so that the operator can do something about it.

/** A listener could not be opened; the message names it, says why, and what to do. */
export class ListenError extends Error {
  constructor(listener: string, where: string, cause: NodeJS.ErrnoException) {
    super(`listener ${listener} cannot listen on ${where}: ${explain(where, cause)}`, { cause });
    this.name = "ListenError";
  }
}

function explain(where: string, { code, message }: NodeJS.ErrnoException): string {
  const port = where.slice(where.lastIndexOf(":") + 1);
  switch (code) {
    case "EADDRINUSE":
      return (
        `another program has it (\`ss -ltnp 'sport = :${port}'\` shows which); ` +
        "stop that program or choose another address or port"
      );
    case "EACCES":
      return (
        "ports below 1024 are for root: start as root with `user:` set, " +
        "give the service CAP_NET_BIND_SERVICE, or choose a higher port"
      );
    case "EADDRNOTAVAIL":
      return (
        "no interface of this machine has that address (`ip address` lists them); " +
        "correct it, or listen on 0.0.0.0 or [::]"
      );
    case "EAFNOSUPPORT":
      return "this machine has no IPv6; remove the address from the configuration";
    default:
      return message;
  }
}
