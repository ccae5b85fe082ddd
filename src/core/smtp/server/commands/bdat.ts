// BDAT (RFC 3030 §2). A chunk that is refused still arrives: its octets are read and thrown away,
// never taken for commands.

import { abandonMessage } from "../abandon.ts";
import type { Command } from "../command.ts";
import { replies } from "../replies.ts";
import { anyCommandPhase } from "../command.ts";
import { ask, type Chunk, type Session, type Step } from "../state.ts";
import type { Reply } from "../../reply.ts";

export const bdat: Command = {
  verb: "BDAT",
  phases: anyCommandPhase,
  idle: false,
  handle(session, argument) {
    const chunk = parseChunk(argument);
    // How many octets follow is unknown, so nothing that follows can be read as a command.
    if (chunk === undefined) return closeAfter(session, replies.badBdat);
    switch (session.phase.at) {
      case "transaction": {
        const { transaction } = session.phase;
        if (transaction.recipients.length === 0)
          return swallow(session, chunk, replies.noRecipients);
        return ask(session, { kind: "content", transaction, chunk });
      }
      case "chunks": {
        const { transaction } = session.phase;
        return { session: { ...session, phase: { at: "chunk", transaction, chunk } }, outputs: [] };
      }
      default:
        return swallow(session, chunk, replies.chunkRefused);
    }
  },
};

function parseChunk(argument: string): Chunk | undefined {
  const match = /^([0-9]{1,15})(?:\s+(LAST))?$/i.exec(argument);
  if (match === null) return undefined;
  return { octets: Number(match[1]), last: match[2] !== undefined };
}

function swallow(session: Session, { octets }: Chunk, reply: Reply): Step {
  const phase = { at: "swallow", octets, reply, next: session.phase } as const;
  return { session: { ...session, phase, errors: session.errors + 1 }, outputs: [] };
}

function closeAfter(session: Session, reply: Reply): Step {
  return abandonMessage(session, {
    session: { ...session, phase: { at: "closed" } },
    outputs: [{ kind: "reply", reply }, { kind: "close" }],
  });
}
