// Reads Prometheus' text format, and refuses what Prometheus would: a line that is none, a sample
// without its family, a series that is there twice.

import assert from "node:assert/strict";

interface Family {
  readonly type: string;
  readonly help: string;
}

export interface ReadExposition {
  readonly families: ReadonlyMap<string, Family>;
  /** By name and labels, these in the order of their names. */
  readonly samples: ReadonlyMap<string, number>;
}

type Labels = Readonly<Record<string, string>>;

const sampleLine = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([-+.\w]+)$/;
const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(,|$)/y;

export function readExposition(text: string): ReadExposition {
  const families = new Map<string, Family>();
  const helps = new Map<string, string>();
  const samples = new Map<string, number>();
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const [, word, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line) ?? [];
    if (word === "HELP") {
      helps.set(name, rest);
    } else if (word === "TYPE") {
      assert.ok(!families.has(name), `${name} is declared twice`);
      assert.match(rest, /^(counter|gauge|histogram)$/);
      families.set(name, { type: rest, help: helps.get(name) ?? assert.fail(line) });
    } else {
      readSample(line, families, samples);
    }
  }
  return { families, samples };
}

/** Undefined where there is no such series. */
export function valueOf(
  { samples }: ReadExposition,
  name: string,
  labels: Labels = {},
): number | undefined {
  return samples.get(keyOf(name, labels));
}

function readSample(
  line: string,
  families: ReadonlyMap<string, Family>,
  samples: Map<string, number>,
): void {
  const [, name = assert.fail(`no sample: ${line}`), labels = "", value = ""] =
    sampleLine.exec(line) ?? [];
  const family = families.get(name) ?? families.get(name.replace(/_(bucket|sum|count)$/, ""));
  assert.ok(family !== undefined, `no family: ${line}`);
  const key = keyOf(name, readLabels(labels));
  assert.ok(!samples.has(key), `twice: ${line}`);
  const number = value === "+Inf" ? Infinity : Number(value);
  assert.ok(!Number.isNaN(number), line);
  samples.set(key, number);
}

function readLabels(text: string): Labels {
  const labels: Record<string, string> = {};
  let at = 0;
  while (at < text.length) {
    label.lastIndex = at;
    const [all = assert.fail(`no labels: ${text}`), name = "", value = ""] = label.exec(text) ?? [];
    labels[name] = value.replaceAll(/\\(.)/g, (_, escaped) => (escaped === "n" ? "\n" : escaped));
    at += all.length;
  }
  return labels;
}

function keyOf(name: string, labels: Labels): string {
  return `${name} ${JSON.stringify(Object.entries(labels).toSorted(([one], [other]) => (one < other ? -1 : 1)))}`;
}
