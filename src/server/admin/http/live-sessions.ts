// The conversation of sessions as it passes, as server-sent events: an event `line` for each line, with
// a `WatchedLine` as JSON.

import { findDecisionId, sessionOf } from "../../../core/policy/decision-id.ts";
import { parseIp } from "../../../core/mail/ip.ts";
import { formatMessageId, parseMessageId } from "../../../core/queue/message.ts";
import type { Watch } from "../../watching/watch.ts";
import type { Watchers, Whom } from "../../watching/watchers.ts";
import { problem, type Route } from "./route.ts";

/** Milliseconds after which something is sent where nothing is said: proxies cut what is silent. */
const signEvery = 15_000;

const headers = {
  "content-type": "text/event-stream",
  "cache-control": "no-store",
  // Proxies that gather answers would keep lines back.
  "x-accel-buffering": "no",
};

export function liveRoutes(watchers: Watchers): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/api/v1/sessions/live",
      access: { scope: "read" },
      handle(context) {
        const whom = whomOf(context.req.query("client"), context.req.query("session"));
        if (whom === undefined) {
          const error =
            "say whom: client=IP, or session=ID with the id of a session or of a decision in it";
          return problem(context, 400, error);
        }
        // Whoever wants the headers alone watches nothing.
        if (context.req.method === "HEAD") return context.body(null, 200, headers);
        const begun = watchers.watch(whom);
        if (!begun.ok) return problem(context, 503, begun.problem);
        return context.body(eventsOf(begun.value), 200, headers);
      },
    },
  ];
}

function whomOf(client: string | undefined, session: string | undefined): Whom | undefined {
  if ((client === undefined) === (session === undefined)) return undefined;
  if (client !== undefined) {
    const address = parseIp(client);
    return address && { client: address };
  }
  const decision = findDecisionId(session ?? "");
  const id = decision === undefined ? parseMessageId(session ?? "") : sessionOf(decision);
  return id === undefined ? undefined : { session: formatMessageId(id) };
}

/** Ends with the watch; and ends it where nobody reads any more. */
function eventsOf(watch: Watch): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const lines = watch[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  return new ReadableStream({
    start(controller) {
      const sign = (): void => {
        if ((controller.desiredSize ?? 0) > 0) controller.enqueue(encoder.encode(":\n\n"));
      };
      sign(); // so that who asked knows that the watch has begun
      timer = setInterval(sign, signEvery).unref();
    },
    async pull(controller) {
      const { done, value } = await lines.next();
      if (done === true) {
        clearInterval(timer);
        return controller.close();
      }
      controller.enqueue(encoder.encode(`event: line\ndata: ${JSON.stringify(value)}\n\n`));
    },
    cancel() {
      clearInterval(timer);
      watch.close();
    },
  });
}
