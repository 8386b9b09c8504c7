// Signing out while text is only on this computer asks first: save it, download it, or delete it.

import { clock, copiesOf, download, forget } from "./drafts.js";
import { post } from "./saving.js";

function element(tag, words = "", attributes = {}) {
  const made = Object.assign(document.createElement(tag), attributes);
  made.textContent = words;
  return made;
}

// Sends a copy to the server, which keeps it: as the text or, when that was saved since, beside it.
async function save(copy) {
  const { status, body } = await post(copy.save, { ...copy.fields, [copy.name]: copy.text });
  const isKept = body?.fields?.includes(copy.name) && (status === 200 || status === 409 || status === 423);
  if (isKept) forget(copy.key);
  return isKept;
}

function ask(form, user) {
  const dialog = element("dialog", "", { className: "asking", ariaLabel: "Text that is not saved" });
  const list = element("ul");
  const copies = copiesOf(user);
  for (const copy of copies) list.append(element("li", `${copy.code}, ${copy.label}, ${clock(copy.at)}`));
  const said = element("p");
  said.setAttribute("role", "status");
  const buttons = element("div", "", { className: "acts" });
  const leave = () => {
    dialog.close();
    document.dispatchEvent(new Event("signing-out")); // what is still on the page is dealt with
    form.submit();
  };
  const button = (words, act, look = "") => {
    const made = element("button", words, { type: "button", className: `btn ${look}` });
    made.addEventListener("click", act);
    buttons.append(made);
  };
  button("Save it and sign out", async () => {
    const kept = await Promise.all(copiesOf(user).map(save));
    if (kept.every(Boolean)) leave();
    else said.textContent = "It could not be saved now. Download it, or stay signed in and try again.";
  }, "solid");
  button("Download it", () => {
    download(copiesOf(user));
    said.textContent = "Downloaded. Delete it here when you have the file.";
  });
  button("Delete it and sign out", () => {
    for (const copy of copiesOf(user)) forget(copy.key);
    leave();
  });
  button("Stay signed in", () => dialog.close(), "quiet");
  dialog.append(
    element("h2", "Some text is only on this computer"),
    element("p", "It was not saved yet. Other people may use this computer after you."),
    list, buttons, said,
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// Asks when the sign-out ``form`` of a page is sent and this user has copies.
export function askBefore(form) {
  form.addEventListener("submit", (event) => {
    if (!copiesOf(form.dataset.signOut).length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, form.dataset.signOut);
  });
}
