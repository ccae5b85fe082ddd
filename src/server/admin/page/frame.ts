// What stands around every page: its head, the navigation, and who has logged in.

import { html } from "hono/html";
import { type Html, nothing } from "./html.ts";
import type { Outcome, Page } from "./page.ts";
import { csrfField, notice } from "./parts.ts";
import { sectionOf, sections } from "./sections.ts";
import type { StaticFiles } from "./static-files.ts";

export interface Surroundings {
  /** The server's. */
  readonly hostname: string;
  readonly files: Pick<StaticFiles, "urlOf">;
  /** The path of what is shown. */
  readonly path: string;
  /** Absent before somebody has logged in: then there is nowhere to go. */
  readonly visitor?: Visitor;
  readonly outcome?: Outcome;
  /** The last change that the page may show (live/changes.ts). */
  readonly changes?: number;
}

export interface Visitor {
  readonly name: string;
  /** Goes with every form that changes something. */
  readonly csrf: string;
}

/** Modules that every page of somebody who has logged in loads. */
const everywhere = ["live.js"] as const;

export function frame(page: Page, surroundings: Surroundings): Html {
  const { hostname, files, visitor, outcome, changes } = surroundings;
  const modules = [...(visitor === undefined ? [] : everywhere), ...(page.modules ?? [])];
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} · ${hostname}</title>
<link rel="icon" href="${files.urlOf("icon.svg")}" type="image/svg+xml">
<link rel="stylesheet" href="${files.urlOf("style.css")}">
${modules.map((name) => html`<script type="module" src="${files.urlOf(name)}"></script>\n`)}
</head>
<body${changes !== undefined && html` data-changes="${String(changes)}"`}>
<a class="skip" href="#main">Skip to the content</a>
${banner(surroundings)}
<main id="main" tabindex="-1">
<h1>${page.title}</h1>
${outcome && notice(outcome.tone, outcome.text)}
${page.main}
</main>
</body>
</html>
`;
}

function banner({ hostname, path, visitor }: Surroundings): Html {
  return html`<header class="banner">
<div class="banner-row">
<p class="wordmark"><a href="/"><span class="mark" aria-hidden="true"></span>bailiwick</a> <span class="hostname">${hostname}</span></p>
${visitor && navigation(path)}
${visitor && leave(visitor)}
</div>
<p class="connection" id="connection" role="status"></p>
</header>`;
}

function navigation(path: string): Html {
  const current = sectionOf(path);
  const items = sections.map((section) => {
    const mark = section === current ? html` aria-current="page"` : nothing;
    return html`<li><a href="${section.path}"${mark}>${section.name}</a></li>`;
  });
  return html`<nav aria-label="Pages"><ul>${items}</ul></nav>`;
}

function leave({ name, csrf }: Visitor): Html {
  return html`<form class="leave" method="post" action="/logout">
${csrfField(csrf)}
<a class="operator" href="/password"><span class="unseen">Change the password of </span>${name}</a>
<button class="plain">Log out</button>
</form>`;
}
