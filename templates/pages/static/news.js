// Hears from `live` which Macs have changed, by server-sent events, and has the page look. Where there
// is no `live`, or a proxy keeps the news back, board.js looks every five seconds.
"use strict";

const SILENT = 40000, AGAIN = 60000; // milliseconds without a word; until it is tried again
let source = null;
let heardAt = 0; // 0: nothing was heard on this connection
let isGreeted = false; // a browser that comes back after a gap is told what it missed
let askAt = 0;
let isLooking = false;
let due = null; // the news that came meanwhile

function told() {
  return heardAt > 0 && Date.now() - heardAt < SILENT;
}

function listen() {
  const part = document.querySelector("[data-news]");
  if (!part || document.hidden || source || Date.now() < askAt) return;
  askAt = Date.now() + AGAIN * (1 + Math.random());
  isGreeted = false;
  const mac = part.dataset.news;
  source = new EventSource(`/board/live${mac ? `?mac=${mac}` : ""}`);
  source.addEventListener("hello", event => {
    hear();
    if (!isGreeted) lookAt(event.lastEventId); // what happened between the page and this
    isGreeted = true;
  });
  source.addEventListener("beat", hear);
  source.addEventListener("message", event => {
    hear();
    lookAt(event.lastEventId);
  });
  source.addEventListener("over", () => {
    stop();
    lookAt(""); // which leads to the sign-in
  });
  source.addEventListener("error", () => {
    heardAt = 0;
    if (source?.readyState === EventSource.CLOSED) stop();
  });
}

function hear() {
  heardAt = Date.now();
}

function stop() {
  source?.close();
  source = null;
  heardAt = 0;
}

async function lookAt(news) {
  due = news;
  if (isLooking) return;
  isLooking = true;
  while (due !== null) {
    const next = due;
    due = null;
    await look(next);
  }
  isLooking = false;
}

function attend() {
  if (source && heardAt > 0 && !told()) stop();
  listen();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    stop();
    askAt = 0;
  } else {
    listen();
    lookAt("");
  }
});
setInterval(attend, EVERY);
listen();
