import { replies } from "../replies.ts";
import type { Reply } from "../reply.ts";
import type { SessionSettings } from "../state.ts";

/** What a client is told that would log in in the clear. */
export function needsTls({ startTls }: SessionSettings): Reply {
  return startTls ? replies.loginNeedsTls : replies.loginNeedsTlsPort;
}
