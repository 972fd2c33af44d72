// All that htmx does not do: keys, and text put where somebody would type it.
"use strict";

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.target.matches("[data-enter]")) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
  if (event.key === "Escape" && !document.querySelector(":popover-open")) {
    document.querySelector("[data-close]")?.click();
  }
});

document.addEventListener("change", (event) => {
  if (event.target.files) {
    event.target.closest(".attach")?.setAttribute("data-files", event.target.files.length);
  }
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful && event.target.matches("[data-clear]")) {
    event.target.reset();
  }
});

document.addEventListener("click", (event) => {
  event.target.closest("[data-dismiss]")?.parentElement.remove();
  const typed = event.target.closest("[data-type]")?.dataset.type;
  const text = document.getElementById("text");
  if (typed && text) {
    text.value = typed;
    text.focus();
  } else if (typed) {
    location.href = `${document.querySelector(".brand").href}?type=${encodeURIComponent(typed)}`;
  }
});
