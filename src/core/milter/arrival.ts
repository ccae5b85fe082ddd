// What a filter is told of a message before its content: who brought it, and its envelope; each command
// with the macros that filters look for (Sendmail's names).

import {
  type Address,
  formatAddress,
  formatReversePath,
  type ReversePath,
} from "../mail/address.ts";
import { formatIp, type IpAddress } from "../mail/ip.ts";
import { numbers, type Packet, texts, writePacket } from "./packet.ts";
import { offeredChanges, offered, tell, version } from "./words.ts";

export interface Arrival {
  readonly sender: ReversePath;
  readonly recipients: readonly Address[];
  /** Our own name. */
  readonly hostname: string;
  /** The listener's. */
  readonly listener: string;
  readonly client: IpAddress;
  readonly hello: string;
  /** The message's id, as the log has it. */
  readonly id: string;
  readonly login?: string;
  readonly tls?: { readonly version: string; readonly cipher: string };
}

export function negotiation(): Packet {
  return { letter: tell.negotiate, data: numbers(version, offeredChanges, offered) };
}

/** The commands up to DATA, in their order. */
export function introduce(arrival: Arrival): readonly Packet[] {
  const { client, hello, sender, recipients } = arrival;
  return [
    { letter: tell.connect, data: connection(client) },
    { letter: tell.hello, data: texts(hello) },
    { letter: tell.mail, data: texts(`<${formatReversePath(sender)}>`) },
    ...recipients.map((recipient) => ({
      letter: tell.recipient,
      data: texts(`<${formatAddress(recipient)}>`),
    })),
    { letter: tell.data, data: texts() },
  ];
}

/** The octets of the macros that go before a command; none before those that need none. */
export function macrosFor({ letter, data }: Packet, arrival: Arrival): Uint8Array | undefined {
  const named = macros(letter, arrival);
  if (named.length === 0) return undefined;
  // A recipient's is its own command's text.
  const all = letter === tell.recipient ? [...named, "{rcpt_addr}", unbracketed(data)] : named;
  const words = texts(...all);
  const whole = new Uint8Array(1 + words.length);
  whole[0] = letter.charCodeAt(0);
  whole.set(words, 1);
  return writePacket({ letter: tell.macros, data: whole });
}

function macros(letter: string, arrival: Arrival): readonly string[] {
  const { hostname, listener, client, id, login, tls, sender } = arrival;
  switch (letter) {
    case tell.connect:
      return [
        "j",
        hostname,
        "{daemon_name}",
        listener,
        "{client_addr}",
        formatIp(client),
        "v",
        "Bailiwick",
      ];
    case tell.hello:
      return tls === undefined ? [] : ["{tls_version}", tls.version, "{cipher}", tls.cipher];
    case tell.mail: {
      const known = ["i", id, "{mail_addr}", formatReversePath(sender)];
      return login === undefined
        ? known
        : [...known, "{auth_authen}", login, "{auth_type}", "SMTP"];
    }
    case tell.recipient:
    case tell.data:
    case tell.endOfMessage:
      return ["i", id];
    default:
      return [];
  }
}

function unbracketed(data: Uint8Array): string {
  return new TextDecoder().decode(data.slice(1, -2));
}

/** As libmilter has it: a name, `4` or `6`, a port, the address. We know the client by its address
 * alone. */
function connection(client: IpAddress): Uint8Array {
  const address = formatIp(client);
  const name = texts(`[${address}]`);
  const text = texts(client.version === 6 ? `IPv6:${address}` : address);
  const octets = new Uint8Array(name.length + 3 + text.length);
  octets.set(name);
  octets[name.length] = (client.version === 4 ? "4" : "6").charCodeAt(0);
  octets.set(text, name.length + 3);
  return octets;
}
