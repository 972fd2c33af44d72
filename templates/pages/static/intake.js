// Sends the files of a form ahead, one after the other, so that each may be as large as one request
// may be, and a phone can take one photo after another. Without it the form sends them all at once.
"use strict";

const form = document.querySelector("form.intake");
const list = form.querySelector(".chosen");
const problem = form.querySelector(".problem");
const progress = form.querySelector(".progress");
const { most, largest } = form.dataset;
let chosen = []; // { file, number }: the number once it is sent

function complain(text) {
  problem.textContent = text;
  problem.hidden = !text;
}

function draw() {
  list.replaceChildren(...chosen.map((each) => {
    const item = document.createElement("li");
    const name = document.createElement("span");
    const remove = document.createElement("button");
    name.textContent = each.file.name;
    remove.type = "button";
    remove.textContent = "×";
    remove.ariaLabel = form.dataset.remove.replace("#", each.file.name);
    remove.addEventListener("click", () => {
      chosen = chosen.filter((other) => other !== each);
      draw();
    });
    item.append(name, remove);
    return item;
  }));
  list.hidden = !chosen.length;
}

function add(files) {
  complain("");
  for (const file of files) {
    if (file.size > Number(largest)) complain(`${file.name}: ${form.dataset.tooLarge}`);
    else if (chosen.length >= Number(most)) complain(form.dataset.tooMany);
    else chosen.push({ file, number: null });
  }
  draw();
}

async function send(each) {
  const body = new FormData();
  body.append("form_token", form.elements.form_token.value);
  body.append("files", each.file, each.file.name);
  const answer = await fetch("/board/hand-in/files", { method: "POST", body, redirect: "manual" });
  if (answer.type === "opaqueredirect") location.assign("/board/sign-in"); // the session is over
  if (answer.status !== 200) throw new Error(`HTTP ${answer.status}`);
  each.number = await answer.text();
}

// A server that others send large files to at this moment refuses one more.
async function sendPatiently(each) {
  for (const seconds of [1, 2, 4, 8]) {
    try {
      return await send(each);
    } catch {
      await new Promise((go) => setTimeout(go, seconds * (500 + 1000 * Math.random())));
    }
  }
  return send(each);
}

async function handIn() {
  const button = form.querySelector("button.primary");
  button.disabled = true;
  complain("");
  try {
    for (const [at, each] of chosen.entries()) {
      const text = form.dataset.sending.replace("##", chosen.length).replace("#", at + 1);
      progress.textContent = text;
      if (each.number === null) await sendPatiently(each);
    }
    for (const each of chosen) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "sent", value: each.number });
      form.append(field);
    }
    chosen = [];
    form.submit();
  } catch {
    complain(form.dataset.unsent);
    button.disabled = false;
  }
  progress.textContent = "";
}

for (const input of form.querySelectorAll("input[type=file]")) {
  input.addEventListener("change", () => {
    add([...input.files]);
    input.value = "";
  });
}
form.addEventListener("dragover", (event) => event.preventDefault());
form.addEventListener("drop", (event) => {
  if (!event.dataTransfer.files.length) return; // a text, for the field
  event.preventDefault();
  add([...event.dataTransfer.files]);
});
form.addEventListener("submit", (event) => {
  if (!chosen.length) return;
  event.preventDefault();
  handIn();
});
