// `/roaming/…`: other servers tell of logins to read mail, and of the ends of their sessions.

import { readDovecotEvent, readDovecotReport } from "../../../core/grants/dovecot.ts";
import { type ReadCall, readLogin, readLogout } from "../../../core/grants/told-calls.ts";
import type { Told } from "../../../core/grants/told.ts";
import { formatIp } from "../../../core/mail/ip.ts";
import type { ToldLogins } from "../../grants/told-logins.ts";
import type { WarnRarely } from "../../rare-log.ts";
import { readJson } from "./json-body.ts";
import { type AdminContext, problem, type Route } from "./route.ts";
import type { SharedSecret } from "./shared-secret.ts";

/** What is open for other servers. */
export interface RoamingDoor {
  readonly secret: SharedSecret;
  readonly fromDovecot: ToldLogins;
  readonly fromOthers: ToldLogins;
}

export interface RoamingOptions {
  /** Undefined where the configuration has no `relay.roaming.events`. */
  readonly door: () => RoamingDoor | undefined;
  readonly warn: WarnRarely;
}

/** Objects in one list. */
const mostAtOnce = 10_000;

type Serve = (context: AdminContext, door: RoamingDoor) => Promise<Response>;

export function roamingRoutes(options: RoamingOptions): readonly Route[] {
  const post = (path: string, serve: Serve): Route => ({
    method: "POST",
    path,
    access: "open", // the secret is another one
    handle: (context) => enter(context, options, serve),
  });
  return [
    post("/roaming/login", (context, door) => answerAll(context, door.fromOthers, readLogin)),
    post("/roaming/logout", (context, door) => answerAll(context, door.fromOthers, readLogout)),
    post("/roaming/dovecot/events", (context, door) =>
      answerOne(context, door.fromDovecot, readDovecotEvent),
    ),
    post("/roaming/dovecot/policy", answerPolicy),
  ];
}

/** Without the secret, not even the body is read. */
function enter(
  context: AdminContext,
  { door, warn }: RoamingOptions,
  serve: Serve,
): Response | Promise<Response> {
  const open = door();
  if (open === undefined) {
    const error =
      "no server may tell of logins here; set relay.roaming.events in the configuration";
    return problem(context, 404, error);
  }
  if (open.secret.isIn(context.req.header("authorization"))) return serve(context, open);
  const client = formatIp(context.env.client);
  warn(
    { event: "roaming-secret-refused", client, path: context.req.path },
    `${client} told of a login without the secret of relay.roaming.events`,
  );
  const error = "the secret is missing or wrong; send Authorization: Bearer SECRET";
  return problem(context, 401, error, { "www-authenticate": 'Bearer realm="roaming"' });
}

/** One object, or a list of them, each with an answer of its own. */
async function answerAll(
  context: AdminContext,
  logins: ToldLogins,
  read: ReadCall<Told>,
): Promise<Response> {
  const body = await readJson(context);
  if (!body.ok) return body.problem;
  if (!Array.isArray(body.value)) return answer(context, logins, read(body.value));
  const all: readonly unknown[] = body.value;
  if (all.length > mostAtOnce) {
    return problem(
      context,
      413,
      `the list has more than ${mostAtOnce} entries; send them in parts`,
    );
  }
  const results = await Promise.all(
    all.map(async (value) => {
      const told = read(value);
      return told.ok ? logins.tell(told.value) : { error: told.problem };
    }),
  );
  return context.json({ results });
}

async function answerOne(
  context: AdminContext,
  logins: ToldLogins,
  read: ReadCall<Told>,
): Promise<Response> {
  const body = await readJson(context);
  return body.ok ? answer(context, logins, read(body.value)) : body.problem;
}

async function answer(
  context: AdminContext,
  logins: ToldLogins,
  told: ReturnType<ReadCall<Told>>,
): Promise<Response> {
  if (!told.ok) return problem(context, 400, told.problem);
  return context.json(await logins.tell(told.value));
}

/** Dovecot's authentication policy. It asks whether a user may log in, and we never say no; then it
 * reports what came of it. */
async function answerPolicy(context: AdminContext, door: RoamingDoor): Promise<Response> {
  if (context.req.query("command") === "report") {
    const answered = await answerOne(context, door.fromDovecot, readDovecotReport);
    if (!answered.ok) return answered;
  }
  return context.json({ status: 0, msg: "" });
}
