// Brings the live parts of a page up to date every five seconds, or every second. Without it a page shows what was
// so when it was loaded.
"use strict";

const EVERY = 5000, SOON = 1000; // milliseconds; the second while something is under way
let tag = null;

function replaceable(part) {
  return !part.contains(document.activeElement) && !part.querySelector("details[open]");
}

async function refresh() {
  const headers = tag ? { "If-None-Match": tag } : {};
  const answer = await fetch(location.href, { headers, cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    location.assign("/board/sign-in"); // the session is over
    return;
  }
  if (answer.status !== 200) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  document.title = page.title;
  let isWhole = true;
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!newer || newer.innerHTML === part.innerHTML) continue;
    if (replaceable(part)) part.replaceWith(newer);
    else isWhole = false; // somebody is at it: look again
  }
  tag = isWhole ? answer.headers.get("ETag") : null;
}

async function tick() {
  let isOffline = false;
  try {
    if (!document.hidden) await refresh();
  } catch {
    isOffline = true; // the server restarts, or the network is away: the next time
  }
  document.querySelector("[data-offline]")?.toggleAttribute("hidden", !isOffline);
  setTimeout(tick, pause());
}

function pause() {
  return document.querySelector("[data-soon]") ? SOON : EVERY;
}

if (document.querySelector("[data-live]")) setTimeout(tick, pause());
