// Links from one page to another.

import { html } from "hono/html";
import type { DecisionId } from "../../../core/policy/decision-id.ts";
import { formatMessageId, type MessageId } from "../../../core/queue/message.ts";
import { foreign, type Html } from "./html.ts";

/** Names with values; those without a value are left out. */
export type Query = Readonly<Record<string, string | undefined>>;

export function href(path: string, query: Query): string {
  const given = new URLSearchParams();
  for (const [name, value = ""] of Object.entries(query))
    if (value !== "") given.append(name, value);
  const text = given.toString();
  return text === "" ? path : `${path}?${text}`;
}

/** A path of ours with one more parameter, or another value of it. */
export function withParameter(path: string, name: string, value: string): string {
  const url = new URL(path, "http://localhost");
  url.searchParams.set(name, value);
  return `${url.pathname}${url.search}`;
}

export function decisionPath(id: DecisionId): string {
  return `/ask/decision/${encodeURIComponent(id)}`;
}

export function clientPath(client: string): string {
  return `/ask/client/${encodeURIComponent(client)}`;
}

/** Where its sessions are watched. */
export function conversationPath(client: string): string {
  return `${clientPath(client)}/sessions`;
}

export function messagePath(id: MessageId): string {
  return `/queue/${formatMessageId(id)}`;
}

export function clientLink(client: string): Html {
  return html`<a href="${clientPath(client)}">${foreign(client)}</a>`;
}

/** Where to go after an act: a page of ours, and nothing that a browser takes for another site. */
export function ownPath(wanted: string | null | undefined, otherwise: string): string {
  if (wanted === null || wanted === undefined) return otherwise;
  // oxlint-disable-next-line no-control-regex -- browsers drop some of them, and read on
  if (!/^\/[^\\\u0000-\u0020]*$/.test(wanted)) return otherwise;
  // What is left of `/.//example.com` without its dots is another site.
  const path = URL.parse(wanted, "http://localhost")?.pathname;
  return path === undefined || path.startsWith("//") || wanted.startsWith("//")
    ? otherwise
    : wanted;
}
