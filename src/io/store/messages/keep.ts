// A message comes in, with all that belongs to it, in one unit.

import type { Kysely } from "kysely";
import type { MessageId, NewMessage } from "../../../core/queue/message.ts";
import type { Step } from "../engine.ts";
import type { Tables } from "../schema.ts";
import { type Template, template } from "../template.ts";
import { copyBody, insertChunk } from "./body.ts";
import { type NewRecipientRow, toMessageRow, toRecipientRow } from "./rows.ts";

/** Prepares the steps that keep a message, for a unit of their own or among others. Where the first
 * changes nothing, what was stashed of the message is gone, and the unit ends there. */
export function prepareKeep(
  queries: Kysely<Tables>,
  node: number,
): (message: NewMessage) => readonly Step[] {
  const message = insertMessage(queries);
  const recipient = insertRecipient(queries);
  const chunk = insertChunk(queries);
  const copy = copyBody(queries);
  const arrival = endArrival(queries);
  return (kept) => {
    const { id, recipients, stashed, copyOf } = kept;
    const chunks = unstashedChunks(kept);
    return [
      ...(stashed === 0 ? [] : [{ ...arrival.with({ id }), guard: true }]),
      message.with(toMessageRow(kept, node)),
      ...recipients.map((one, position) => recipient.with(toRecipientRow(kept, one, position))),
      ...chunks.map((octets, index) =>
        chunk.with({ message: id, sequence: index === 0 ? 0 : stashed + index, chunk: octets }),
      ),
      ...(copyOf === undefined
        ? []
        : [copy.with({ id, source: copyOf, first: stashed + chunks.length })]),
    ];
  };
}

/** The first is the body's first. Before what was stashed there is always one, be it empty. */
function unstashedChunks({ preface, stashed, content }: NewMessage): NewMessage["content"] {
  if (preface === undefined && stashed === 0) return content;
  return [preface ?? new Uint8Array(0), ...content];
}

function insertMessage(queries: Kysely<Tables>): Template<Tables["message"], unknown> {
  return template((row) =>
    queries.insertInto("message").values({
      id: row.id,
      received_at: row.received_at,
      size: row.size,
      eight_bit: row.eight_bit,
      smtputf8: row.smtputf8,
      sender_local: row.sender_local,
      sender_domain: row.sender_domain,
      client: row.client,
      hello: row.hello,
      listener: row.listener,
      login: row.login,
      tls_wish: row.tls_wish,
      is_junk: row.is_junk,
      returns: row.returns,
      envelope_id: row.envelope_id,
      priority: row.priority,
      deliver_by: row.deliver_by,
      deliver_by_mode: row.deliver_by_mode,
      release_at: row.release_at,
      next_attempt: row.next_attempt,
      node: row.node,
    }),
  );
}

function insertRecipient(queries: Kysely<Tables>): Template<NewRecipientRow, unknown> {
  return template((row) =>
    queries.insertInto("recipient").values({
      message: row.message,
      position: row.position,
      local: row.local,
      domain: row.domain,
      kind: row.kind,
      notify: row.notify,
      original_recipient: row.original_recipient,
      state: "waiting",
      attempts: 0,
      waited: 0,
      next_attempt: row.next_attempt,
    }),
  );
}

function endArrival(queries: Kysely<Tables>): Template<{ readonly id: MessageId }, unknown> {
  return template(({ id }) => queries.deleteFrom("arrival").where("message", "=", id));
}
