// Keeps the parts of a page that are marked data-live as the server has them, every two seconds and in place:
// nothing scrolls, no focus is lost. Without the network it says of when the figures are, and goes on trying.

import { fetched } from "./fetched.js";
import { watchWideTables } from "./wide_tables.js";

const PAUSE = 2000;
const PATIENCE = 8000;
const connection = document.querySelector("[data-connection]");
let shownAt = document.querySelector("[data-at]")?.dataset.at;

// What the server sent, without the hints of wide_tables.js.
const sent = (node) => [...node.childNodes].filter((child) => child.className !== "scroll-hint");

function sync(now, fresh) {
  if (now.isEqualNode(fresh)) return;
  const alike = now.nodeType === Node.ELEMENT_NODE && now.nodeName === fresh.nodeName;
  const [shown, fresher] = [sent(now), sent(fresh)];
  if (!alike || shown.length !== fresher.length) {
    now.replaceWith(fresh);
    return;
  }
  for (const { name, value } of [...fresh.attributes]) {
    // What somebody folded away stays folded.
    if (name !== "open" && now.getAttribute(name) !== value) now.setAttribute(name, value);
  }
  for (const { name } of [...now.attributes]) {
    if (!fresh.hasAttribute(name)) now.removeAttribute(name);
  }
  shown.forEach((child, at) => sync(child, fresher[at]));
}

function say(words) {
  if (connection.textContent !== words) connection.textContent = words;
}

// Asks once for the page as it is now, and shows it unless it was asked for again meanwhile.
export async function look() {
  const { page, isLost, isLate } = await fetched(location.href, {
    headers: { "X-Requested-With": "fetch" }, // nobody asked, so it does not keep the session alive
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (isLate) return;
  if (isLost) {
    say(`Connection lost, showing the figures of ${shownAt}.`);
  } else if (page) {
    show(page);
    say("");
  } else {
    say(`These figures are of ${shownAt} and no longer kept up. Load the page again.`);
  }
}

// A part that was put in anew has let go of the focus: what is like the one that had it takes it.
function holdOn(held) {
  if (held.isConnected) return;
  const alike = [...document.querySelectorAll(held.localName)].find((other) => other.textContent === held.textContent);
  alike?.focus({ preventScroll: true });
}

function show(page) {
  const held = document.activeElement;
  for (const part of document.querySelectorAll("[data-live]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) {
      location.reload();
      return;
    }
    sync(part, fresh);
  }
  holdOn(held);
  watchWideTables();
  document.title = page.title;
  shownAt = page.querySelector("[data-at]")?.dataset.at ?? shownAt;
}

async function goOn() {
  if (!document.hidden) await look();
  setTimeout(goOn, PAUSE);
}

setTimeout(goOn, PAUSE);
