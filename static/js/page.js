// What every page gains from a script; none of it is needed to use the page.

import { removeOld, removeThoseOf } from "./drafts.js";
import { printPage } from "./printing.js";
import { askBefore } from "./signing_out.js";
import { watchWideTables } from "./wide_tables.js";

document.documentElement.classList.add("js");

// Before any other listener of these forms: asking may keep them from being sent.
removeOld();
for (const form of document.querySelectorAll("[data-sign-out]")) askBefore(form);

// A participant withdrew: copies on this computer go as well.
for (const emptied of document.querySelectorAll("[data-emptied]")) removeThoseOf(emptied.dataset.emptied);

watchWideTables();

// After a form came back with errors, its summary is where reading goes on, unless somebody is elsewhere already.
if (document.activeElement === document.body) document.querySelector("[data-focus]")?.focus();

for (const button of document.querySelectorAll("[data-print]")) {
  button.addEventListener("click", printPage);
}

if (document.querySelector("[data-print-now]")) {
  window.addEventListener("load", printPage);
}

for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Selected: copy it with Ctrl+C";
    }
  });
}

// A form that was sent is not sent again by a second press; a page that is shown again starts anew.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
