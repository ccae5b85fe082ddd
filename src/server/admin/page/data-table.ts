// Tables, which on a phone become a card for each row.

import { html } from "hono/html";
import type { Html } from "./html.ts";

export interface Column {
  readonly name: string | Html;
  /** The name where a row is a card, and `name` is no plain text. */
  readonly label?: string;
  readonly kind?: "text" | "number" | "control";
}

export type Cell = string | Html;

export interface DataTable {
  /** What the table is; read aloud, and shown where `showsCaption` is set. */
  readonly caption: string;
  readonly showsCaption?: boolean;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said in the place of a table without rows. */
  readonly empty: string | Html;
}

// The roles stand for what a browser no longer says of a table once its parts are no table boxes.
export function dataTable({ caption, showsCaption, columns, rows, empty }: DataTable): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const heads = columns.map(
    ({ name, kind = "text" }) =>
      html`<th scope="col" role="columnheader" class="${kind}">${name}</th>`,
  );
  const lines = rows.map((cells) => {
    const each = cells.map((cell, at) => oneCell(cell, columns[at]));
    return html`<tr role="row">${each}</tr>\n`;
  });
  return html`<table class="data" role="table">
<caption class="${showsCaption === true ? "" : "unseen"}">${caption}</caption>
<thead role="rowgroup"><tr role="row">${heads}</tr></thead>
<tbody role="rowgroup">
${lines}</tbody>
</table>`;
}

function oneCell(cell: Cell, column: Column | undefined): Html {
  const { name = "", label, kind = "text" } = column ?? {};
  const said = label ?? (typeof name === "string" ? name : undefined);
  const mark = said !== undefined && said !== "" && html` data-label="${said}"`;
  return html`<td role="cell" class="${kind}"${mark}><div>${cell}</div></td>`;
}
