// Hears from `live` which Macs have changed, by server-sent events, and has the page look. Where there
// is no `live`, or a proxy keeps the news back, board.js looks every five seconds.
"use strict";

// Milliseconds without a word; of a connection that ends and comes back, as some proxies end it
// each minute; until it is tried again.
const SILENT = 40000, GAP = 10000, AGAIN = 60000;
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
    if (source?.readyState === EventSource.CLOSED) stop();
    else heardAt = Math.min(heardAt, Date.now() - SILENT + GAP); // it comes back by itself
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
  if (source?.readyState === EventSource.OPEN && heardAt > 0 && !told()) stop();
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
