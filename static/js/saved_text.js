// A text that is saved by itself. Until the server has acknowledged it, a copy of it stays on this computer
// (drafts.js). What is saved beside it, such as the strand of an answer, is its page's matter.

import { noteNewer, settle, tidy } from "./autosave.js";
import { acknowledge, forget, keep, PAGE } from "./drafts.js";
import { madeButton, offer } from "./offers.js";
import { saySaving } from "./save_line.js";
import { post } from "./saving.js";

const PAUSE = 1000; // after the last key
const LONGEST = 10_000; // even while somebody types on
const COPYING = 300; // at most so often a copy is kept

export const countWords = (text) => text.split(/\s+/).filter(Boolean).length;

export class SavedText {
  // ``about`` says whose text it is and where it is saved, ``sends`` what else goes to the server each time.
  constructor(area, { form, about, sends }) {
    this.area = area;
    this.name = area.name;
    this.about = about;
    this.sends = sends;
    this.box = document.getElementById(`div_${area.id}`);
    this.version = form.elements[`version-${this.name}`];
    this.saved = tidy(area.defaultValue);
    this.step = 0; // one count for saves and copies: whichever comes last holds the newest text
    this.settled = 0; // the last step that the server acknowledged
    this.isKept = true;
    this.isStopped = false; // in conflict or locked: nothing is sent until somebody decides
    area.addEventListener("input", () => this.written());
    area.addEventListener("blur", () => this.isUnsaved && this.save());
    this.takeUpConflict(form);
  }

  get place() {
    return { ...this.about, name: this.name };
  }

  get isUnsaved() {
    return tidy(this.area.value) !== this.saved;
  }

  get isTouched() {
    return this.area.value !== this.area.defaultValue;
  }

  // What is saved together with the text, as fields of the form.
  get beside() {
    return {};
  }

  // The text as the server has it now, with its version.
  nowIn(body) {
    return body.answers?.[this.name];
  }

  // Takes note of what was saved beside the text: the ``fields`` sent, the server's, whether theirs was chosen.
  besideSaved() {}

  // Takes up what a copy holds beside its text.
  restoreBeside() {}

  written() {
    this.copying ??= setTimeout(() => this.copy(), COPYING);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), PAUSE);
    this.longest ??= setTimeout(() => this.save(), LONGEST);
    this.count();
    noteNewer();
  }

  count() {
    const shown = document.querySelector(`[data-count-of="${this.name}"]`);
    if (shown) shown.textContent = countWords(this.area.value);
  }

  copy() {
    clearTimeout(this.copying);
    this.copying = null;
    const text = this.area.value;
    if (!this.isUnsaved) acknowledge(this.place, text);
    else this.isKept = keep({ ...this.place, text, version: this.version.value, fields: this.fields() });
    return this.isKept;
  }

  // What is sent beside the text itself.
  fields(choice = "") {
    const found = {
      user: this.about.user, ...this.sends, page: PAGE, step: (this.step += 1),
      [`version-${this.name}`]: this.version.value, ...this.beside,
    };
    if (choice) {
      found[`keep-${this.name}`] = choice;
      found[`current-${this.name}`] = this.theirs;
    }
    return found;
  }

  // One save at a time; while one is under way, the newest text goes after it.
  save(options = {}) {
    clearTimeout(this.pause);
    clearTimeout(this.longest);
    this.longest = null;
    if (this.isStopped || !this.isUnsaved) return this.sending ?? Promise.resolve();
    this.copy();
    if (options.keepalive) return this.send(options);
    this.sending ??= this.sendAll().finally(() => {
      this.sending = null;
    });
    return this.sending;
  }

  async sendAll() {
    let isAccepted = true;
    while (isAccepted && this.isUnsaved && !this.isStopped) isAccepted = await this.send();
  }

  async send({ keepalive = false, choice = "" } = {}) {
    const text = this.area.value;
    const isUntouched = tidy(text) === this.saved;
    saySaving();
    const fields = this.fields(choice);
    const answer = await post(this.about.save, { ...fields, [this.name]: text }, { keepalive });
    return settle(answer, this, { text, fields, choice, isUntouched, step: fields.step });
  }

  accepted(body, { text, fields, choice, isUntouched, step }) {
    if (step < this.settled) return;
    this.settled = step;
    const now = this.nowIn(body);
    const isOther = now && now.text !== tidy(text);
    const isLeft = isUntouched && document.activeElement !== this.area && this.area.value === text;
    const isReplaced = isOther && (choice || isLeft);
    if (isReplaced) this.area.value = now.text; // both texts, or theirs, as chosen; or newer than what was left
    this.saved = tidy(isReplaced ? now.text : text);
    if (now && (isReplaced || !isOther)) this.version.value = now.version; // never one that is not on screen
    if (now) this.besideSaved(fields, now, choice === "theirs");
    acknowledge(this.place, text);
    this.copy();
    this.count();
  }

  // Somebody else saved this text meanwhile: show both, and save nothing until one is chosen.
  conflict(found) {
    this.isStopped = true;
    this.theirs = found.version;
    this.box.querySelector("[data-conflict]")?.remove();
    const panel = document.querySelector("[data-conflict-template]").content.firstElementChild.cloneNode(true);
    panel.querySelector("[data-conflict-time]").textContent = found.at ? ` at ${found.at}` : "";
    fill(panel.querySelector("[data-theirs]"), found.theirs);
    fill(panel.querySelector("[data-mine]"), found.mine);
    this.box.prepend(panel);
    this.choose(panel);
  }

  // The page came with two versions already.
  takeUpConflict(form) {
    const panel = this.box.querySelector("[data-conflict]");
    if (!panel) return;
    this.isStopped = true;
    this.theirs = form.elements[`current-${this.name}`].value;
    this.choose(panel);
  }

  choose(panel) {
    for (const button of panel.querySelectorAll("button")) {
      button.type = "button";
      button.addEventListener("click", async () => {
        this.isStopped = false;
        this.area.readOnly = true;
        const isAccepted = await this.send({ choice: button.value });
        this.area.readOnly = false;
        if (isAccepted) {
          panel.remove();
          this.area.focus();
        } else if (!this.box.contains(panel)) {
          this.box.querySelector("[data-conflict] button")?.focus();
        } else {
          this.isStopped = true;
        }
      });
    }
  }

  // A copy that an earlier page left; it goes when the server has just that.
  offerCopy(copy) {
    if (this.isSaved(copy)) forget(copy.key);
    else offer(copy, this.box, (box) => madeButton("Restore", "solid", () => this.restore(copy, box)));
  }

  isSaved(copy) {
    return tidy(copy.text) === this.saved;
  }

  restore(copy, box) {
    // What stands in the box is not lost by it: it is saved already, or goes on as a copy of its own.
    const rest = this.isUnsaved ? `${this.area.value}\n\n` : "";
    this.restoreBeside(copy);
    this.area.value = `${rest}${copy.text}`;
    this.version.value = copy.version;
    if (this.copy()) forget(copy.key);
    box.remove();
    this.count();
    this.area.focus();
    this.save();
  }
}

function fill(place, pieces) {
  place.replaceChildren(
    ...pieces.map(([text, differs]) => {
      if (!differs) return document.createTextNode(text);
      return Object.assign(document.createElement("ins"), { textContent: text });
    }),
  );
}
