// The room's screen: kept up to date, gone through by keys, shown full screen.

import { turnFullScreen } from "./full_screen.js";
import { look } from "./live.js";

const screen = document.getElementById("screen");
const OWN_KEYS = "a, button, input, select, textarea, summary";
const STEPS = { ArrowRight: 1, " ": 1, ArrowLeft: -1 };
const fullScreen = () => turnFullScreen(screen);

// Links to this page with another condition change its parts only: the full screen stays.
function go(address) {
  history.replaceState(null, "", address);
  look();
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-full-screen]")) fullScreen();
  const link = event.target.closest("a[href^='?']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  go(link.href);
});

function step(by) {
  const links = [...document.querySelectorAll("[data-step]")];
  const chosen = new URLSearchParams(location.search).get("condition");
  const at = links.findIndex((link) => new URL(link.href).searchParams.get("condition") === chosen);
  go(links.at((Math.max(at, 0) + by) % links.length).href);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === " " && event.target.closest(OWN_KEYS)) return;
  if (event.key in STEPS && document.querySelector("[data-step]")) step(STEPS[event.key]);
  else if (event.key === "Home" && document.querySelector("[data-step]")) go(location.pathname);
  else if (event.key === "f" || event.key === "F") fullScreen();
  else return;
  event.preventDefault();
});
