// The map: IPv4 space as a picture, with the space that may relay marked.

import { parsePrefix } from "../../../mail/ip.ts";
import type { Admission } from "../admitted.ts";
import { isEmpty, union } from "../space.ts";
import { privateSpace, reservedSpace } from "../special-space.ts";
import { mapSide, rectangleOf } from "./hilbert.ts";
import { type LegendEntry, makeLegend } from "./legend.ts";
import { exactPath, marksPath, picture, rectanglesOf } from "./shapes.ts";

const margin = 24;
const titleHeight = 56;
const lineHeight = 26;
const width = picture + 2 * margin;

/** In both schemes every colour stands out from the ground, and from its neighbours also for eyes
 * that tell red and green apart badly (after Okabe and Ito). Plain rules, no variables: not every
 * viewer knows those. */
const style = `
svg{font-family:system-ui,sans-serif}
.ground{fill:#fbfbf9}.land{fill:#e9e9e3}.private{fill:#bfd0e0}.reserved{fill:#d3d0c7}
.grid{stroke:#fbfbf9;stroke-width:1.5;fill:none}.number,.note{fill:#6b7079}.number{font-size:11px;stroke:#fbfbf9;stroke-width:2.5;paint-order:stroke}.note{font-size:13px}
.title,.text{fill:#22252a}.title{font-size:22px;font-weight:600}.text{font-size:15px}
.mark{stroke:#22252a;stroke-width:1}
.c0{fill:#d55e00}.c1{fill:#0072b2}.c2{fill:#009e73}.c3{fill:#b5489a}.c4{fill:#b88700}.c5{fill:#2fa3d7}.c6{fill:#6b4fbb}
@media(prefers-color-scheme:dark){
.ground{fill:#14161a}.land{fill:#24272d}.private{fill:#2c435a}.reserved{fill:#3c3e42}
.grid,.number{stroke:#14161a}.number,.note{fill:#979da7}.title,.text{fill:#e8e8e4}.mark{stroke:#e8e8e4}
.c0{fill:#ff8c42}.c1{fill:#4aa8e8}.c2{fill:#2fd0a0}.c3{fill:#ee8fd0}.c4{fill:#f0c040}.c5{fill:#8fd8ff}.c6{fill:#b09cff}}`;

/** The text of an SVG file, at most about 4 MB whatever is admitted. Each square of the grid is a
 * /8; networks smaller than a /16 are drawn larger than they are. */
export function drawMap(admissions: readonly Admission[]): string {
  const legend = makeLegend(admissions);
  const rows = Math.max(1, legend.length) + 2;
  const height = titleHeight + picture + margin + rows * lineHeight + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">IPv4 addresses that may send mail to anyone without logging in</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="100%" height="100%"/>`,
    `<text class="title" x="${margin}" y="${titleHeight - 22}">Who may send mail to anyone without logging in</text>`,
    `<g transform="translate(${margin} ${titleHeight})">`,
    ...drawSpace(legend),
    "</g>",
    ...drawLegend(legend, titleHeight + picture + margin),
    "</svg>",
    "",
  ].join("\n");
}

function drawSpace(legend: readonly LegendEntry[]): readonly string[] {
  const taken = new Set<number>();
  const layers = legend.map(({ colour, space }) => ({ colour, shapes: rectanglesOf(space) }));
  return [
    `<rect class="land" width="${picture}" height="${picture}"/>`,
    `<path class="reserved" d="${exactPath(rectanglesOf(reservedSpace))}"/>`,
    `<path class="private" d="${exactPath(rectanglesOf(privateSpace))}"/>`,
    ...layers.map(({ colour, shapes }) => `<path class="${colour}" d="${exactPath(shapes)}"/>`),
    `<path class="grid" d="${gridPath()}"/>`,
    ...numbers(),
    ...layers
      .map(({ colour, shapes }) => ({ colour, path: marksPath(shapes, taken) }))
      .filter(({ path }) => path !== "")
      .map(({ colour, path }) => `<path class="${colour} mark" d="${path}"/>`),
  ];
}

function gridPath(): string {
  const step = picture / 16;
  return Array.from(
    { length: 15 },
    (_, index) => `M${(index + 1) * step} 0v${picture}M0 ${(index + 1) * step}h${picture}`,
  ).join("");
}

/** The first octet of each /8, in its corner. */
function numbers(): readonly string[] {
  return Array.from({ length: 256 }, (_, octet) => {
    const prefix = parsePrefix(`${octet}.0.0.0/8`);
    if (prefix === undefined) return "";
    const { x, y } = rectangleOf(prefix);
    const [left, top] = [(x / mapSide) * picture + 4, (y / mapSide) * picture + 13];
    return `<text class="number" x="${left}" y="${top}">${octet}</text>`;
  });
}

function drawLegend(legend: readonly LegendEntry[], top: number): readonly string[] {
  const rowAt = (index: number) => top + index * lineHeight;
  const nobody = isEmpty(union(legend.map(({ space }) => space)));
  const entries = nobody
    ? [text("text", margin, rowAt(0) + 14, "Nobody, by IPv4 address.")]
    : legend.flatMap(({ colour, text: words }, index) => [
        swatch(colour, margin, rowAt(index)),
        text("text", margin + 26, rowAt(index) + 14, words),
      ]);
  const keys = rowAt(Math.max(1, legend.length)) + 8;
  return [
    ...entries,
    swatch("private", margin, keys),
    text("note", margin + 26, keys + 13, "private, shared, loopback, link-local"),
    swatch("reserved", margin + 290, keys),
    text("note", margin + 316, keys + 13, "reserved, examples, multicast"),
    text(
      "note",
      margin,
      keys + 13 + lineHeight,
      "Each square is a /8, along a Hilbert curve. Framed marks are networks too small to be seen in their true size.",
    ),
  ];
}

function swatch(colour: string, x: number, y: number): string {
  return `<rect class="${colour}" x="${x}" y="${y}" width="16" height="16" rx="3"/>`;
}

function text(kind: string, x: number, y: number, words: string): string {
  return `<text class="${kind}" x="${x}" y="${y}">${escape(words)}</text>`;
}

const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };

function escape(words: string): string {
  return words.replaceAll(/[&<>]/g, (character) => entities[character] ?? character);
}
