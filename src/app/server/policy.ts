// The part of a running server that a reload replaces: what is ours, who may relay, and which way
// mail goes. Everything asks the current one, so that a new configuration holds from the next
// command on, in connections that are open as well.

import type { Settings } from "../../core/config/settings.ts";
import { known } from "../../core/policy/fact.ts";
import type { SessionSettings } from "../../core/smtp/server/state.ts";
import { createResolver, type Resolver } from "../../io/dns/resolver.ts";
import type { Store } from "../../io/store/store.ts";
import { createDirectory, type Directory } from "../../server/directory/directory.ts";
import type { Log } from "../../server/log.ts";
import { type Authorize, createAuthorize } from "../../server/smtpd/authorize.ts";
import { findOurselves, type Ourselves } from "./ourselves.ts";

export interface Policy {
  readonly settings: Settings;
  readonly directory: Directory;
  readonly authorize: Authorize;
  readonly session: SessionSettings;
  readonly resolver: Resolver;
  readonly ourselves: Ourselves;
}

export async function createPolicy(
  settings: Settings,
  store: Store,
  log: Log,
  elapsed: () => number,
): Promise<Policy> {
  const directory = await createDirectory(settings, {
    hasAccount: async (key) => (await store.accounts.find(key)) !== undefined,
    addedDomains: async () => (await store.domains.list()).map(({ name }) => name),
  });
  const { limits, hostname } = settings;
  return {
    settings,
    directory,
    authorize: createAuthorize({
      rules: settings.relay,
      sources: {
        access: () => known({ access: "allow", relay: false, skipsBlocklists: false }),
        blocklist: () => known({ listed: false }),
        limit: () => known(undefined),
        recipient: ({ recipient }) => directory.classify(recipient),
        grant: () => known({ kind: "none" }),
      },
      log,
    }),
    session: {
      hostname,
      maxMessageSize: limits.messageSize,
      maxRecipients: limits.recipients,
      maxErrors: limits.errors,
      maxIdleCommands: limits.idleCommands,
    },
    resolver: createResolver({
      servers: settings.dns.servers,
      now: elapsed,
      timeout: 5_000,
      tries: 3,
      concurrency: 100,
    }),
    ourselves: findOurselves(settings),
  };
}
