// A process of its own that guesses passwords: so many wrong logins a second, each on a connection of
// its own that does not wait for the delayed answer. Its parent gives the server and the pace as JSON,
// and is told how many were turned away before their password was checked.
import { setTimeout as delay } from "node:timers/promises";
import { connectSmtp } from "../../test/support/smtp-client.ts";
import type { Address } from "../servers/server.ts";

export interface WrongLogins {
  readonly server: Address;
  readonly users: readonly string[];
  readonly perSecond: number;
  /** Each from a network of its own, or all from one address. */
  readonly from: "everywhere" | "one address";
}

export interface WrongCount {
  readonly tried: number;
  /** Told 421 or 454 at once. */
  readonly turnedAway: number;
}

/** Milliseconds after which a guesser leaves without an answer. */
const patience = 1_000;

const counts = { tried: 0, turnedAway: 0 };

async function guess(request: WrongLogins, serial: number): Promise<void> {
  const { server, users, from } = request;
  const network = from === "everywhere" ? serial : 0;
  const client = await connectSmtp(server, `127.${64 + ((network >> 8) & 63)}.${network & 255}.1`);
  counts.tried++;
  try {
    const user = users[serial % users.length] ?? "";
    const plain = Buffer.from(`\0${user}\0guess ${serial}`).toString("base64");
    const replies = async () => {
      const greeting = await client.reply();
      if (!greeting.startsWith("220")) return greeting;
      await client.command("EHLO guesser.example");
      return client.command(`AUTH PLAIN ${plain}`);
    };
    const reply = await Promise.race([replies(), delay(patience, "")]);
    if (/^4(21|54)/.test(reply)) counts.turnedAway++;
  } finally {
    client.destroy();
  }
}

function serve(): void {
  const [text = ""] = process.argv.slice(2);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own parent wrote it
  const request = JSON.parse(text) as WrongLogins;
  let serial = 0;
  const begun = performance.now();
  // As many as are due: a timer that comes late catches up.
  setInterval(() => {
    const due = ((performance.now() - begun) / 1000) * request.perSecond;
    for (; serial < due; serial++) void guess(request, serial).catch(() => {});
  }, 10);
  process.on("message", () => process.send?.(counts));
  process.once("disconnect", () => process.exit());
}

serve();
