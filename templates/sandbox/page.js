"use strict";
const messages = document.getElementById("messages");
const text = document.getElementById("text");

function toEnd() {
  if (messages) messages.scrollTop = messages.scrollHeight;
}

// Each part of the page that says where it comes from is fetched anew, and shown where it differs.
async function refresh() {
  for (const part of document.querySelectorAll("[data-source]")) {
    const answer = await fetch(part.dataset.source);
    if (!answer.ok) continue;
    const html = await answer.text();
    if (html === part.seen) continue;
    part.seen = html;
    const atEnd = part.scrollHeight - part.scrollTop - part.clientHeight < 80;
    part.innerHTML = html;
    if (part === messages && atEnd) {
      toEnd();
      for (const image of part.querySelectorAll("img")) image.addEventListener("load", toEnd, { once: true });
    }
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  event.preventDefault();
  if (form.id === "filling") {
    told("submit", []);
    return;
  }
  if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) return;
  const body = new URLSearchParams(new FormData(form, event.submitter));
  if (form.id === "composer") {
    text.value = "";
    toEnd();
  }
  for (const button of form.querySelectorAll("button")) button.disabled = form.id !== "composer";
  await fetch(form.getAttribute("action"), { method: "POST", body, headers: { "X-Requested-By": "page" } });
  for (const button of form.querySelectorAll("button")) button.disabled = false;
});

// A thread is answered from the field at the foot, which stays while the messages are shown anew.
document.addEventListener("click", ({ target }) => {
  if (!target.matches("button.reply")) return;
  const composer = document.getElementById("composer");
  composer.elements.thread.value = target.dataset.thread;
  document.getElementById("replying").hidden = !target.dataset.thread;
  if (target.dataset.thread && composer.elements.in.value !== "direct" && !text.value) text.value = "@emailstats ";
  text.focus();
});

document.addEventListener("click", (event) => {
  if (!event.target.matches("button.try")) return;
  text.value = event.target.textContent;
  document.getElementById("composer").requestSubmit();
});

const modal = document.getElementById("modal");
let telling = Promise.resolve();

// One after the other: what was filled in has arrived before the form is submitted.
function told(act, pairs) {
  const body = new URLSearchParams([["as", modal.dataset.user], ...pairs]);
  telling = telling.then(() => fetch(`/modal/${act}`, { method: "POST", body })).then(refreshModal);
}

async function refreshModal() {
  const html = await (await fetch(`/modal?as=${modal.dataset.user}`)).text();
  const before = modal.querySelector("form")?.dataset.version;
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  const form = fresh.content.querySelector("form");
  if (form?.dataset.version === before) return;
  const { name, value, type } = document.activeElement ?? {};
  modal.replaceChildren(fresh.content);
  if (!form) {
    modal.close();
    text?.focus();
    return;
  }
  if (!modal.open) modal.showModal();
  const again = [...form.elements].find((one) => name && one.name === name && (one.type !== "checkbox" || one.value === value));
  if (again && (type === "text" || type === "textarea")) again.value = value;
  again?.focus();
}

modal.addEventListener("change", ({ target }) => {
  const same = [...modal.querySelector("form").elements].filter((one) => one.name === target.name);
  const ticked = target.type === "checkbox" || target.type === "radio";
  const values = (ticked ? same.filter((one) => one.checked) : [target]).map((one) => ["value", one.value]);
  told("fill", [["label", target.name], ...values]);
});

// A menu that the app fills offers what goes with what was typed so far, in a modal and in a message.
async function offer({ target }) {
  if (!target.dataset?.offered) return;
  const offered = document.getElementById("offered");
  offered.replaceChildren();
  const typed = target.value;
  if (typed.length < Number(target.dataset.offered)) return;
  const query = modal.contains(target)
    ? new URLSearchParams({ as: modal.dataset.user, label: target.name })
    : new URLSearchParams(new FormData(target.form));
  query.set("typed", typed);
  const answer = await fetch(`${modal.contains(target) ? "/modal" : "/press"}/offered?${query}`);
  const html = await answer.text();
  if (answer.ok && document.activeElement === target && target.value === typed) offered.innerHTML = html;
}
document.addEventListener("input", offer);
document.addEventListener("focusin", offer);

modal.addEventListener("click", ({ target }) => {
  if (target.dataset.close) told("close", []);
  if (target.dataset.press) told("press", [["label", target.dataset.press]]);
});

modal.addEventListener("cancel", (event) => {
  event.preventDefault();
  told("close", []);
});

new EventSource("/events").onmessage = () => {
  refresh();
  refreshModal();
};
toEnd();
