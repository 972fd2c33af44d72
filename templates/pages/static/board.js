// Brings the live parts of a page up to date: when `live` tells of news (news.js), else every five
// seconds, or every second while something is under way. Without it a page shows what was so when
// it was loaded.
"use strict";

const EVERY = 5000, SOON = 1000, SELDOM = 60000; // milliseconds
let tag = null;
let refreshedAt = Date.now();

function replaceable(part) {
  return !part.contains(document.activeElement) && !part.querySelector("details[open]");
}

async function refresh(news = "") {
  const headers = { "Rollcall-News": news, ...(tag ? { "If-None-Match": tag } : {}) };
  const answer = await fetch(location.href, { headers, cache: "no-store", redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    location.assign("/board/sign-in"); // the session is over
    return;
  }
  if (answer.status >= 500) throw new Error(`The answer is ${answer.status}`);
  refreshedAt = Date.now();
  if (answer.status !== 200) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  showOwnTimes(page); // as this one does, or all parts would be others
  document.title = page.title;
  let isWhole = true;
  for (const part of document.querySelectorAll("[data-live]")) {
    const newer = page.querySelector(`[data-live="${part.dataset.live}"]`);
    if (!newer || newer.isEqualNode(part)) continue;
    if (replaceable(part)) part.replaceWith(newer);
    else isWhole = false; // somebody is at it: look again
  }
  tag = isWhole ? answer.headers.get("ETag") : null;
}

async function look(news) {
  let isOffline = false;
  try {
    if (!document.hidden) await refresh(news);
  } catch {
    isOffline = true; // the server restarts, perhaps behind a proxy, or the network is away
    tag = null; // so that the next look is soon
  }
  document.querySelector("[data-offline]")?.toggleAttribute("hidden", !isOffline);
}

async function tick() {
  const isDue = tag === null || !isTold() || Date.now() - refreshedAt > SELDOM;
  if (isDue) await look();
  setTimeout(tick, pause());
}

// Whether `live` tells of all that this page shows: then it looks by itself but seldom.
function isTold() {
  return typeof told === "function" && told() && !document.querySelector("[data-soon]");
}

function pause() {
  return document.querySelector("[data-soon]") ? SOON : EVERY;
}

if (document.querySelector("[data-live]")) setTimeout(tick, pause());
