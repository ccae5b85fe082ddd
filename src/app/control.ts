// The operations over the control socket: by name on the server's side, as a typed object on the
// side of the command line.

import { errorText } from "../core/error-text.ts";
import { callServer, serverListens, streamFromServer } from "../io/control/client.ts";
import type { ControlReply, ControlRequest, ControlStream } from "../io/control/protocol.ts";
import { userName } from "../io/process/user-name.ts";
import { StoreError } from "../io/store/error.ts";
import type { OperationsFor } from "../server/admin/act-for.ts";
import type { Actor } from "../server/admin/actor.ts";
import type { WatchedLine } from "../server/watching/watch.ts";
import type { Watchers, Whom } from "../server/watching/watchers.ts";
import { OperationError } from "../server/admin/operations.ts";
import type { ServerOperations } from "../server/admin/server-operations.ts";
import { ConfigurationError, TryLaterError } from "./errors.ts";

const names: Readonly<Record<keyof ServerOperations, true>> = {
  queueList: true,
  queueCount: true,
  queueShow: true,
  queueHeaders: true,
  queueWhy: true,
  queueRetry: true,
  queueHold: true,
  queueRelease: true,
  queueDelete: true,
  queueDestinations: true,
  queueFlush: true,
  accountAdd: true,
  accountImportCheck: true,
  accountImport: true,
  accountList: true,
  accountSearch: true,
  accountShow: true,
  accountSetCredentials: true,
  accountSetDisabled: true,
  accountRemove: true,
  accountRelease: true,
  addressAdd: true,
  addressList: true,
  addressRemove: true,
  forwardAdd: true,
  forwardList: true,
  forwardSearch: true,
  forwardRemove: true,
  appPasswordAdd: true,
  appPasswordList: true,
  appPasswordRemove: true,
  domainAdd: true,
  domainList: true,
  domainRemove: true,
  dkimList: true,
  dkimPrepare: true,
  dkimActivate: true,
  dkimRetire: true,
  dkimRemove: true,
  banList: true,
  banShow: true,
  banAdd: true,
  banLift: true,
  grantList: true,
  grantAdd: true,
  grantRevoke: true,
  grantReport: true,
  explain: true,
  why: true,
  whyClient: true,
  blocklistReport: true,
  blocklistLookUp: true,
  operatorAdd: true,
  operatorList: true,
  operatorSetPassword: true,
  operatorRemove: true,
  tokenAdd: true,
  tokenList: true,
  tokenRemove: true,
  auditList: true,
  reload: true,
};

/** Carries out a call by its name, on the server's side, in the name of whoever called. */
export function controlHandler(
  operationsFor: OperationsFor,
  watchers: Watchers,
): (request: ControlRequest) => Promise<unknown> {
  return async (request) => {
    if (request.call === watchCall) return beginWatch(watchers, request.arguments[0]);
    const operations = operationsFor(commandActor(request.user));
    const operation: unknown = Object.hasOwn(names, request.call)
      ? Reflect.get(operations, request.call)
      : undefined;
    if (typeof operation !== "function") {
      throw new OperationError(`the running server does not know "${request.call}": is it older?`);
    }
    const result: unknown = Reflect.apply(operation, undefined, request.arguments);
    return result;
  };
}

/** As the caller says: whoever may open the socket may do everything, and need not be asked. */
export function commandActor(user: unknown): Actor {
  return { via: "command", name: typeof user === "string" ? user.slice(0, 100) : "unknown" };
}

/** No operation: its answer goes on. */
const watchCall = "watch";

function beginWatch(watchers: Watchers, given: unknown): ControlStream {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own command sends it
  const begun = watchers.watch(given as Whom);
  if (!begun.ok) throw new OperationError(begun.problem);
  return begun.value;
}

/** The lines of the sessions that are meant, as they pass in the server that listens at `path`;
 * undefined where none does. Ends when the server stops. */
export async function watchSessions(
  path: string,
  whom: Whom,
): Promise<AsyncIterable<WatchedLine> | undefined> {
  const replies = await streamFromServer(path, { call: watchCall, arguments: [whom] });
  return replies && linesIn(replies);
}

async function* linesIn(
  replies: AsyncIterable<ControlReply>,
): AsyncGenerator<WatchedLine, void, undefined> {
  for await (const reply of replies) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the server's watch sends it
    yield valueOf(reply) as WatchedLine;
  }
}

/** What an operation's failure says on the other side of the socket. */
export function explainFailure(error: unknown): ControlReply {
  const text = errorText(error);
  if (error instanceof OperationError) return { ok: false, kind: "no", text };
  if (error instanceof ConfigurationError) return { ok: false, kind: "configuration", text };
  if (error instanceof StoreError) return { ok: false, kind: "later", text };
  return { ok: false, kind: "failed", text };
}

/** The operations of the server that listens at `path`; undefined where none does. */
export async function connectOperations(path: string): Promise<ServerOperations | undefined> {
  if (!(await serverListens(path))) return undefined;
  const call = async (name: string, values: readonly unknown[]): Promise<unknown> => {
    const reply = await callServer(path, { call: name, arguments: values, user: userName() });
    if (reply === undefined) throw new TryLaterError("the server has just stopped; try again");
    return valueOf(reply);
  };
  const entries = Object.keys(names).map((name) => [
    name,
    (...values: readonly unknown[]) => call(name, values),
  ]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `names` lists every operation
  return Object.fromEntries(entries) as ServerOperations;
}

function valueOf(reply: ControlReply): unknown {
  if (reply.ok) return reply.value;
  switch (reply.kind) {
    case "no":
      throw new OperationError(reply.text);
    case "configuration":
      throw new ConfigurationError(reply.text);
    case "later":
      throw new TryLaterError(reply.text);
    case "failed":
      throw new Error(reply.text);
  }
}
