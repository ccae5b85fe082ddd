// Opens the store: the one function that the rest of the program needs.

import { nodeOf } from "../../core/queue/ids.ts";
import { createSilentNodes } from "../../core/queue/silent-nodes.ts";
import { accountStore } from "./accounts.ts";
import { addressStore } from "./addresses.ts";
import { apiTokenStore } from "./api-tokens.ts";
import { appPasswordStore } from "./app-passwords.ts";
import { auditStore } from "./audit.ts";
import { banStore } from "./bans.ts";
import { readChanges } from "./changes.ts";
import { decisionStore } from "./decisions.ts";
import { dkimKeyStore } from "./dkim-keys.ts";
import { domainStore } from "./domains.ts";
import type { Engine } from "./engine.ts";
import { dropArrivals } from "./messages/body.ts";
import { lineStore } from "./messages/lines.ts";
import { messageStore } from "./messages/messages.ts";
import { forwardStore } from "./forwards.ts";
import { grantStore } from "./grants.ts";
import { historyStore } from "./history.ts";
import { recipientStore } from "./recipients.ts";
import { migrations } from "./migrations/all.ts";
import { migrate } from "./migrations/migrate.ts";
import { openMysql } from "./mysql/engine.ts";
import { joinHosts } from "./mysql/membership.ts";
import type { MysqlPlace } from "./mysql/place.ts";
import { takeOver } from "./mysql/take-over.ts";
import { operatorStore } from "./operators.ts";
import { pageSessionStore } from "./page-sessions.ts";
import { secretStore } from "./secrets.ts";
import type { SharingOptions } from "./sharing.ts";
import { openSqlite } from "./sqlite/engine.ts";
import { stopStore } from "./stops.ts";
import type { Store } from "./store.ts";
import { stsPolicyStore } from "./sts-policies.ts";
import { tlsReportStore } from "./tls-reports.ts";

/** A file of this program's alone, or a database on a server. */
export type StorePlace = { readonly path: string } | { readonly mysql: MysqlPlace };

/** Commands work on what all hosts have, and have no messages of their own. */
const nobody = -1;

/**
 * Opens the store in a file for this process alone, or makes a new one (0600, in a directory of
 * 0700); or the one in a database, with its tables made where they are missing. What arrived by half
 * before the last stop is thrown away.
 * @param sharing as whom to serve, where other hosts may share the store; absent for a command
 * @throws {StoreError} `locked`, `damaged`, `newer`, `full`, `unavailable` or `failed`
 */
export async function openStore(place: StorePlace, sharing?: SharingOptions): Promise<Store> {
  return "path" in place ? openFile(place.path) : openDatabase(place.mysql, sharing);
}

async function openFile(path: string): Promise<Store> {
  const engine = await openSqlite(path);
  return orClosed(engine, async () => {
    await migrate(engine, migrations);
    await dropArrivals(engine, () => true);
    return { ...repositories(engine, 0), warnings: [], close: () => engine.close() };
  });
}

async function openDatabase(place: MysqlPlace, options?: SharingOptions): Promise<Store> {
  const { engine, warnings } = await openMysql(place);
  return orClosed(engine, async () => {
    await migrate(engine, migrations);
    if (options === undefined) {
      return { ...repositories(engine, nobody), warnings, close: () => engine.close() };
    }
    const membership = await joinHosts(place, options);
    const { number } = membership;
    const silent = createSilentNodes(options.clock.elapsed);
    try {
      await dropArrivals(engine, (id) => nodeOf(id) === number);
    } catch (error) {
      membership.close();
      throw error;
    }
    return {
      ...repositories(engine, number),
      warnings,
      sharing: {
        number,
        term: () => membership.term(),
        takeOver: () => takeOver(engine, number, silent),
        changes: () => readChanges(engine),
      },
      async close() {
        await engine.close();
        membership.close();
      },
    };
  });
}

async function orClosed(engine: Engine, open: () => Promise<Store>): Promise<Store> {
  try {
    return await open();
  } catch (error) {
    await engine.close();
    throw error;
  }
}

/** @param node the number of this host */
function repositories(engine: Engine, node: number): Omit<Store, "warnings" | "sharing" | "close"> {
  return {
    messages: messageStore(engine, node),
    lines: lineStore(engine, node),
    accounts: accountStore(engine),
    addresses: addressStore(engine),
    forwards: forwardStore(engine),
    appPasswords: appPasswordStore(engine),
    domains: domainStore(engine),
    dkimKeys: dkimKeyStore(engine),
    decisions: decisionStore(engine),
    bans: banStore(engine),
    stops: stopStore(engine),
    grants: grantStore(engine),
    secrets: secretStore(engine),
    stsPolicies: stsPolicyStore(engine),
    tlsReports: tlsReportStore(engine, node),
    recipients: recipientStore(engine),
    operators: operatorStore(engine),
    pageSessions: pageSessionStore(engine),
    apiTokens: apiTokenStore(engine),
    audit: auditStore(engine),
    history: historyStore(engine, node),
    statistics: () => engine.statistics(),
  };
}
