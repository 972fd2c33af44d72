// Shows moments in the reader's own time zone, as Slack does. Without it pages show them in UTC.
"use strict";

const written = document.documentElement.lang;
// The reader's own kind of a language orders dates, such as the British kind of English.
const spoken = navigator.languages.find((each) => each.split("-")[0] === written) ?? written;
const fields = {
  month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
};
const thisYear = new Intl.DateTimeFormat(spoken, fields);
const anyYear = new Intl.DateTimeFormat(spoken, { ...fields, year: "numeric" });

function showOwnTimes(page) {
  for (const element of page.querySelectorAll("time")) {
    const at = new Date(element.dateTime);
    const isThisYear = at.getFullYear() === new Date().getFullYear();
    element.title = element.textContent;
    element.textContent = (isThisYear ? thisYear : anyYear).format(at);
  }
}

showOwnTimes(document);
