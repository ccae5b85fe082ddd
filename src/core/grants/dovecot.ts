// What Dovecot tells, in its own words: the reports of its authentication policy, and the events that
// its statistics export. Checked against Dovecot 2.3.19, docs/roaming.md says how it is set up.

import { z } from "zod";
import { parseIp } from "../mail/ip.ts";
import { bad, good, type Result } from "../result.ts";
import { isSessionName, type Sign, softwareName, type Told } from "./told.ts";

/** The services in which mail is read; others check passwords with Dovecot as well. */
const services: ReadonlySet<string> = new Set(["imap", "pop3"]);

/** The attributes of `auth_policy_request_attributes`, and what Dovecot adds to a report. */
const report = z.object({
  login: z.string(),
  remote: z.string(),
  protocol: z.string(),
  success: z.boolean(),
  policy_reject: z.boolean().optional(),
  session_id: z.string().optional(),
  device_id: z.string().optional(),
});

/** Reads the body of a call with `command=report`. */
export function readDovecotReport(value: unknown): Result<Told, string> {
  const read = report.safeParse(value);
  if (!read.success) {
    return bad(
      "this is no report of Dovecot's with login, remote, protocol, session_id and success; " +
        "leave auth_policy_request_attributes as it is by default",
    );
  }
  const { login, remote, protocol, success, policy_reject, session_id, device_id } = read.data;
  if (!success || policy_reject === true) return nothing("the login failed");
  if (!services.has(protocol)) return nothing(`${protocol} is not for reading mail`);
  return sign("begun", { user: login, remote, session: session_id, software: device_id });
}

const event = z.object({
  event: z.string(),
  categories: z.array(z.string()).optional(),
  fields: z.object({
    user: z.string().optional(),
    remote_ip: z.string().optional(),
    session: z.string().optional(),
    service: z.string().optional(),
    success: z.union([z.string(), z.boolean()]).optional(),
  }),
});

type Fields = z.output<typeof event>["fields"];

/** Events that are signs of a session that goes on. */
const signs: Readonly<Record<string, Sign>> = {
  imap_command_finished: "alive",
  pop3_command_finished: "alive",
  imap_client_hibernated: "asleep",
  imap_client_unhibernated: "awake",
};

/** Reads an event as the exporter's `format = json` writes it. */
export function readDovecotEvent(value: unknown): Result<Told, string> {
  const read = event.safeParse(value);
  if (!read.success) {
    return bad("this is no event of Dovecot's; set format = json in event_exporter");
  }
  const { event: name, categories = [], fields } = read.data;
  if (name === "auth_request_finished") return readLogin(fields);
  if (name === "mail_user_session_finished") return readEnd(fields, categories);
  const found = Object.hasOwn(signs, name) ? signs[name] : undefined;
  if (found === undefined) return nothing(`${name} says nothing of a session`);
  return sign(found, { ...fields, remote: fields.remote_ip });
}

function readLogin(fields: Fields): Result<Told, string> {
  const { success, service = "" } = fields;
  if (success !== "yes" && success !== true) return nothing("the login failed");
  if (!services.has(service)) return nothing(`${service} is not for reading mail`);
  return sign("begun", { ...fields, remote: fields.remote_ip });
}

/** POP3 names no client here. Deliveries have such sessions, too, in services of their own. */
function readEnd({ session = "" }: Fields, categories: readonly string[]): Result<Told, string> {
  const service = categories.find((category) => category.startsWith("service:"))?.slice(8);
  if (service !== undefined && !services.has(service)) {
    return nothing(`${service} is not for reading mail`);
  }
  if (!isSessionName(session)) return nothing("the session has no name");
  return good({ kind: "end", session });
}

interface Words {
  readonly user?: string | undefined;
  readonly remote?: string | undefined;
  readonly session?: string | undefined;
  readonly software?: string | undefined;
}

function sign(found: Sign, words: Words): Result<Told, string> {
  const { user = "", remote = "", session = "" } = words;
  const client = parseIp(remote);
  // A login by a local program, such as a migration's, has no address.
  if (client === undefined) return nothing("the client has no IP address");
  if (user === "") return nothing("nobody is named");
  const software = softwareName(words.software ?? "");
  return good({
    kind: "sign",
    sign: found,
    account: user,
    client,
    ...(isSessionName(session) && { session }),
    ...(software !== undefined && { software }),
  });
}

function nothing(why: string): Result<Told, string> {
  return good({ kind: "nothing", why });
}
