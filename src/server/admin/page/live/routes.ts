// `/events`: tells a page that is open what has changed of what it shows.

import type { Route } from "../../http/route.ts";
import { type Changes, isTopic } from "./changes.ts";
import { createEventStream, eventHeaders } from "./event-stream.ts";

export function eventRoutes(changes: Changes): readonly Route[] {
  return [
    {
      method: "GET",
      path: "/events",
      access: "page",
      handle(context) {
        const wanted = new Set((context.req.query("topics") ?? "").split(",").filter(isTopic));
        const stream = createEventStream(() => stop());
        const stop = changes.listen(wanted, (changed) => stream.send("changed", changed.join(" ")));
        // Between the page and its stream, or while the connection was lost.
        const missed = changes.since(Number(context.req.query("since") ?? 0), wanted);
        if (missed.length > 0) stream.send("changed", missed.join(" "));
        return context.body(stream.body, 200, eventHeaders);
      },
    },
  ];
}
