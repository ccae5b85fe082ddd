// Draws the charts of the page *Now*. The page says all of it in words and tables as well.

import uPlot from "./uplot.js";

const refreshMs = 60_000;
const height = 150;
const place = document.querySelector("[data-charts]");
const scheme = matchMedia("(prefers-color-scheme: dark)");
const wide = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries) {
    drawn.get(target.id)?.setSize({ width: Math.floor(contentRect.width), height });
  }
});
const drawn = new Map();
let last;

addStyle();
await refresh();
setInterval(refreshSeen, refreshMs);
document.addEventListener("visibilitychange", refreshSeen);
scheme.addEventListener("change", () => drawAll());

function addStyle() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("./uplot.css", import.meta.url).href;
  document.head.append(link);
}

function refreshSeen() {
  if (!document.hidden) void refresh();
}

async function refresh() {
  try {
    const answer = await fetch(place.dataset.charts, { headers: { accept: "application/json" } });
    if (answer.ok) last = await answer.json();
  } catch {
    // The page says itself where there is no connection.
  }
  drawAll();
}

function drawAll() {
  if (last === undefined) return;
  for (const chart of last.charts) {
    const at = document.getElementById(chart.id);
    if (at !== null) draw(at, chart, last.times);
  }
}

function draw(at, { lines, id }, times) {
  drawn.get(id)?.destroy();
  const width = Math.max(200, Math.floor(at.clientWidth));
  const data = [times, ...lines.map(({ values }) => values)];
  drawn.set(id, new uPlot(options(at, lines, width), data, at));
  wide.observe(at);
}

function options(at, lines, width) {
  const axis = {
    stroke: colour("--soft"),
    grid: { stroke: colour("--line"), width: 1 },
    ticks: { show: false },
    font: `11px ${getComputedStyle(document.body).fontFamily}`,
  };
  return {
    width,
    height,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: { x: { time: true }, y: { range: (_, low, high) => [0, Math.max(1, high * 1.1)] } },
    axes: [
      { ...axis, size: 28, space: 60, values: timesOf },
      { ...axis, size: 44, space: 32, values: (_, all) => all.map(figure) },
    ],
    series: [
      {},
      ...lines.map((_, index) => ({
        stroke: colour(`--c${index}`),
        fill: index === 0 ? `${colour(`--c${index}`)}22` : undefined,
        width: 1.75,
        points: { show: false },
        spanGaps: false,
      })),
    ],
    hooks: { setCursor: [(chart) => tell(at, chart)] },
  };
}

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The hour, and the day at the first of each. */
function timesOf(_, all) {
  let day = "";
  return all.map((seconds, index) => {
    const time = new Date(seconds * 1000);
    const own = time.toDateString();
    const isNew = own !== day;
    const isFirst = index === 0;
    day = own;
    const hour = `${pad(time.getHours())}:${pad(time.getMinutes())}`;
    return isNew && !isFirst ? `${time.getDate()}.${time.getMonth() + 1}.` : hour;
  });
}

function pad(number) {
  return String(number).padStart(2, "0");
}

function figure(value) {
  if (value === null || value === undefined) return "";
  if (value >= 10_000) return `${Math.round(value / 1000)}k`;
  return String(Number(value.toPrecision(3)));
}

/** The values under the pointer stand in the legend. */
function tell(at, chart) {
  const values = at.parentElement.querySelectorAll(".legend .value");
  const { idx } = chart.cursor;
  values.forEach((value, index) => {
    value.textContent = idx === null || idx === undefined ? "" : figure(chart.data[index + 1][idx]);
  });
}
