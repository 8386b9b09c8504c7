// Coding an interview: a selected passage becomes evidence without leaving the page. Every step is a plain form
// underneath; this sends it, and puts what changed of the page that comes back in place.

import { flush } from "./autosave.js";
import { combobox } from "./combobox.js";
import { sentenceOf, wordsIn } from "./words.js";

const SETTLED = 300; // milliseconds without a change, after which a selection is meant

// Browsers count UTF-16 units, the server code points of the stored text: converted here and nowhere else.
const codePoints = (text) => [...text].length;

const live = Object.assign(document.createElement("p"), { className: "vh", role: "status" });
document.body.append(live);

let timer;
let pressed = false; // the pointer is down, so a selection is still being made
let marking = null; // { words, list, anchor, at } while arrow keys select
let turn = Promise.resolve(); // one step after the other
const sending = new WeakSet(); // forms and links whose step is under way: pressed twice is once
let plain = false; // the next submit is left to the browser

const within = (node, selector) => (node instanceof Element ? node : node?.parentElement)?.closest(selector);
const panelOf = (words) => words.closest(".coded").querySelector("[data-pop]");
const openPanel = () => document.querySelector("[data-pop]:not([hidden])");

// --- what is selected

function passageIn(words, range) {
  const passage = { start: null, end: null, text: "", last: null };
  for (const piece of words.querySelectorAll("[data-start]")) {
    if (!range.intersectsNode(piece)) continue;
    const text = piece.textContent;
    const from = edge(piece, range.startContainer, range.startOffset, 0);
    const to = edge(piece, range.endContainer, range.endOffset, text.length);
    if (from >= to) continue;
    const start = Number(piece.dataset.start) + codePoints(text.slice(0, from));
    passage.text += passage.end === null ? "" : "\n".repeat(start - passage.end);
    passage.text += text.slice(from, to);
    passage.start ??= start;
    passage.end = start + codePoints(text.slice(from, to));
    passage.last = piece;
  }
  return passage.text.trim() ? passage : null;
}

function edge(piece, container, offset, otherwise) {
  if (container === piece) return offset ? piece.textContent.length : 0;
  return piece.contains(container) ? offset : otherwise;
}

function look() {
  clearTimeout(timer);
  const selection = document.getSelection();
  const words = selection.rangeCount ? within(selection.anchorNode, "[data-words][tabindex]") : null;
  const passage = words && !selection.isCollapsed ? passageIn(words, selection.getRangeAt(0)) : null;
  if (passage) {
    show(words, passage, selection.getRangeAt(0));
  } else if (!within(document.activeElement, "[data-pop]")) {
    hide();
  }
}

function show(words, passage, range) {
  const panel = panelOf(words);
  if (openPanel() !== panel) hide();
  for (const name of ["start", "end", "text"]) panel.elements[name].value = passage[name];
  const paragraph = passage.last.closest("p");
  if (panel.previousElementSibling !== paragraph) paragraph.after(panel);
  panel.hidden = false;
  // It stays in view below a long paragraph, and off the words that were selected.
  const covered = range.getBoundingClientRect().bottom - panel.getBoundingClientRect().top;
  if (covered > 0) window.scrollBy(0, covered + 8);
  if (window.Highlight) CSS.highlights.set("passage", new Highlight(range.cloneRange()));
  const count = passage.text.trim().split(/\s+/).length;
  live.textContent = `${count} ${count === 1 ? "word" : "words"} selected. A achievement, B barrier, S suggestion, Escape not evidence.`;
}

function hide() {
  const panel = openPanel();
  if (panel) panel.hidden = true;
  if (window.Highlight) CSS.highlights.delete("passage");
}

function dismiss(panel) {
  const words = panel.closest(".coded").querySelector("[data-words]");
  marking = null;
  document.getSelection().removeAllRanges();
  hide();
  live.textContent = "Not evidence.";
  words.focus({ preventScroll: true });
}

document.addEventListener("selectionchange", () => {
  clearTimeout(timer);
  if (!pressed) timer = setTimeout(look, SETTLED);
});
document.addEventListener("pointerdown", (event) => {
  pressed = !within(event.target, "[data-pop]");
  if (pressed) marking = null;
});
for (const end of ["pointerup", "pointercancel"]) {
  document.addEventListener(end, () => {
    if (pressed) timer = setTimeout(look, 0); // once the browser knows what is selected
    pressed = false;
  });
}

// --- keys: they act only in the panel, and in the text that is being marked

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const panel = within(event.target, "[data-pop]");
  const words = event.target.matches?.("[data-words]") ? event.target : null;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  if (panel ? keyInPanel(panel, key, event) : words && keyInText(words, key, event)) event.preventDefault();
});

function keyInPanel(panel, key, event) {
  if (event.target.matches("select") && key !== "Escape") return false;
  return press(panel, key);
}

function keyInText(words, key, event) {
  if (key.startsWith("Arrow")) return marking?.words === words && step(key, event.shiftKey);
  look();
  const panel = panelOf(words);
  if (key === "Enter") {
    if (panel.hidden) begin(words);
    else panel.querySelector("[data-key]").focus();
    return true;
  }
  if (!panel.hidden) return press(panel, key);
  return false;
}

function press(panel, key) {
  const button = panel.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button?.click();
  return Boolean(button);
}

function begin(words) {
  const list = wordsIn(words);
  if (!list.length) return;
  marking = { words, list, anchor: 0, at: 0 };
  select();
}

// By word, or by sentence: the one the word is in first, then the next or the one before.
function step(key, extends_) {
  const { list, anchor, at } = marking;
  const nearest = (index) => Math.max(0, Math.min(list.length - 1, index));
  if (key === "ArrowLeft" || key === "ArrowRight") {
    marking.at = nearest(key === "ArrowRight" ? at + 1 : at - 1);
    if (!extends_) marking.anchor = marking.at;
  } else {
    const down = key === "ArrowDown";
    let [first, last] = sentenceOf(list, at);
    const taken = extends_ ? at === (down ? last : first) : anchor === first && at === last;
    if (taken) [first, last] = sentenceOf(list, nearest(down ? last + 1 : first - 1));
    if (!extends_) marking.anchor = first;
    marking.at = extends_ && !down ? first : last;
  }
  select();
  return true;
}

function select() {
  const { list, anchor, at } = marking;
  const [first, last] = [list[Math.min(anchor, at)], list[Math.max(anchor, at)]];
  document.getSelection().setBaseAndExtent(first.node, first.start, last.node, last.end);
  list[at].node.parentElement.scrollIntoView({ block: "nearest" });
}

// --- sending a step, and showing what it changed

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (plain || !within(form, ".coded, .evidence")) return;
  event.preventDefault();
  send(form, event.submitter);
});
document.addEventListener("click", (event) => {
  const link = within(event.target, "a[data-coding]");
  if (within(event.target, "[data-pop] [data-key='Escape']")) dismiss(within(event.target, "[data-pop]"));
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  visit(link.href, {}, link, () => window.location.assign(link.href));
});
document.addEventListener("change", (event) => {
  within(event.target, "form[data-at-once]")?.requestSubmit();
});

function send(form, submitter) {
  const data = new FormData(form, submitter);
  const inBrowser = () => {
    plain = true;
    delete form.dataset.sent;
    form.requestSubmit(submitter);
    plain = false;
  };
  if (form.method === "get") visit(`${form.action}?${new URLSearchParams(data)}`, {}, form, inBrowser);
  else visit(form.action, { method: "POST", body: data }, form, inBrowser);
}

// Where the answer is another page than the interview's, such as one with errors, the browser goes there.
function visit(address, options, origin, inBrowser) {
  if (sending.has(origin)) return;
  sending.add(origin);
  turn = turn.then(() => take(address, options, origin, inBrowser));
}

async function take(address, options, origin, inBrowser) {
  try {
    await flush(); // what is typed elsewhere on the page goes first
    const response = await fetch(address, options);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    if (!response.ok || !page.getElementById("evidence")) {
      // What was done is not done again: only its page is opened.
      return response.redirected ? window.location.assign(response.url) : inBrowser();
    }
    window.history.replaceState(null, "", response.url);
    swap(page, origin);
  } catch {
    live.textContent = "";
    say("This did not reach the server. Nothing was changed: try again.");
  } finally {
    sending.delete(origin);
    delete origin.dataset.sent;
  }
}

function swap(page, origin) {
  const entry = within(origin, ".ex");
  const answer = within(origin, ".coded")?.id ?? (entry?.dataset.answer && `coded-${entry.dataset.answer}`);
  const leaving = origin.matches(".attach, [data-later]");
  hide();
  marking = null;
  for (const old of document.querySelectorAll("[data-swap]")) {
    const fresh = page.getElementById(old.id);
    if (fresh) old.replaceWith(document.importNode(fresh, true));
  }
  const messages = [...page.querySelectorAll(".messages li")].map((item) => item.textContent.trim());
  if (messages.length) say(messages.join(" "));
  enhance();
  focusAfter(leaving && document.querySelector(`#${answer} [data-words]`), entry);
}

function say(text) {
  const column = document.getElementById("evidence");
  column.querySelector(".said")?.remove();
  const line = Object.assign(document.createElement("p"), { className: "said small", textContent: text });
  column.querySelector("h2").after(line);
  live.textContent = text;
}

function focusAfter(words, entry) {
  const box = document.querySelector("#evidence [autofocus]");
  if (box) return box.focus();
  if (words) {
    document.getElementById(entry?.id.replace("e", "w"))?.scrollIntoView({ block: "nearest" });
    return words.focus({ preventScroll: true });
  }
  const place =
    document.querySelector("#evidence .undo button") ??
    (entry && document.getElementById(entry.id)?.querySelector("a, summary")) ??
    document.getElementById("h-evidence");
  if (place.matches("h2")) place.tabIndex = -1;
  place.focus();
}

function enhance() {
  for (const input of document.querySelectorAll("[data-find]:not([role])")) combobox(input);
  for (const line of document.querySelectorAll("[data-keys]")) line.hidden = false;
}

enhance();
