// The board of a cell gains dragging, Alt with the arrow keys, and a count of what is chosen.
// Each of these presses a button that is on the page anyway.

const chosen = document.getElementById("chosen");
const cards = document.querySelector("[data-cards]");
const boxes = () => [...document.querySelectorAll('[name="chosen"]')];
let dragged = null;

function count() {
  const number = boxes().filter((box) => box.checked).length;
  const hint = document.querySelector("[data-chosen]");
  hint.dataset.words ??= hint.textContent;
  hint.textContent = number ? `${number} ${number === 1 ? "quotation" : "quotations"} chosen.` : hint.dataset.words;
}

function handle(element, words) {
  const grip = document.createElement("span");
  grip.className = "handle";
  grip.textContent = "⠿";
  grip.title = words;
  grip.ariaHidden = "true"; // the keyboard has the buttons beside it
  grip.draggable = true;
  grip.addEventListener("dragstart", (event) => {
    dragged = element;
    element.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", words); // without any, no drag begins
    event.dataTransfer.setDragImage(element, 0, 0);
  });
  grip.addEventListener("dragend", () => {
    element.classList.remove("is-dragged");
    dragged = null;
  });
  return grip;
}

function moveCard(card, before) {
  const form = card.querySelector(".order");
  form.elements.before.value = before?.dataset.finding ?? "";
  form.requestSubmit();
}

function moveQuotation(quotation, card) {
  for (const box of boxes()) box.checked = quotation.contains(box);
  chosen.elements.to.value = card.dataset.finding;
  chosen.requestSubmit(chosen.querySelector('[value="move"]'));
}

// A card that is dropped on the lower half of another one goes after it.
function nextTo(card, event) {
  const box = card.getBoundingClientRect();
  return event.clientY < box.top + box.height / 2 ? card : card.nextElementSibling;
}

function isMoved(card) {
  return dragged.matches("[data-card]") ? card !== dragged : !card.contains(dragged);
}

function watch(card) {
  card.addEventListener("dragover", (event) => {
    if (!dragged || !isMoved(card)) return;
    event.preventDefault();
    card.classList.add(dragged.matches("[data-card]") ? "drop-before" : "drop-into");
  });
  card.addEventListener("dragleave", () => card.classList.remove("drop-before", "drop-into"));
  card.addEventListener("drop", (event) => {
    event.preventDefault();
    card.classList.remove("drop-before", "drop-into");
    if (!dragged || !isMoved(card)) return;
    if (dragged.matches("[data-card]")) {
      const before = nextTo(card, event);
      if (before !== dragged) moveCard(dragged, before);
    } else {
      moveQuotation(dragged, card);
    }
  });
}

for (const card of document.querySelectorAll("[data-card]")) {
  card.querySelector(".order").append(handle(card, "Drag to another place"));
  watch(card);
  card.addEventListener("keydown", (event) => {
    const direction = { ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!event.altKey || !direction) return;
    event.preventDefault();
    card.querySelector(`.order [value="${direction}"]`).click();
  });
}

if (cards) {
  for (const quotation of document.querySelectorAll("[data-quote]")) {
    quotation.querySelector(".about").prepend(handle(quotation, "Drag to a finding"));
  }
  document.querySelector(".order-hint").textContent = "Drag them into order, or use the arrows: Alt + ↑ and Alt + ↓ work as well.";
}

document.addEventListener("change", (event) => event.target.name === "chosen" && count());
count();
