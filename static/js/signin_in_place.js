// Signing in again without leaving the page, as the same person only.

import { csrfToken } from "./saving.js";

const NO_ANSWER = "The server does not answer. Your text is kept on this computer.";
const FAILED = "Signing in did not work. Try again.";

const dialog = document.querySelector("[data-sign-in]");
let waiting = null;

// Resolves to true once the user is signed in again, to false when they would rather not now.
export function signInAgain() {
  waiting ??= new Promise((resolve) => ask(resolve)).finally(() => {
    waiting = null;
  });
  return waiting;
}

function ask(resolve) {
  const form = dialog.querySelector("form");
  const error = dialog.querySelector("[data-sign-in-error]");
  const finish = (outcome) => {
    form.onsubmit = null;
    dialog.onclose = null;
    form.elements.password.value = "";
    putAway(form);
    error.textContent = "";
    if (dialog.open) dialog.close();
    resolve(outcome);
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    error.textContent = "";
    const said = await signIn(form);
    if (said) {
      error.textContent = said;
      (form.elements.code.disabled ? form.elements.password : form.elements.code).focus();
    } else {
      finish(true);
    }
  };
  dialog.querySelector("[data-not-now]").onclick = () => finish(false);
  dialog.onclose = () => finish(false);
  if (!dialog.open) dialog.showModal();
  form.elements.password.focus();
}

// Returns why it failed, or nothing. Whoever has two-step sign-in is asked for a code after the password.
async function signIn(form) {
  const { login, password, code } = form.elements;
  try {
    if (!code.disabled) return await sendCode(form, code.value);
    if (!csrfToken()) await fetch(form.action, { credentials: "same-origin" });
    const { body, next } = await sendPassword(form, { login: login.value, password: password.value });
    if (next === path(form.dataset.secondStep)) return askForCode(form);
    if (next) return "";
    const found = Object.values(body?.form?.fields ?? {}).flatMap((field) => field.errors);
    return [...(body?.form?.errors ?? []), ...found].join(" ") || FAILED;
  } catch {
    return NO_ANSWER;
  }
}

const path = (address) => new URL(address, location.href).pathname;

function send(address, fields, options) {
  const headers = { "X-CSRFToken": csrfToken(), "X-Requested-With": "XMLHttpRequest" };
  const body = new URLSearchParams(fields);
  return fetch(address, { method: "POST", credentials: "same-origin", headers, body, ...options });
}

// Resolves to what the server says, and to where it leads once the password is right. A sign-in that somebody left
// half way is given up first: it may have been another person's.
async function sendPassword(form, fields) {
  let answer = await send(form.action, fields, { redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    await send(form.dataset.giveUp, {}, { redirect: "manual" });
    answer = await send(form.action, fields, { redirect: "manual" });
  }
  const body = await answer.json();
  return { body, next: answer.ok && body.location ? path(body.location) : "" };
}

function askForCode(form) {
  form.querySelector("[data-code]").hidden = false;
  form.elements.code.disabled = false;
  return "Your password is right. Now type the code.";
}

// The page that asks for the code leads on once it is right.
async function sendCode(form, code) {
  const answer = await send(form.dataset.secondStep, { code });
  const at = new URL(answer.url).pathname;
  if (at === path(form.action)) {
    putAway(form);
    return "That took too long. Type your password again.";
  }
  if (at !== path(form.dataset.secondStep)) return "";
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  return page.querySelector(".error-summary li")?.textContent.trim() ?? FAILED;
}

function putAway(form) {
  form.querySelector("[data-code]").hidden = true;
  form.elements.code.disabled = true;
  form.elements.code.value = "";
}
