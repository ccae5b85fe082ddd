import assert from "node:assert/strict";
import { test } from "node:test";
import { Histogram, quantile } from "./histogram.ts";

test("values count for the first bound that they do not exceed", () => {
  const histogram = new Histogram([1, 2, 4]);
  for (const value of [0, 1, 1.5, 2, 4, 4.1, Infinity]) histogram.observe(value);
  const { counts } = histogram.read();
  assert.deepEqual(counts, [2, 2, 1, 2]);
});

test("what was read stays as it was", () => {
  const histogram = new Histogram([1]);
  const before = histogram.read();
  histogram.observe(3);
  assert.deepEqual(before, { bounds: [1], counts: [0, 0], sum: 0 });
  assert.deepEqual(histogram.read(), { bounds: [1], counts: [0, 1], sum: 3 });
});

test("the largest is that since it was last asked for", () => {
  const histogram = new Histogram([1]);
  for (const value of [2, 7, 3]) histogram.observe(value);
  assert.equal(histogram.takeLargest(), 7);
  histogram.observe(1);
  assert.equal(histogram.takeLargest(), 1);
  assert.equal(histogram.takeLargest(), 0);
});

test("quantiles lie in the right bucket, spread evenly", () => {
  const bounds = [1, 2, 4];
  assert.equal(quantile({ bounds, counts: [0, 0, 0, 0] }, 0.5), null);
  assert.equal(quantile({ bounds, counts: [0, 10, 0, 0] }, 0.5), 1.5);
  assert.equal(quantile({ bounds, counts: [5, 0, 5, 0] }, 0.5), 1);
  assert.equal(quantile({ bounds, counts: [5, 0, 5, 0] }, 0.95), 3.8);
  assert.equal(quantile({ bounds, counts: [0, 0, 0, 3] }, 0.5), 4);
  assert.equal(quantile({ bounds, counts: [1, 0, 0, 0] }, 1), 1);
});
