// SCRAM (RFC 5802, RFC 7677) as the client: it shows that it knows the password without saying it, and
// sees whether the server knows it as well.

import { decodeBase64, encodeBase64 } from "../../base64.ts";
import { concat } from "../../octets.ts";
import { saslPrep } from "../prepare.ts";
import { clientKeyOf, serverKeyOf, type ScramHash } from "../scram/keys.ts";
import { encodeText } from "../text.ts";
import type { ClientContext } from "./context.ts";
import type { ClientMechanism } from "./mechanism.ts";
import { saslName } from "./sasl-name.ts";
import { readServerFinal, readServerFirst, type ServerFirst } from "./server-messages.ts";
import { giveUp, say, sayLast, type Turn } from "./turn.ts";

export const scramSha256Plus = scram("SCRAM-SHA-256-PLUS", "sha256");
export const scramSha256 = scram("SCRAM-SHA-256", "sha256");
export const scramSha1 = scram("SCRAM-SHA-1", "sha1");

/** RFC 7677 §4: with fewer, whoever listens finds the password by trying. */
const fewestIterations = 4_096;
/** A server could ask for any number, and we would do nothing else. */
const mostIterations = 2_000_000;

function scram(name: string, hash: ScramHash): ClientMechanism {
  return { name, start: (context) => begin(context, name, hash) };
}

interface Beginning {
  readonly context: ClientContext;
  readonly hash: ScramHash;
  readonly password: string;
  /** Header, and what binds the channel. */
  readonly binding: Uint8Array;
  readonly nonce: string;
  /** The first message without its header. */
  readonly bare: string;
}

function begin(context: ClientContext, name: string, hash: ScramHash): Turn {
  const user = saslPrep(context.user);
  const password = saslPrep(context.password);
  if (user === undefined || password === undefined) {
    return giveUp("user or password hold characters that no login may have (RFC 4013)");
  }
  const { header, data } = bindingOf(context, name);
  const nonce = context.ports.nonce();
  const bare = `n=${saslName(user)},r=${nonce}`;
  const binding = concat(encodeText(header), data);
  const beginning: Beginning = { context, hash, password, binding, nonce, bare };
  return say(encodeText(header + bare), (message) => onServerFirst(beginning, message));
}

interface Binding {
  /** The GS2 header (RFC 5802 §7). */
  readonly header: string;
  readonly data: Uint8Array;
}

/** With `y` we say that we could bind and the server cannot: a server that can knows then that
 * somebody between has left its -PLUS out (RFC 5802 §6). */
function bindingOf({ channelBindings, offered }: ClientContext, name: string): Binding {
  const type = channelBindings["tls-exporter"] ? "tls-exporter" : "tls-server-end-point";
  const data = channelBindings[type];
  const none = new Uint8Array(0);
  if (data === undefined) return { header: "n,,", data: none };
  if (name.endsWith("-PLUS")) return { header: `p=${type},,`, data };
  return { header: offered.has(`${name}-PLUS`) ? "n,," : "y,,", data: none };
}

function onServerFirst(beginning: Beginning, message: Uint8Array): Turn {
  const { hash, password, nonce } = beginning;
  const first = readServerFirst(message);
  if (first === undefined) return giveUp("the host does not speak SCRAM as RFC 5802 has it");
  const { iterations, salt } = first;
  if (!first.nonce.startsWith(nonce) || first.nonce.length === nonce.length) {
    return giveUp("the host's answer belongs to another login: the nonce is not ours");
  }
  if (iterations < fewestIterations || iterations > mostIterations) {
    return giveUp(
      `the host asks for ${iterations} rounds; between ${fewestIterations} and ${mostIterations} are in order`,
    );
  }
  return {
    kind: "derive",
    derivation: { hash, password, salt, iterations },
    derived: (salted) => prove(beginning, first, salted),
  };
}

function prove(
  { context: { ports }, hash, binding, bare }: Beginning,
  { nonce, text }: ServerFirst,
  salted: Uint8Array,
): Turn {
  const withoutProof = `c=${encodeBase64(binding)},r=${nonce}`;
  const said = encodeText(`${bare},${text},${withoutProof}`);
  const clientKey = clientKeyOf(ports, hash, salted);
  const signature = ports.hmac(hash, ports.digest(hash, clientKey), said);
  const proof = clientKey.map((octet, at) => octet ^ (signature[at] ?? 0));
  const expected = ports.hmac(hash, serverKeyOf(ports, hash, salted), said);
  return say(encodeText(`${withoutProof},p=${encodeBase64(proof)}`), (message) => {
    const final = readServerFinal(message);
    if (final.kind === "error") return giveUp(`the host says: ${final.error}`);
    const signed = final.kind === "verifier" ? decodeBase64(final.text) : undefined;
    if (signed === undefined || !ports.equal(signed, expected)) {
      return giveUp("the host does not know the password itself: it is not who it says");
    }
    return sayLast(new Uint8Array(0));
  });
}
