// One finding opens beside the matrix without a reload: fetched, put in place, taken away again by back, by
// Escape and by Close. The page without a script does the same by address.

import { fetched, passOver } from "./fetched.js";

const place = document.querySelector("[data-matrices]");
const columns = place.querySelector(".side-by-side");

const isSheet = window.matchMedia("(max-width: 60rem)");
const panel = () => document.getElementById("finding");
const cardOf = (id) => document.getElementById(`f-${id}`);
const numberIn = (address) => new URL(address, location.href).searchParams.get("finding");

// The matrix narrows and widens beside the panel: what was being read keeps its place in the window.
function keepingPlace(card, change) {
  const before = card?.getBoundingClientRect().top;
  change();
  if (card) window.scrollBy({ top: card.getBoundingClientRect().top - before, behavior: "instant" });
}

function mark(id) {
  for (const card of place.querySelectorAll(".finding.is-open")) {
    card.classList.remove("is-open");
    card.querySelector("a").removeAttribute("aria-current");
  }
  cardOf(id)?.classList.add("is-open");
  cardOf(id)?.querySelector("a").setAttribute("aria-current", "true");
}

// On a narrow screen the panel covers the page, so nothing under it can be reached.
function cover() {
  const covers = panel() && isSheet.matches;
  for (let around = columns; around !== document.body; around = around.parentElement) {
    for (const other of around.parentElement.children) if (other !== around) other.inert = covers;
  }
  columns.querySelector(".seas").inert = covers;
  panel()?.setAttribute("role", covers ? "dialog" : "complementary");
}

function show(next, id) {
  keepingPlace(cardOf(id), () => {
    panel()?.remove();
    columns.append(next);
    place.classList.add("has-open");
    mark(id);
    cover();
  });
  next.querySelector("h2").focus({ preventScroll: true });
}

function hide() {
  const open = panel();
  if (!open) return;
  const card = cardOf(open.dataset.findingOpen);
  keepingPlace(card, () => {
    open.remove();
    place.classList.remove("has-open");
    mark("");
    cover();
  });
  card?.querySelector("a").focus({ preventScroll: true });
  if (card && !isInView(card)) card.scrollIntoView({ block: "center", behavior: "instant" });
}

function isInView(element) {
  const box = element.getBoundingClientRect();
  return box.top >= 0 && box.bottom <= window.innerHeight;
}

async function open(address, { push }) {
  const { page, isLate } = await fetched(address, { headers: { "X-Part": "finding" } });
  if (isLate) return;
  const next = page?.getElementById("finding");
  if (!next) {
    location.assign(address);
    return;
  }
  if (push) history.pushState({ pushed: true }, "", address.split("#")[0]);
  show(document.adoptNode(next), numberIn(address));
}

function close() {
  passOver();
  if (!panel()) return;
  if (history.state?.pushed) {
    history.back();
  } else {
    history.pushState(null, "", panel().querySelector("[data-close]").href.split("#")[0]);
    hide();
  }
}

document.addEventListener("click", (event) => {
  if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const link = event.target.closest?.("a[data-beside], a[data-close]");
  if (!link) return;
  event.preventDefault();
  if (link.matches("[data-close]")) close();
  else if (numberIn(link.href) === panel()?.dataset.findingOpen) panel().querySelector("h2").focus();
  else open(link.href, { push: true });
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented) return;
  const menu = event.target.closest?.("details.download[open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  } else if (panel()) {
    event.preventDefault();
    close();
  }
});

window.addEventListener("popstate", () => {
  if (numberIn(location.href)) {
    open(location.href, { push: false });
  } else {
    passOver();
    hide();
  }
});

isSheet.addEventListener("change", cover);
if (panel()) {
  cover();
  if (isSheet.matches) panel().querySelector("h2").focus({ preventScroll: true });
}
