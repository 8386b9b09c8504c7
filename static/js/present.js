// Presenting: the next step is fetched and put in place, because a new page would leave the full screen.
// Arrow keys, Page Up and Page Down (what a presenter's clicker sends), Home, F and Escape.

import { fetched } from "./fetched.js";
import { nameButton, say, turnFullScreen } from "./full_screen.js";

const slide = () => document.querySelector("[data-slide]");
const link = (name) => slide().querySelector(name);

async function go(address, { push }) {
  const pressed = document.activeElement?.getAttribute("rel");
  const { page, isLost, isLate } = await fetched(address);
  if (isLate) return;
  if (isLost) {
    say("The next step could not be fetched. Is there a connection?");
    return;
  }
  const next = page?.querySelector("[data-slide]");
  if (!next) {
    location.assign(address);
    return;
  }
  slide().replaceWith(document.adoptNode(next));
  document.title = page.title;
  if (push) history.pushState(null, "", address);
  nameButton();
  window.scrollTo({ top: 0, behavior: "instant" });
  const again = pressed && link(`a[rel="${pressed}"]`);
  (again || link("h1")).focus({ preventScroll: true });
  say(slide().querySelector("h1").textContent);
}

function step(name) {
  const way = link(`a[rel="${name}"]`);
  if (way) go(way.href, { push: true });
}

const fullScreen = () => turnFullScreen(document.documentElement);

const KEYS = {
  ArrowRight: () => step("next"),
  PageDown: () => step("next"),
  ArrowLeft: () => step("prev"),
  PageUp: () => step("prev"),
  Home: () => go(`${location.pathname}?${first()}`, { push: true }),
  f: fullScreen,
  F: fullScreen,
  Escape: () => link("[data-leave]").click(),
};

function first() {
  const query = new URLSearchParams(location.search);
  query.delete("slide");
  return query;
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
});

document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-full-screen]")) fullScreen();
  const way = event.target.closest?.("a[rel=next], a[rel=prev]");
  if (!way || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(way.href, { push: true });
});

window.addEventListener("popstate", () => go(location.href, { push: false }));
