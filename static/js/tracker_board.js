// The status board gains dragging, and Alt with the arrow keys. Each chooses in the form of a card and sends it.

const columns = [...document.querySelectorAll("[data-column]")];
let dragged = null;

function move(card, column) {
  const form = card.querySelector("[data-move]");
  form.elements.status.value = column.dataset.column;
  form.requestSubmit();
}

const columnOf = (card) => card.closest("[data-column]");

function handle(card) {
  const grip = document.createElement("span");
  grip.className = "handle";
  grip.textContent = "⠿";
  grip.title = "Drag to another status";
  grip.ariaHidden = "true"; // the keyboard has the list under the card, and the arrow keys
  grip.draggable = true;
  grip.addEventListener("dragstart", (event) => {
    dragged = card;
    card.classList.add("is-dragged");
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", card.id); // without any, no drag begins
    event.dataTransfer.setDragImage(card, 0, 0);
  });
  grip.addEventListener("dragend", () => {
    card.classList.remove("is-dragged");
    dragged = null;
  });
  return grip;
}

for (const column of columns) {
  const takes = () => dragged && columnOf(dragged) !== column;
  column.addEventListener("dragover", (event) => {
    if (!takes()) return;
    event.preventDefault();
    column.classList.add("drop-into");
  });
  column.addEventListener("dragleave", () => column.classList.remove("drop-into"));
  column.addEventListener("drop", (event) => {
    event.preventDefault();
    column.classList.remove("drop-into");
    if (takes()) move(dragged, column);
  });
}

for (const card of document.querySelectorAll("[data-card]")) {
  card.querySelector(".lane-top").append(handle(card));
  card.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!event.altKey || !step) return;
    event.preventDefault(); // or the browser goes a page back, at the first column too
    const next = columns[columns.indexOf(columnOf(card)) + step];
    if (next) move(card, next);
  });
}

const hint = document.querySelector("[data-hint]");
if (columns.length) {
  const dragging = Object.assign(document.createElement("span"), { className: "wide-only", textContent: " You can also drag it by its handle." });
  hint.append(" Alt + ← and Alt + → on a card do the same.", dragging);
}

// What was moved is said anew: a screen reader passes over what stood on the page from the start.
const said = document.querySelector("[data-said]");
if (said) {
  const words = said.textContent;
  said.textContent = "";
  setTimeout(() => (said.textContent = words), 100);
}
