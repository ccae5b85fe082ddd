// Keeps parts of a page up to date: the server says what has changed (/events), and every part that
// is marked with it (data-live="topic …") is fetched again. Says so where there is no connection.

const pauseMs = 1000;
const lost = "Not connected: what stands here may be old.";
const note = document.getElementById("connection");
const stale = new Set();
let isWaiting = false;
let source;

/** Topics that parts of this page show. */
const topics = new Set(parts().flatMap(topicsOf));
if (topics.size > 0) {
  listen();
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && listen());
  document.addEventListener("visibilitychange", () => changed([]));
}

function parts() {
  return [...document.querySelectorAll("[data-live]")];
}

function topicsOf(part) {
  return part.dataset.live.split(" ");
}

function listen() {
  const { changes } = document.body.dataset;
  source = new EventSource(`/events?topics=${[...topics].join(",")}&since=${changes}`);
  source.addEventListener("open", () => say(""));
  source.addEventListener("error", () => {
    say(lost);
    // A browser gives up where the answer was no stream; the server may only be starting.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5 * pauseMs);
  });
  source.addEventListener("changed", (event) => changed(event.data.split(" ")));
}

function say(text) {
  if (note.textContent !== text) note.textContent = text;
}

function changed(names) {
  for (const name of names) stale.add(name);
  if (stale.size === 0 || isWaiting || document.hidden) return;
  isWaiting = true;
  setTimeout(refresh, pauseMs);
}

async function refresh() {
  const meant = parts().filter((part) => topicsOf(part).some((topic) => stale.has(topic)));
  stale.clear();
  try {
    await replace(meant);
  } catch {
    say(lost);
  }
  isWaiting = false;
  changed([]);
}

async function replace(meant) {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  // Logged out, or gone: the whole page says so.
  if (answer.redirected || answer.status === 404) return location.reload();
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of meant) {
    const next = fresh.getElementById(part.id);
    if (next === null || next.innerHTML === part.innerHTML || isInUse(part)) continue;
    part.replaceChildren(...document.adoptNode(next).childNodes);
  }
}

/** Somebody is about to do something with what stands there. */
function isInUse(part) {
  return part.contains(document.activeElement) || part.querySelector("input:checked") !== null;
}
