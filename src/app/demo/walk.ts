// Plays the scenes on the running server, one after the other, and sees what became of each.

import { describeReply, type Reply } from "../../core/smtp/reply.ts";
import { formatAddress } from "../../core/mail/address.ts";
import { type Scene, scenes } from "./scenes.ts";
import { send } from "./sender.ts";
import { trustedAddress, type World } from "./world.ts";

export interface SceneResult {
  readonly scene: Scene;
  readonly answer: string;
  readonly end: string;
  readonly asItShould: boolean;
}

/** A stranger is another address on loopback than the trusted one. */
const strangerAddress = "127.0.0.2";
/** Milliseconds until a message must have come to its end, retry included. */
const patience = 15_000;

export async function walk(world: World): Promise<readonly SceneResult[]> {
  const results: SceneResult[] = [];
  for (const scene of scenes) results.push(await play(scene, world));
  return results;
}

async function play(scene: Scene, world: World): Promise<SceneResult> {
  const before = await whereabouts(scene, world);
  const reply = await send({
    from: scene.who === "a stranger" ? strangerAddress : trustedAddress,
    server: world.endpoint,
    sender: { local: "someone", domain: "client.example" },
    recipient: scene.recipient,
    subject: scene.asks,
    now: Date.now(),
  });
  const end = await settle(scene, world, before);
  const asItShould = reply.code === scene.code && end === scene.end;
  return { scene, answer: shorten(reply), end, asItShould };
}

interface Whereabouts {
  readonly mailbox: number;
  readonly outside: number;
}

async function whereabouts({ recipient }: Scene, world: World): Promise<Whereabouts> {
  const outside = world.sink.count(formatAddress(recipient)).arrived;
  return { mailbox: await world.mailCount(), outside };
}

/** Waits until the message turns up; one that was refused gets half a second to do so wrongly. */
async function settle(scene: Scene, world: World, before: Whereabouts): Promise<Scene["end"]> {
  const limit = Date.now() + (scene.end === "nowhere" ? 500 : patience);
  while (Date.now() < limit) {
    const now = await whereabouts(scene, world);
    if (now.mailbox > before.mailbox) return "mailbox";
    if (now.outside > before.outside) {
      const { deferred } = world.sink.count(formatAddress(scene.recipient));
      return deferred > 0 ? "outside, after a retry" : "outside";
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return "nowhere";
}

/** Enough of the reply to see what was said. */
function shorten(reply: Reply): string {
  const text = describeReply(reply).replace(/ \([0-9a-z.]+\)$/, "");
  return text.length > 44 ? `${text.slice(0, 43)}…` : text;
}
