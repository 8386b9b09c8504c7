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

// Where several forms stand on one page, sending one would lose what was typed into another: it asks first.
function isTouched(form) {
  const fields = [...form.elements].filter((field) => field.matches("input:not([type=hidden]), textarea, select"));
  return Boolean(form.querySelector(".is-invalid")) || fields.some((field) => {
    if (field.matches("select")) {
      const first = [...field.options].findIndex((option) => option.defaultSelected);
      return field.selectedIndex !== Math.max(first, 0);
    }
    return field.matches("[type=checkbox], [type=radio]") ? field.checked !== field.defaultChecked : field.value !== field.defaultValue;
  });
}

for (const part of document.querySelectorAll("[data-forms-apart]")) {
  part.addEventListener(
    "submit",
    (event) => {
      const others = [...part.querySelectorAll("form")].filter((form) => form !== event.target && isTouched(form));
      if (!others.length || window.confirm("What you typed into another form on this page is not saved. Go on and lose it?")) return;
      event.preventDefault();
      event.stopPropagation();
      others[0].querySelector("input:not([type=hidden]), textarea, select").focus();
    },
    true,
  );
}

// A form that was sent is not sent again by a second press; a page that is shown again starts anew. After a form
// that answers with a file the page stays, and another file may be asked for.
for (const form of document.querySelectorAll("form[method=post]:not([data-sends-file])")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
}
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});
