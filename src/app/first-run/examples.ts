// One case that is allowed and one that is refused, as the configuration has it: the server's own
// decision is asked, not a description of it.

import type { Settings } from "../../core/config/settings.ts";
import { formatPlace } from "../../core/config/place.ts";
import { type Address, formatAddress } from "../../core/mail/address.ts";
import { formatIp, type IpAddress, parseIp, prefixContains } from "../../core/mail/ip.ts";
import type { Operations } from "../../server/admin/operations.ts";

type Question = Parameters<Operations["explain"]>[0];

interface Example {
  /** What happens, for people. */
  readonly title: string;
  /** The words behind `bailiwick explain`. */
  readonly command: string;
  readonly question: Question;
}

const foreigner: Address = { local: "bob", domain: "elsewhere.example" };
/** Of whom nobody is a client (RFC 5737). */
const strangers = ["203.0.113.9", "198.51.100.9", "192.0.2.9"];

/** @param account one that is there, where one is */
export async function showExamples(
  settings: Settings,
  operations: Operations,
  account: Address | undefined,
): Promise<string> {
  const examples = [allowed(settings, account), refused(settings)];
  const texts: string[] =
    examples[0] === undefined
      ? ["  Nobody may send to others yet: name networks in `relay`, or add an account.\n"]
      : [];
  for (const example of examples) {
    if (example === undefined) continue;
    // oxlint-disable-next-line no-await-in-loop -- two
    texts.push(await show(example, operations));
  }
  return texts.join("");
}

async function show({ title, command, question }: Example, operations: Operations) {
  const { decision, reply } = await operations.explain(question);
  const verdict = { accept: "ALLOWED", refuse: "REFUSED", defer: "PUT OFF" }[decision.verdict];
  const place = decision.place === undefined ? "" : `, by ${formatPlace(decision.place)}`;
  return (
    `  ${verdict}: ${title}\n` +
    `    ${reply} (${decision.reason}${place})\n` +
    `    bailiwick explain ${command}\n`
  );
}

/** Undefined where nobody may. */
function allowed(settings: Settings, account: Address | undefined): Example | undefined {
  const [network] = settings.relay.networks;
  const to = formatAddress(foreigner);
  if (network !== undefined) {
    const client = someIn(network.prefix);
    const sender = account ?? { local: "app", domain: settings.hostname };
    const [ip, from] = [formatIp(client), formatAddress(sender)];
    return {
      title: `${ip} sends to others without a login`,
      command: `--ip ${ip} --from ${from} --to ${to}`,
      question: { ...common, role: "mx", client, login: null, sender },
    };
  }
  const client = stranger(settings);
  const canLogIn = settings.listeners.some(({ role }) => role === "submission");
  if (account === undefined || client === undefined || !canLogIn) return undefined;
  const [ip, from] = [formatIp(client), formatAddress(account)];
  return {
    title: `${from} logs in and sends to others`,
    command: `--ip ${ip} --role submission --tls --login ${from} --from ${from} --to ${to}`,
    question: {
      ...common,
      role: "submission",
      client,
      isEncrypted: true,
      login: account,
      sender: account,
    },
  };
}

const common = { isEncrypted: false, recipient: foreigner } as const;

function refused(settings: Settings): Example | undefined {
  const client = stranger(settings);
  if (client === undefined) return undefined;
  const sender = { local: "eve", domain: "stranger.example" };
  const ip = formatIp(client);
  return {
    title: `a stranger (${ip}) sends to others`,
    command: `--ip ${ip} --from ${formatAddress(sender)} --to ${formatAddress(foreigner)}`,
    question: { ...common, role: "mx", client, login: null, sender },
  };
}

function stranger({ relay }: Settings): IpAddress | undefined {
  return strangers
    .flatMap((text) => parseIp(text) ?? [])
    .find((client) => !relay.networks.some(({ prefix }) => prefixContains(prefix, client)));
}

/** The first address that a machine may have there. */
function someIn({ address, length }: { address: IpAddress; length: number }): IpAddress {
  const { version, octets } = address;
  if (length >= octets.length * 8 - 1) return address;
  return { version, octets: [...octets.slice(0, -1), (octets.at(-1) ?? 0) + 1] };
}
