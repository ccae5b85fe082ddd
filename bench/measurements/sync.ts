// Watches Bailiwick's system calls: the promise behind a 250 is one that only the kernel can witness.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startUnder } from "../servers/bailiwick.ts";
import { startSink } from "../load/sink.ts";
import { acceptances } from "../trace.ts";
import type { Acceptance } from "../trace.ts";
import type { Workspace } from "../workspace.ts";
import { deliver } from "./delivery.ts";

const watchedCalls =
  "read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,pwrite64,pwritev,fsync,fdatasync";

export const watchedMessages = 5;

/** One entry for each message whose final dot and 250 were seen. */
export async function watchAcceptances(workspace: Workspace): Promise<readonly Acceptance[]> {
  const trace = join(workspace.folder("strace"), "trace");
  const options = ["-f", "-yy", "-tt", "-s", "16384", "-e", `trace=${watchedCalls}`, "-o", trace];
  const sink = await startSink(workspace);
  const server = await startUnder("strace", options, { workspace, sink: sink.address });
  try {
    // One by one: no sync of an earlier message's delivery can be taken for this message's.
    for (let message = 0; message < watchedMessages; message += 1) {
      await deliver(
        { workspace, server, sink },
        { connections: "one each", sessions: 1, messages: 1, octets: 1024 },
      );
    }
  } finally {
    await server.stop();
    await sink.stop();
  }
  return acceptances(readFileSync(trace, "utf8"), server.address.port);
}
