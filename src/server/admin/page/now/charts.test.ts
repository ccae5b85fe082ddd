import assert from "node:assert/strict";
import { test } from "node:test";
import { Span } from "../../../metrics/span.ts";
import { chartsOf, figureRows, formatFigure, summarize } from "./charts.ts";

test("figures have three digits that count, and say where nothing is known", () => {
  const shown = [null, 0, 0.001, 0.0123, 0.5, 1.2345, 45.678, 999.6, 1234567].map(formatFigure);
  assert.deepEqual(shown, [
    "–",
    "0",
    "< 0.01",
    "0.012",
    "0.5",
    "1.23",
    "45.7",
    "1,000",
    "1,234,567",
  ]);
});

test("a line in words has its last value, its mean and its highest", () => {
  const values = [null, 2, 4, 6, null];
  assert.equal(summarize({ name: "kept", values }), "kept: 6 at last, 4 on average, 6 at most");
  assert.equal(summarize({ name: "kept", values: [null] }), "kept: nothing");
});

test("a few rows stand for all points, each by the mean of what is known", () => {
  const times = [0, 60, 120, 180, 240];
  const values = [1, 3, null, 8, null];
  const chart = { id: "x", title: "x", unit: "x", lines: [{ name: "kept", values }] };
  assert.deepEqual(figureRows(times, chart, 3), [
    { time: 0, values: [2] },
    { time: 120, values: [8] },
    { time: 240, values: [null] },
  ]);
  assert.deepEqual(figureRows([], chart), []);
});

test("each chart has a value for every point, in the units that it says", () => {
  const now = 1_800_000_000_000;
  const history = { ...new Span("week").read(now), commitSlowest: [0.25, null] };
  const charts = chartsOf(history);
  assert.deepEqual(new Set(charts.map(({ id }) => id)).size, charts.length);
  assert.deepEqual(charts.find(({ id }) => id === "store")?.lines[1]?.values, [250, null]);
  assert.equal(charts[0]?.lines[0]?.values.length, history.times.length);
});
