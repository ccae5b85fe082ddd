// The store of a server, which others may share.

import { join } from "node:path";
import type { Settings } from "../../core/config/settings.ts";
import { serverListens } from "../../io/control/client.ts";
import { StoreError } from "../../io/store/error.ts";
import type { SharingNews } from "../../io/store/sharing.ts";
import type { Store } from "../../io/store/store.ts";
import type { Log } from "../../server/log.ts";
import { openStoreOf } from "../open-store.ts";
import type { BackOptions } from "./back.ts";

/** @throws {StoreError} */
export async function openServerStore(options: BackOptions): Promise<Store> {
  const { settings, clock, log } = options;
  if (settings.store.kind === "mysql") {
    await requireAlone(settings);
    log.info({ event: "store-opening" }, "connecting to the shared store");
  }
  const store = await openStoreOf(settings, {
    name: settings.hostname,
    clock,
    tell: (news) => logNews(news, log),
  });
  for (const why of store.warnings) log.warn({ event: "store-warning" }, `store: ${why}`);
  if (store.sharing !== undefined) {
    const { number } = store.sharing;
    log.info({ event: "store-open", number }, `the shared store knows us as host ${number}`);
  }
  return store;
}

/** A file locks itself; a folder beside a database does not. */
async function requireAlone({ data }: Settings): Promise<void> {
  const path = join(data, "control.sock");
  if (!(await serverListens(path))) return;
  throw new StoreError({
    kind: "locked",
    message: `another server runs on ${data} (${path} answers); stop that one, or give this one a folder of its own`,
  });
}

function logNews(news: SharingNews, log: Log): void {
  switch (news.kind) {
    case "unheard":
      return log.error(
        { event: "host-unheard", why: news.why },
        `the shared store does not hear of this host, which in half a minute begins no delivery any more: ${news.why}`,
      );
    case "heard":
      return log.info({ event: "host-heard" }, "the shared store hears of this host again");
    case "taken-over":
      return log.error(
        { event: "host-taken-over" },
        "this host was not heard for a minute: another one has taken its messages over",
      );
  }
}
