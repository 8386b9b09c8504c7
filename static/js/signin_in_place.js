// Signing in again without leaving the page, as the same person only.

import { csrfToken, post } from "./saving.js";

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
      form.elements.password.focus();
    } else {
      finish(true);
    }
  };
  dialog.querySelector("[data-not-now]").onclick = () => finish(false);
  dialog.onclose = () => finish(false);
  if (!dialog.open) dialog.showModal();
  form.elements.password.focus();
}

// Returns why it failed, or nothing.
async function signIn(form) {
  if (!csrfToken()) await fetch(form.action, { credentials: "same-origin" }).catch(() => null);
  const fields = { login: form.elements.login.value, password: form.elements.password.value };
  const { status, body } = await post(form.action, fields, { as: "XMLHttpRequest" });
  if (status === 200) return "";
  if (!status) return "The server does not answer. Your text is kept on this computer.";
  const found = Object.values(body?.form?.fields ?? {}).flatMap((field) => field.errors);
  return [...(body?.form?.errors ?? []), ...found].join(" ") || "Signing in did not work. Try again.";
}
