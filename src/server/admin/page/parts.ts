// Parts that pages share.

import { html } from "hono/html";
import type { Html } from "./html.ts";
import type { Tone } from "./page.ts";

/** The mark says the tone where the colour does not. */
const marks: Readonly<Record<Tone, string>> = { ok: "✓", warning: "!", problem: "✕", quiet: "·" };
const spoken: Readonly<Record<Tone, string>> = {
  ok: "",
  warning: "Warning: ",
  problem: "Problem: ",
  quiet: "",
};

/** A word or two on the state of something. */
export function badge(tone: Tone, text: string): Html {
  return html`<span class="badge ${tone}"><span aria-hidden="true">${marks[tone]}</span> ${text}</span>`;
}

/** Something that is to be read before the rest. */
export function notice(tone: Tone, content: string | Html): Html {
  const role = tone === "problem" ? "alert" : "status";
  return html`<div class="notice ${tone}" role="${role}"><span class="notice-mark" aria-hidden="true">${marks[tone]}</span><div><span class="unseen">${spoken[tone]}</span>${content}</div></div>`;
}

export interface Field {
  /** The input's name, and its id. */
  readonly name: string;
  readonly label: string;
  readonly value?: string;
  readonly type?: "text" | "password" | "number";
  readonly hint?: string;
  /** What is wrong with what was given. */
  readonly problem?: string | undefined;
  readonly required?: boolean;
  /** As HTML has it: `username`, `current-password`, `off`. */
  readonly autocomplete?: string;
  readonly placeholder?: string;
}

/** A line of text to fill in, with its label, a hint and what is wrong with it. */
export function textField(field: Field): Html {
  const { name, label, value = "", type = "text", hint, problem, placeholder } = field;
  const about = [
    ...(hint === undefined ? [] : [`${name}-hint`]),
    ...(problem === undefined ? [] : [`${name}-problem`]),
  ].join(" ");
  const attributes = [
    placeholder !== undefined && html` placeholder="${placeholder}"`,
    about !== "" && html` aria-describedby="${about}"`,
    problem !== undefined && html` aria-invalid="true"`,
    field.required === true && html` required`,
  ];
  const autocomplete = field.autocomplete ?? "off";
  return html`<div class="field">
<label for="${name}">${label}</label>
<input id="${name}" name="${name}" type="${type}" value="${value}" autocomplete="${autocomplete}" autocapitalize="none" spellcheck="false"${attributes}>
${hint !== undefined && html`<p class="hint" id="${name}-hint">${hint}</p>`}
${problem !== undefined && html`<p class="wrong" id="${name}-problem">${problem}</p>`}
</div>`;
}

export interface Choice {
  readonly name: string;
  readonly label: string;
  /** Each value with its words. */
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly value: string;
}

/** One of a few. */
export function choiceField({ name, label, options, value }: Choice): Html {
  const each = options.map(([option, words]) => {
    const mark = option === value && html` selected`;
    return html`<option value="${option}"${mark}>${words}</option>`;
  });
  return html`<div class="field">
<label for="${name}">${label}</label>
<select id="${name}" name="${name}">${each}</select>
</div>`;
}

export interface Check {
  readonly name: string;
  readonly label: string;
  readonly isChecked?: boolean;
  /** What is sent where it is checked. */
  readonly value?: string;
}

/** Yes or no. */
export function checkField({ name, label, isChecked = false, value = "yes" }: Check): Html {
  return html`<div class="field check">
<input type="checkbox" id="${name}" name="${name}" value="${value}"${isChecked && html` checked`}>
<label for="${name}">${label}</label>
</div>`;
}

/** A form that changes something. */
export function actForm(action: string, csrf: string, content: Html): Html {
  return html`<form method="post" action="${action}">${csrfField(csrf)}${content}</form>`;
}

export function csrfField(csrf: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrf}">`;
}

/** Facts, each with its name. */
export function facts(list: readonly (readonly [name: string, fact: string | Html])[]): Html {
  const each = list.map(([name, fact]) => html`<div><dt>${name}</dt><dd>${fact}</dd></div>`);
  return html`<dl class="facts">${each}</dl>`;
}

/** A part of the page that is fetched again when one of these topics changes (static/live.js).
 * @param id its own, and the same each time. */
export function livePart(id: string, topics: readonly string[], content: Html): Html {
  return html`<div id="${id}" data-live="${topics.join(" ")}">${content}</div>`;
}
