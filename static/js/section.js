// A section of the report: what is typed is saved by itself and shown in the preview; buttons put the marks of
// formatting into the text.

import { begin } from "./autosave.js";
import { forget, forgetOwn } from "./drafts.js";
import { fetched } from "./fetched.js";
import { copiesHere } from "./offers.js";
import { say } from "./save_line.js";
import { countWords, SavedText } from "./saved_text.js";
import { csrfToken } from "./saving.js";

const PAUSE = 400; // after the last key, before the preview follows

const desk = document.querySelector("[data-section]");
const form = document.getElementById("section");
const { user, section, save, here, label } = desk.dataset;
const about = { user, section, code: "Report", label, save, here };
const withdrawn = form.elements.withdrawn.value; // how many participants withdrew before this page was opened

class SectionText extends SavedText {
  constructor(area) {
    super(area, { form, about, sends: { basis: form.elements.basis.value, withdrawn } });
    this.heading = form.elements.heading;
    this.savedHeading = this.heading.defaultValue;
    this.heading.addEventListener("input", () => this.written());
    this.heading.addEventListener("blur", () => this.isUnsaved && this.save());
    if ("unsaved" in desk.dataset) this.saved = null;
  }

  get isUnsaved() {
    return super.isUnsaved || this.heading.value.trim() !== this.savedHeading;
  }

  get isTouched() {
    return super.isTouched || this.heading.value !== this.heading.defaultValue;
  }

  get beside() {
    return { heading: this.heading.value };
  }

  nowIn(body) {
    return body.section;
  }

  besideSaved(fields, now, isTheirs) {
    if (isTheirs) this.heading.value = now.heading;
    this.savedHeading = isTheirs ? now.heading : fields.heading.trim();
    for (const part of document.querySelectorAll("[data-when]")) {
      part.hidden = (part.dataset.when === "written") !== now.is_written;
    }
  }

  // A participant withdrew meanwhile: the text may hold their words. It stays on screen, to be looked through,
  // and neither the server nor this computer keeps it.
  lock({ error }) {
    this.isStopped = true;
    this.isLocked = true;
    this.area.readOnly = true;
    this.heading.readOnly = true;
    forgetOwn(this.place);
    say("off", error);
  }

  copy() {
    return this.isLocked ? false : super.copy();
  }

  isSaved(copy) {
    return super.isSaved(copy) && copy.fields.heading.trim() === this.savedHeading;
  }

  restoreBeside(copy) {
    if (this.heading.value.trim() === this.savedHeading) this.heading.value = copy.fields.heading;
  }

  count() {
    super.count();
    const tooLong = document.querySelector("[data-too-long]");
    if (tooLong) tooLong.hidden = countWords(this.area.value) <= Number(tooLong.dataset.tooLong);
    showSoon();
  }
}

// --- The preview ------------------------------------------------------------------------------------------

let showing = null;

function showSoon() {
  clearTimeout(showing);
  showing = setTimeout(show, PAUSE);
}

async function show() {
  document.querySelector(".preview h3").textContent = form.elements.heading.value.trim() || label;
  const { page, isLate } = await fetched(desk.dataset.preview, {
    method: "POST",
    body: new URLSearchParams({ text: area.value }),
    headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch" },
    credentials: "same-origin",
    redirect: "manual",
  });
  const prose = page?.querySelector("[data-prose]");
  if (prose && !isLate) document.querySelector("[data-prose]").replaceWith(prose);
}

// --- Formatting -------------------------------------------------------------------------------------------

const AROUND = { bold: "**", italic: "*" };
const BEFORE = { heading: "## ", list: "- ", quotation: "> " };

// Puts text in the place of a stretch, as typing would: the browser's own undo takes it back.
function type(start, end, text) {
  area.focus();
  area.setSelectionRange(start, end);
  if (!document.execCommand("insertText", false, text)) {
    area.setRangeText(text, start, end, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

function wrap(mark) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const chosen = value.slice(start, end);
  const [outer, inner] = [start - mark.length, end + mark.length];
  if (chosen && value.slice(Math.max(outer, 0), start) === mark && value.slice(end, inner) === mark) {
    type(outer, inner, chosen);
    area.setSelectionRange(outer, outer + chosen.length);
  } else {
    type(start, end, `${mark}${chosen}${mark}`);
    area.setSelectionRange(start + mark.length, start + mark.length + chosen.length);
  }
}

// Marks every line that is chosen, or takes the marks away where all have one; an empty line keeps the block
// apart from what stands around it.
function begins(mark) {
  const { value } = area;
  const start = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
  const found = value.indexOf("\n", Math.max(area.selectionEnd - 1, start));
  const end = found < 0 ? value.length : found;
  const lines = value.slice(start, end).split("\n");
  const isMarked = lines.every((line) => !line.trim() || line.startsWith(mark)) && lines.some((line) => line.trim());
  const changed = lines.map((line) => (isMarked ? line.slice(line.startsWith(mark) ? mark.length : 0) : `${mark}${line}`));
  const above = isMarked || start === 0 || value.slice(0, start).endsWith("\n\n") ? "" : "\n";
  const below = isMarked || end === value.length || value.slice(end).startsWith("\n\n") ? "" : "\n";
  const text = changed.join("\n");
  type(start, end, `${above}${text}${below}`);
  area.setSelectionRange(start + above.length + (lines.length > 1 ? 0 : text.length), start + above.length + text.length);
}

function format(name) {
  if (name in AROUND) wrap(AROUND[name]);
  else begins(BEFORE[name]);
}

const area = form.elements.text;
for (const button of document.querySelectorAll("[data-mark]")) {
  button.addEventListener("click", () => format(button.dataset.mark));
}
// After an item of a list the next line is one too; after an empty one the list ends.
area.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || area.selectionStart !== area.selectionEnd) return;
  const at = area.selectionStart;
  const start = area.value.lastIndexOf("\n", at - 1) + 1;
  const [, mark, number, words] = area.value.slice(start, at).match(/^(- |(\d{1,3})\. )(.*)$/) ?? [];
  if (!mark) return;
  event.preventDefault();
  if (words.trim()) type(at, at, `\n${number ? `${Number(number) + 1}. ` : mark}`);
  else type(start, at, "\n");
});
area.addEventListener("keydown", (event) => {
  const name = { b: "bold", i: "italic" }[event.key.toLowerCase()];
  if (!name || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  event.preventDefault();
  format(name);
});

const text = new SectionText(area);
begin(form, [text]);
for (const copy of copiesHere(about)) {
  if (copy.fields.withdrawn === withdrawn) text.offerCopy(copy);
  else forget(copy.key); // it may hold words of somebody who withdrew since
}
