// What one client and we say to each other, as it happens.

import { html } from "hono/html";
import type { WatchedLine } from "../../../watching/watch.ts";
import { foreign, type Html } from "../html.ts";
import { clientPath, conversationPath } from "../links.ts";
import { moment } from "../moments.ts";
import type { Page } from "../page.ts";
import { livePart } from "../parts.ts";
import type { Conversation } from "./conversations.ts";

export interface ConversationData extends Conversation {
  readonly client: string;
}

export function conversationPage({ client, since, lines }: ConversationData): Page {
  return {
    title: `Sessions of ${client}`,
    main: html`<p class="lead">Its sessions as they pass, watched since ${moment(since)}. Passwords and messages are left out, and nothing is kept once this page is closed.</p>
<p class="buttons"><a class="button" href="${conversationPath(client)}">Load again</a>
<a class="button" href="${clientPath(client)}">Its last decisions</a></p>
${livePart("conversation", ["sessions"], transcript(lines))}`,
  };
}

function transcript(lines: readonly WatchedLine[]): Html {
  if (lines.length === 0) {
    return html`<p class="empty">It has said nothing since. Its next session shows here.</p>`;
  }
  const sessions = [...Map.groupBy(lines, ({ session }) => session)].toReversed();
  return html`${sessions.map(([session, said]) => oneSession(session, said))}`;
}

function oneSession(session: string, lines: readonly WatchedLine[]): Html {
  const items = lines.map(
    ({ at, side, text }) =>
      html`<li class="${side}"><time>${clockTime(at)}</time> <span class="side">${sides[side]}</span> <span class="said">${foreign(text)}</span></li>`,
  );
  return html`<section class="panel" aria-label="Session ${session}">
<h2><span class="mono">${session}</span> <span class="soft">at ${foreign(lines[0]?.listener ?? "")}</span></h2>
<ol class="transcript">${items}</ol>
</section>`;
}

const sides = { client: "C:", server: "S:", note: "––" } as const;

/** `18:20:01.123` */
function clockTime(at: number): string {
  return new Date(at).toISOString().slice(11, 23);
}
