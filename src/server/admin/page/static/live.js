// Keeps parts of a page up to date: the server says what has changed (/events), and every part that
// is marked with it (data-live="topic …") is fetched again. Says so where there is no connection.

const pauseMs = 1000;
const note = document.getElementById("connection");
const stale = new Set();
let isWaiting = false;

/** Topics that parts of this page show. */
const topics = new Set(parts().flatMap(topicsOf));
if (topics.size > 0) listen();

function parts() {
  return [...document.querySelectorAll("[data-live]")];
}

function topicsOf(part) {
  return (part.dataset.live ?? "").split(" ");
}

function listen() {
  const source = new EventSource(`/events?topics=${[...topics].join(",")}`);
  let wasLost = false;
  source.addEventListener("open", () => {
    say("");
    // What happened meanwhile was not heard.
    if (wasLost) changed([...topics]);
    wasLost = false;
  });
  source.addEventListener("error", () => {
    wasLost = true;
    say("Not connected: what stands here may be old.");
    // A browser gives up where the answer was no stream; the server may only be starting.
    if (source.readyState === EventSource.CLOSED) setTimeout(listen, 5 * pauseMs);
  });
  source.addEventListener("changed", (event) => changed(event.data.split(" ")));
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function say(text) {
  if (note !== null && note.textContent !== text) note.textContent = text;
}

function changed(names) {
  for (const name of names) stale.add(name);
  if (isWaiting || document.hidden) return;
  isWaiting = true;
  setTimeout(refresh, pauseMs);
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && stale.size > 0) changed([]);
});

async function refresh() {
  const meant = parts().filter((part) => topicsOf(part).some((topic) => stale.has(topic)));
  stale.clear();
  try {
    if (meant.length > 0) await replace(meant);
  } catch {
    say("Not connected: what stands here may be old.");
  } finally {
    isWaiting = false;
    if (stale.size > 0) changed([]);
  }
}

async function replace(meant) {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok || answer.redirected) return location.reload();
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of meant) {
    const next = fresh.getElementById(part.id);
    if (next === null || next.innerHTML === part.innerHTML || isInUse(part)) continue;
    part.replaceChildren(...document.adoptNode(next).childNodes);
    part.dispatchEvent(new CustomEvent("refreshed", { bubbles: true }));
  }
}

/** Somebody is about to do something with what stands there. */
function isInUse(part) {
  return (
    part.contains(document.activeElement) || part.querySelector("input:checked, details[open]")
  );
}
