// Saves what is written in an interview by itself: a moment after the last key, on leaving a field or the page,
// on Ctrl+S. Until the server has acknowledged a text, a copy of it stays on this computer (drafts.js).

import { acknowledge, clock, copiesOf, download, forget, forgetOwn, keep, PAGE } from "./drafts.js";
import { post } from "./saving.js";
import { signInAgain } from "./signin_in_place.js";

const PAUSE = 1000; // after the last key
const LONGEST = 10_000; // even while somebody types on
const COPYING = 300; // at most so often a copy is kept
const SLOW = 500; // before "Saving…" is shown
const AGAIN = [2000, 4000, 8000, 15_000, 30_000];

const desk = document.querySelector("[data-entry]");
const form = document.getElementById("answers");

// As the server stores it (evaluations/text.py): what only differs in this is saved.
const tidy = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();
const countWords = (text) => text.split(/\s+/).filter(Boolean).length;
const about = desk && {
  user: desk.dataset.user, interview: desk.dataset.interview, code: desk.dataset.code,
  condition: desk.dataset.condition, save: desk.dataset.save, here: desk.dataset.here,
};

// --- The status line -------------------------------------------------------------------------------------

const line = document.querySelector("[data-save-status]");
const words = document.querySelector("[data-save-words]");
const help = document.querySelector("[data-save-help]");
let slow = null;

function say(state, text, { offerHelp = false } = {}) {
  clearTimeout(slow);
  slow = null;
  line.dataset.state = state;
  if (words.textContent !== text) words.textContent = text;
  help.hidden = !offerHelp;
}

// What was said last is of earlier words as soon as there are newer ones.
function sayNewer() {
  const { state } = line.dataset;
  if (state === "ok" || state === "newer") line.dataset.state = things.some((thing) => thing.isUnsaved) ? "newer" : "ok";
}

function saySaving() {
  slow ??= setTimeout(() => say("busy", "Saving…"), SLOW);
}

function sayFailed(what, isKept) {
  say("off", isKept ? `${what}: kept on this computer` : `${what}. Download a copy before you close this page`, {
    offerHelp: true,
  });
}

// --- Things that are saved -------------------------------------------------------------------------------

class Answer {
  constructor(area) {
    this.area = area;
    this.name = area.name;
    this.box = document.getElementById(`div_${area.id}`);
    this.version = form.elements[`version-${this.name}`];
    this.codeLink = this.box.querySelector("[data-code-now]");
    this.strand = form.elements[`strand-${this.name}`];
    this.seenStrand = form.elements[`seen-strand-${this.name}`];
    this.label = document.querySelector(`label[for="${area.id}"]`)?.textContent ?? "";
    this.saved = tidy(area.defaultValue);
    this.step = 0; // one count for saves and copies: whichever comes last holds the newest text
    this.settled = 0; // the last step that the server acknowledged
    this.isKept = true;
    this.isStopped = false; // in conflict or locked: nothing is sent until somebody decides
    area.addEventListener("input", () => this.written());
    area.addEventListener("blur", () => this.isUnsaved && this.save());
    this.strand?.addEventListener("change", () => this.save());
  }

  get place() {
    return { ...about, name: this.name, label: `${desk.dataset.label}, ${this.label}` };
  }

  get isUnsaved() {
    return tidy(this.area.value) !== this.saved || (this.strand && this.strand.value !== this.seenStrand.value);
  }

  get isTouched() {
    return this.area.value !== this.area.defaultValue;
  }

  written() {
    this.copying ??= setTimeout(() => this.copy(), COPYING);
    clearTimeout(this.pause);
    this.pause = setTimeout(() => this.save(), PAUSE);
    this.longest ??= setTimeout(() => this.save(), LONGEST);
    this.count();
    sayNewer();
  }

  count() {
    const shown = document.querySelector(`[data-count-of="${this.name}"]`);
    if (shown) shown.textContent = countWords(this.area.value);
    const others = Number(desk.dataset.otherWords ?? 0);
    const sum = answers.reduce((total, answer) => total + countWords(answer.area.value), others);
    for (const place of document.querySelectorAll("[data-words-here]")) place.textContent = sum;
  }

  copy() {
    clearTimeout(this.copying);
    this.copying = null;
    const text = this.area.value;
    if (tidy(text) === this.saved) acknowledge(this.place, text);
    else {
      this.step += 1;
      this.isKept = keep({ ...this.place, text, version: this.version.value, page: PAGE, step: this.step });
    }
    return this.isKept;
  }

  fields(text, choice) {
    const found = {
      user: about.user, row: about.interview, condition: about.condition, page: PAGE, step: (this.step += 1),
      [this.name]: text, [`version-${this.name}`]: this.version.value,
    };
    if (this.strand) {
      found[`strand-${this.name}`] = this.strand.value;
      found[`seen-strand-${this.name}`] = this.seenStrand.value;
    }
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
    const strand = this.strand?.value;
    const isUntouched = tidy(text) === this.saved;
    saySaving();
    const fields = this.fields(text, choice);
    const answer = await post(about.save, fields, { keepalive });
    return settle(answer, this, { text, strand, choice, isUntouched, step: fields.step });
  }

  accepted(body, { text, strand, choice, isUntouched, step }) {
    if (step < this.settled) return;
    this.settled = step;
    const now = body.answers?.[this.name];
    const isOther = now && now.text !== tidy(text);
    const isLeft = isUntouched && document.activeElement !== this.area && this.area.value === text;
    const isReplaced = isOther && (choice || isLeft);
    if (isReplaced) this.area.value = now.text; // both texts, or theirs, as chosen; or newer than what was left
    this.saved = tidy(isReplaced ? now.text : text);
    if (now && (isReplaced || !isOther)) this.version.value = now.version; // never one that is not on screen
    if (this.strand && now) this.seenStrand.value = strand;
    if (this.codeLink) this.codeLink.hidden = !this.saved; // there is something to code from its first save on
    acknowledge(this.place, text);
    this.copy();
    this.count();
  }

  // Somebody else saved this answer meanwhile: show both, and save nothing until one is chosen.
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

  // The server has set aside what was sent; what was written since is only here, to be taken along. Where
  // the text was withdrawn the server kept nothing, and nothing may stay on this computer either.
  lock({ error, kept }, { text, strand }) {
    this.isStopped = true;
    this.area.readOnly = true;
    const now = this.area.value;
    this.saved = tidy(kept ? text : now);
    if (this.strand) this.seenStrand.value = strand;
    say("off", error);
    if (!kept) forgetOwn(this.place);
    else if (tidy(now) === this.saved) acknowledge(this.place, text);
    else {
      sayFailed(`${error.replace(/\.$/, "")}. What you wrote last is not saved`, this.copy());
      offer({ ...this.place, text: now, at: Date.now() }, this, { isLocked: true });
    }
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

// Whether the condition was asked about.
class State {
  constructor() {
    this.name = `state-${about.condition}`;
    this.seen = form.elements[`seen-${about.condition}`];
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
    const { user, interview: row, condition } = about;
    const fields = { user, row, condition, [this.name]: value, [`seen-${condition}`]: seen };
    this.underWay = value;
    sayNewer();
    saySaving();
    const answer = await post(about.save, fields, { keepalive });
    this.underWay = null;
    settle(answer, this, { value });
  }

  accepted(body, { value }) {
    const stayed = body.states?.[about.condition];
    this.seen.value = stayed ?? value;
    for (const radio of this.radios) radio.checked = radio.value === (stayed ?? this.value);
    if (stayed) this.said = body.messages.join(" ");
  }
}

// --- What came of a save ---------------------------------------------------------------------------------

let tries = 0;
let retry = null;
let isSigningOut = false;
let isDeclined = false;

// Returns whether the server acknowledged what was sent.
function settle({ status, body }, thing, sent) {
  const isHeard = body?.fields?.includes(thing.name); // else some other page answered, or nothing was understood
  const isOvertaken = status === 409 && sent.step < thing.settled; // kept beside what was written later
  if (isHeard && (status === 200 || isOvertaken)) {
    tries = 0;
    thing.accepted(body, sent);
    const said = thing.said;
    thing.said = "";
    if (said) say("off", said);
    else if (!things.some((other) => other.isUnsaved && !other.isStopped)) say("ok", `Saved ${body.saved}`);
    return true;
  }
  if (status === 409 && body?.conflicts?.[thing.name]) {
    thing.conflict(body.conflicts[thing.name]);
    say("off", "Two versions of one answer: choose below");
  } else if (status === 423 && isHeard) {
    thing.lock(body, sent);
  } else if (status === 400 && body?.errors) {
    sayFailed(`Not saved. ${body.errors.join(" ").replace(/\.$/, "")}`, thing.copy());
  } else if (status === 401) {
    sayFailed("Signed out", thing.copy());
    if (!isDeclined) {
      signInAgain().then((isIn) => {
        isDeclined = !isIn; // not asked again until the user wants to save
        if (isIn) flush();
      });
    }
  } else if (status === 403 && body?.error) {
    for (const other of things) other.isStopped = true; // never in somebody else's name
    sayFailed("Not saved: somebody else is signed in here now", thing.copy());
  } else if (status === 404 || status === 403) {
    sayFailed("Not saved: this interview is no longer open to you", thing.copy());
  } else {
    sayFailed(navigator.onLine ? "The server does not answer" : "Offline", thing.copy());
    clearTimeout(retry);
    retry = setTimeout(flush, AGAIN[Math.min(tries, AGAIN.length - 1)]);
    tries += 1;
  }
  return false;
}

// Sends everything that is not saved and returns whether the server has acknowledged all of it.
export async function flush() {
  isDeclined = false;
  await Promise.all(things.map((thing) => thing.save()));
  return !things.some((thing) => thing.isUnsaved);
}

// --- Copies that an earlier page left ---------------------------------------------------------------------

function offer(copy, answer, { isLocked = false } = {}) {
  const box = Object.assign(document.createElement("div"), { className: "offer" });
  const said = document.createElement("p");
  said.textContent = `Text from this computer, ${clock(copy.at)}, was not saved:`;
  const text = Object.assign(document.createElement("p"), { className: "words", textContent: copy.text });
  const acts = Object.assign(document.createElement("div"), { className: "acts" });
  const button = (label, act, look = "") => {
    const made = Object.assign(document.createElement("button"), {
      type: "button", className: `btn small ${look}`, textContent: label,
    });
    made.addEventListener("click", act);
    acts.append(made);
  };
  if (!isLocked) {
    button("Restore", () => restore(copy, answer, box), "solid");
    button("Discard", () => {
      forget(copy.key);
      box.remove();
    });
  }
  button("Download", () => download([copy]), "quiet");
  if (navigator.clipboard) {
    button("Copy", async ({ target }) => {
      await navigator.clipboard.writeText(copy.text);
      target.textContent = "Copied";
    }, "quiet");
  }
  box.append(said, text, acts);
  answer.box.prepend(box);
}

function restore(copy, answer, box) {
  // What stands in the box is not lost by it: it is saved already, or goes on as a copy of its own.
  const rest = answer.isUnsaved ? `${answer.area.value}\n\n` : "";
  answer.area.value = `${rest}${copy.text}`;
  answer.version.value = copy.version;
  if (answer.copy()) forget(copy.key);
  box.remove();
  answer.count();
  answer.area.focus();
  answer.save();
}

function offerCopies() {
  const own = copiesOf(about.user).filter((copy) => copy.interview === about.interview);
  const elsewhere = new Map();
  for (const copy of own) {
    const answer = answers.find(({ name }) => name === copy.name);
    if (!answer && copy.condition !== about.condition) elsewhere.set(copy.condition, copy);
    else if (answer && tidy(copy.text) === answer.saved) forget(copy.key);
    else if (answer) offer(copy, answer);
    else offerLoose(copy);
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
  const box = document.querySelector("[data-offers]");
  offer(copy, { box, isUnsaved: false });
  const [restoring] = box.firstElementChild.querySelectorAll("button");
  restoring.replaceWith(
    Object.assign(document.createElement("a"), {
      className: "btn small", textContent: "Write in it", href: `?${new URLSearchParams({ condition: copy.condition })}`,
    }),
  );
}

// --- On this page ----------------------------------------------------------------------------------------

const answers = [];
const things = [];

function leaveWith(act) {
  return flush().then(act, act);
}

function begin() {
  const areas = [...form.elements].filter((field) => field.matches("textarea.words"));
  for (const area of areas) answers.push(new Answer(area));
  things.push(...answers, new State());
  const own = answers.reduce((sum, { area }) => sum + countWords(area.defaultValue), 0);
  const all = Number(document.querySelector("[data-words-here]")?.textContent ?? own);
  desk.dataset.otherWords = Math.max(0, all - own);
  if ("unsaved" in desk.dataset) for (const answer of answers) answer.saved = null;
  for (const answer of answers) {
    const panel = answer.box.querySelector("[data-conflict]");
    if (panel) {
      answer.isStopped = true;
      answer.theirs = form.elements[`current-${answer.name}`].value;
      answer.choose(panel);
    }
    if ("locked" in desk.dataset) answer.area.readOnly = true;
  }
  for (const thing of things) if (thing.isTouched) thing.save(); // before this script was there
  offerCopies();

  document.querySelector("[data-try-now]").addEventListener("click", flush);
  document.querySelector("[data-download]").addEventListener("click", () => {
    download(answers.filter(({ isUnsaved }) => isUnsaved).map((answer) => ({ ...answer.place, text: answer.area.value })));
  });
  window.addEventListener("online", flush);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      flush().then((isSaved) => isSaved && !words.textContent && say("ok", "Everything is saved"));
    }
  });
  const leaving = () => {
    if (isSigningOut) return;
    for (const thing of things) if (thing.isUnsaved) thing.save({ keepalive: true });
  };
  window.addEventListener("pagehide", leaving);
  document.addEventListener("visibilitychange", () => document.hidden && leaving());
  document.addEventListener("signing-out", () => {
    isSigningOut = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!isSigningOut && things.some((thing) => thing.isUnsaved && (thing.isKept === false || thing.isStopped))) event.preventDefault();
  });

  // Saved first, then sent or left: the next page shows what was just written.
  document.addEventListener(
    "submit",
    (event) => {
      const { target, submitter } = event;
      if (target === form) {
        event.preventDefault();
        event.stopImmediatePropagation();
        flush().then((isSaved) => isSaved && !words.textContent && say("ok", "Everything is saved"));
      } else if (target.method === "post" && !target.closest("dialog") && !("signOut" in target.dataset) && hasUnsaved()) {
        if ("flushed" in target.dataset) return; // what could not be saved stays as a copy
        target.dataset.flushed = "";
        event.preventDefault();
        event.stopImmediatePropagation();
        leaveWith(() => target.requestSubmit(submitter));
      }
    },
    true,
  );
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    const isPlain = !(event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey);
    if (!link || !isPlain || link.target || link.hash && link.pathname + link.search === location.pathname + location.search) return;
    if (!hasUnsaved()) return;
    event.preventDefault();
    leaveWith(() => location.assign(link.href));
  });
}

// Not what waits for a decision, or was refused already: leaving is not held up by it twice.
function hasUnsaved() {
  return things.some((thing) => thing.isUnsaved && !thing.isStopped) && tries === 0;
}

if (desk && form) begin();
