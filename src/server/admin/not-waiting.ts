import { formatMessageId, type MessageId } from "../../core/queue/message.ts";
import { OperationError } from "./operations.ts";

/** For a message that is asked about, and is in the queue no more. */
export function notWaiting(id: MessageId): OperationError {
  return new OperationError(
    `no message ${formatMessageId(id)} waits: it was delivered, bounced or deleted`,
  );
}
