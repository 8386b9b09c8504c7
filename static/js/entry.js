// The entry page of an interview: its answers, and whether the condition was asked about, are saved by themselves.

import { begin, noteNewer, settle, tidy } from "./autosave.js";
import { acknowledge, clock, forgetOwn } from "./drafts.js";
import { copiesHere, offer } from "./offers.js";
import { say, sayFailed, saySaving } from "./save_line.js";
import { countWords, SavedText } from "./saved_text.js";
import { post } from "./saving.js";

const desk = document.querySelector("[data-entry]");
const form = document.getElementById("answers");
const { user, interview, code, condition, save, here } = desk.dataset;
const about = { user, interview, code, condition, save, here };
const sends = { row: interview, condition };
const answers = [];

class Answer extends SavedText {
  constructor(area) {
    super(area, { form, about, sends });
    this.codeLink = this.box.querySelector("[data-code-now]");
    this.strand = form.elements[`strand-${this.name}`];
    this.seenStrand = form.elements[`seen-strand-${this.name}`];
    this.label = document.querySelector(`label[for="${area.id}"]`)?.textContent ?? "";
    this.strand?.addEventListener("change", () => this.save());
    if ("unsaved" in desk.dataset) this.saved = null;
    if ("locked" in desk.dataset) area.readOnly = true;
  }

  get place() {
    return { ...super.place, label: `${desk.dataset.label}, ${this.label}` };
  }

  get isUnsaved() {
    return super.isUnsaved || Boolean(this.strand && this.strand.value !== this.seenStrand.value);
  }

  get beside() {
    if (!this.strand) return {};
    return { [`strand-${this.name}`]: this.strand.value, [`seen-strand-${this.name}`]: this.seenStrand.value };
  }

  besideSaved(fields) {
    if (this.strand) this.seenStrand.value = fields[`strand-${this.name}`];
  }

  accepted(body, sent) {
    super.accepted(body, sent);
    if (this.codeLink) this.codeLink.hidden = !this.saved; // there is something to code from its first save on
  }

  count() {
    super.count();
    const others = Number(desk.dataset.otherWords ?? 0);
    const sum = answers.reduce((total, answer) => total + countWords(answer.area.value), others);
    for (const place of document.querySelectorAll("[data-words-here]")) place.textContent = `${sum} word${sum === 1 ? "" : "s"}`;
  }

  // The server has set aside what was sent; what was written since is only here, to be taken along. Where
  // the text was withdrawn the server kept nothing, and nothing may stay on this computer either.
  lock({ error, kept }, { text, fields }) {
    this.isStopped = true;
    this.area.readOnly = true;
    const now = this.area.value;
    this.saved = tidy(kept ? text : now);
    this.besideSaved(fields);
    say("off", error);
    if (!kept) forgetOwn(this.place);
    else if (tidy(now) === this.saved) acknowledge(this.place, text);
    else {
      sayFailed(`${error.replace(/\.$/, "")}. What you wrote last is not saved`, this.copy());
      offer({ ...this.place, text: now, at: Date.now() }, this.box);
    }
  }
}

// Whether the condition was asked about.
class State {
  constructor() {
    this.name = `state-${condition}`;
    this.seen = form.elements[`seen-${condition}`];
    this.isStopped = false;
    this.turn = Promise.resolve();
    this.underWay = null; // the value that was sent last, until its answer is here
    for (const radio of this.radios) radio.addEventListener("change", () => this.save());
  }

  get radios() {
    return [...form.elements[this.name]];
  }

  get value() {
    return this.radios.find((radio) => radio.checked)?.value ?? this.seen.value;
  }

  get isUnsaved() {
    return this.value !== this.seen.value;
  }

  get isTouched() {
    return this.radios.some((radio) => radio.checked !== radio.defaultChecked);
  }

  copy() {
    return true;
  }

  lock({ error }) {
    this.isStopped = true;
    say("off", error);
  }

  // One after the other: arrow keys pass through choices, and each is seen before the next is made.
  async save({ keepalive = false } = {}) {
    if (keepalive) return this.send({ keepalive });
    this.turn = this.turn.then(() => this.send());
    return this.turn;
  }

  async send({ keepalive = false } = {}) {
    const seen = this.underWay ?? this.seen.value;
    const value = this.value;
    if (value === seen) return;
    const fields = { user, ...sends, [this.name]: value, [`seen-${condition}`]: seen };
    this.underWay = value;
    noteNewer();
    saySaving();
    const answer = await post(save, fields, { keepalive });
    this.underWay = null;
    settle(answer, this, { value });
  }

  accepted(body, { value }) {
    const stayed = body.states?.[condition];
    this.seen.value = stayed ?? value;
    for (const radio of this.radios) radio.checked = radio.value === (stayed ?? this.value);
    if (stayed) this.said = body.messages.join(" ");
  }
}

// --- Copies that an earlier page left ---------------------------------------------------------------------

function offerCopies() {
  const elsewhere = new Map();
  for (const copy of copiesHere(about)) {
    const answer = answers.find(({ name }) => name === copy.name);
    if (answer) answer.offerCopy(copy);
    else if (copy.condition === condition) offerLoose(copy);
    else elsewhere.set(copy.condition, copy);
  }
  for (const copy of elsewhere.values()) pointTo(copy);
}

function pointTo(copy) {
  const said = Object.assign(document.createElement("p"), { className: "offer" });
  const link = document.createElement("a");
  link.href = `${copy.here}?${new URLSearchParams({ condition: copy.condition })}`;
  link.textContent = `Look at it under ${copy.label}`;
  said.append(`Text from this computer, ${clock(copy.at)}, was not saved. `, link);
  document.querySelector("[data-offers]").append(said);
}

// The answer is being coded, or its question is no longer in the guide.
function offerLoose(copy) {
  const href = `?${new URLSearchParams({ condition })}`;
  const link = Object.assign(document.createElement("a"), { className: "btn small", textContent: "Write in it", href });
  offer(copy, document.querySelector("[data-offers]"), () => link);
}

// --- On this page ----------------------------------------------------------------------------------------

for (const field of form.elements) if (field.matches("textarea.words")) answers.push(new Answer(field));
const own = answers.reduce((sum, { area }) => sum + countWords(area.defaultValue), 0);
const all = Number.parseInt(document.querySelector("[data-words-here]")?.textContent ?? own, 10);
desk.dataset.otherWords = Math.max(0, all - own);
begin(form, [...answers, new State()]);
offerCopies();
