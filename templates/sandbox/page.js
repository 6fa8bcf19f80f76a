"use strict";
const messages = document.getElementById("messages");
const text = document.getElementById("text");

function toEnd() {
  messages.scrollTop = messages.scrollHeight;
}

async function refresh() {
  const answer = await fetch(messages.dataset.source);
  if (!answer.ok) return;
  const html = await answer.text();
  if (html === messages.seen) return;
  messages.seen = html;
  const atEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
  messages.innerHTML = html;
  if (atEnd) {
    toEnd();
    for (const image of messages.querySelectorAll("img")) image.addEventListener("load", toEnd, { once: true });
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
  const body = new URLSearchParams(new FormData(form));
  if (form.id === "composer") {
    text.value = "";
    toEnd();
  }
  for (const button of form.querySelectorAll("button")) button.disabled = form.id !== "composer";
  await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Requested-By": "page" } });
  for (const button of form.querySelectorAll("button")) button.disabled = false;
});

document.addEventListener("click", (event) => {
  if (!event.target.matches("button.try")) return;
  text.value = event.target.textContent;
  document.getElementById("composer").requestSubmit();
});

new EventSource("/events").onmessage = refresh;
toEnd();
