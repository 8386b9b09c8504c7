// A workshop on somebody's phone: taps show at once and are saved behind, whatever the connection does.
//
// Each finding has what is wanted (on screen) and what the server is known to hold. One request is on its way
// at a time; it sets all that is wanted of one finding, so sending it again does no harm, and its turn lets the
// server pass over one that arrives late. Dots that are taken back go first, so that they can be spent again.

import { post } from "./saving.js";

const LOOK_EVERY = 4000;
const LOOK_JITTER = 2000;
const TRY_AGAIN = [1000, 2000, 4000, 8000];
const TYPING = 800;
const PATIENCE = 20_000;
const CLOSED = "The vote has closed. What was saved counts.";
const TAKEN_OUT = "Somebody’s words were taken out since you opened this. Copy your note if you want to keep it.";
const PLACES = { gone: "This workshop is no longer there.", joining: "This phone has to join again." };

const page = document.getElementById("content");

document.documentElement.classList.add("js");
if (document.activeElement === document.body) document.querySelector("[data-focus]")?.focus();

// Where the workshop stands now; null when nobody answered, "gone" when there is none any more.
async function look() {
  const waiting = new AbortController();
  const timer = setTimeout(() => waiting.abort(), PATIENCE);
  try {
    const headers = { "X-Requested-With": "fetch" };
    const answer = await fetch(page.dataset.state, { headers, cache: "no-store", signal: waiting.signal });
    if (answer.status === 404) return { now: "gone" };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function hasMoved(state) {
  return state.now !== page.dataset.now || (state.round ? String(state.round) !== page.dataset.round : false);
}

// Whether this page shows what it should no longer show (a quotation that was hidden), or not all there is.
function hasOtherWords(state) {
  return Boolean(state.shown) && state.shown !== page.dataset.shown;
}

// Looks every few seconds, not all phones at once, and not while nobody looks at this one. What `told` is given
// may be older than what was saved meanwhile: then `mark()` is another one.
function watch(told, mark = () => 0) {
  let timer;
  const again = () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(once, LOOK_EVERY + Math.random() * LOOK_JITTER);
  };
  async function once() {
    clearTimeout(timer);
    const before = mark();
    const state = await look();
    if (!state || !told(state, before === mark())) again();
  }
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : once()));
  again();
}

function words(dots) {
  return dots === 1 ? "1 dot" : `${dots} dots`;
}

function draw(place, full, empty = 0) {
  const dots = Array.from({ length: full + empty }, (_, number) => {
    const dot = document.createElement("i");
    dot.className = number < full ? "dot" : "dot out";
    return dot;
  });
  place.replaceChildren(...dots);
}

class Card {
  constructor(element, { changed, typed }) {
    this.element = element;
    this.form = element.querySelector("form");
    this.note = element.querySelector("textarea");
    this.wrong = element.querySelector("[data-wrong]");
    this.steps = [...element.querySelectorAll("[data-step]")];
    this.verdicts = [...element.querySelectorAll("[data-verdict]")];
    this.changed = changed;
    this.typed = typed;
    const chosen = this.verdicts.find((button) => button.getAttribute("aria-pressed") === "true");
    this.dots = Number(element.querySelector("[data-given]").dataset.given);
    this.verdict = chosen?.dataset.verdict ?? "";
    this.held = { dots: this.dots, verdict: this.verdict, note: this.note.defaultValue };
    this.isOut = false; // on its way, or nobody knows whether it arrived
    this.refused = null; // what the server would not take: sent again once it is something else
    // Out of use but still in focus: a button that is disabled would let go of the keyboard.
    for (const step of this.steps) step.disabled = false;
    this.form.addEventListener("submit", (event) => this.press(event));
    this.note.addEventListener("input", () => this.type());
    this.note.addEventListener("change", () => this.changed());
  }

  get wanted() {
    return { dots: this.dots, verdict: this.verdict, note: this.note.value };
  }

  get isRefused() {
    return this.refused === JSON.stringify(this.wanted);
  }

  get isUnsaved() {
    return !this.isRefused && (this.isOut || JSON.stringify(this.wanted) !== JSON.stringify(this.held));
  }

  press(event) {
    event.preventDefault();
    const button = event.submitter;
    if (button?.getAttribute("aria-disabled") === "true") return;
    if (button?.dataset.step) this.dots += Number(button.dataset.step);
    const { verdict } = button?.dataset ?? {};
    if (verdict) this.verdict = this.verdict === verdict ? "" : verdict;
    this.say("");
    this.changed();
  }

  type() {
    this.typed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.changed(), TYPING);
  }

  // What the server holds now, from whichever phone or tab it was sent.
  hold([dots, verdict]) {
    const follows = !this.isUnsaved;
    this.held = { ...this.held, dots, verdict };
    if (follows) [this.dots, this.verdict] = [dots, verdict];
  }

  giveUp() {
    [this.dots, this.verdict] = [this.held.dots, this.held.verdict];
  }

  say(message) {
    this.wrong.textContent = message;
    this.wrong.hidden = !message;
  }

  show(left) {
    const given = this.element.querySelector("[data-given]");
    this.element.classList.toggle("has", this.dots > 0);
    given.textContent = this.dots ? words(this.dots) : "No dots";
    draw(this.element.querySelector("[data-given-dots]"), this.dots);
    for (const step of this.steps) {
      step.setAttribute("aria-disabled", String(step.dataset.step === "1" ? left < 1 : this.dots < 1));
    }
    for (const button of this.verdicts) {
      button.setAttribute("aria-pressed", String(button.dataset.verdict === this.verdict));
    }
  }
}

class Ballot {
  constructor() {
    this.total = Number(page.dataset.dots);
    this.turn = Number(page.dataset.turn);
    this.cards = new Map();
    for (const element of document.querySelectorAll("[data-card]")) {
      const told = { changed: () => this.go(), typed: () => this.say() };
      this.cards.set(element.dataset.card, new Card(element, told));
    }
    this.failures = 0;
    this.isOver = false;
    this.isSending = false;
    this.isFinishing = false;
    this.isOutdated = false;
    this.wake = () => {};
    this.finishing = document.querySelector("[data-finish]");
    this.finishing.addEventListener("submit", (event) => this.finish(event));
    this.go(); // a note may have been begun before this script was there
    addEventListener("online", () => this.wake());
    addEventListener("pagehide", () => this.flush());
    document.addEventListener("visibilitychange", () => document.hidden && this.flush());
    addEventListener("beforeunload", (event) => this.next && !this.isOver && event.preventDefault());
  }

  get placed() {
    return [...this.cards.values()].reduce((sum, card) => sum + card.dots, 0);
  }

  // Those that free dots first.
  get unsaved() {
    const unsaved = [...this.cards.values()].filter((card) => card.isUnsaved);
    return unsaved.sort((one, other) => (other.dots < other.held.dots) - (one.dots < one.held.dots));
  }

  get next() {
    return this.unsaved[0];
  }

  // Later than whatever this phone sent, from this page or another one.
  get nextTurn() {
    this.turn = Math.max(this.turn + 1, Date.now());
    return this.turn;
  }

  fields(card) {
    const opened = this.finishing.elements.opened.value; // says when this page was opened
    const place = { row: card.element.dataset.card, round: page.dataset.round };
    return { ...place, opened, turn: this.nextTurn, ...card.wanted };
  }

  // Whoever leaves the page does not wait; what arrives twice does no harm.
  flush() {
    if (this.isOver) return;
    for (const card of this.unsaved) post(page.dataset.weigh, this.fields(card), { keepalive: true });
  }

  async go() {
    this.show();
    if (this.isSending) this.wake();
    if (this.isSending || !this.next) return;
    document.querySelector("[data-finished]").hidden = true; // whoever goes on has not finished
    this.finishing.hidden = false;
    this.isSending = true;
    while (this.next && !this.isOver) await this.send(this.next);
    this.isSending = false;
    this.show();
    if (this.isFinishing && !this.next) this.finishing.submit();
    this.renew();
  }

  // Everything is saved first.
  finish(event) {
    if (!this.next || this.isOver) return;
    event.preventDefault();
    this.isFinishing = true;
    this.go();
  }

  async send(card) {
    const sent = card.wanted;
    card.isOut = true;
    this.show();
    const { status, body } = await post(page.dataset.weigh, this.fields(card));
    if (status === 200) this.arrived(card, sent, body);
    else if (status === 409 && body) this.refused(card, sent, body);
    else if (status === 404) this.end("This finding or workshop is no longer there.");
    else if (status === 423) this.end(TAKEN_OUT);
    else await this.tryLater(status);
    this.show();
  }

  arrived(card, sent, state) {
    this.failures = 0;
    card.isOut = false;
    card.held = sent;
    this.adopt(state);
  }

  refused(card, sent, state) {
    card.isOut = false;
    if (hasMoved(state)) {
      this.end(PLACES[state.now] ?? CLOSED);
      return;
    }
    this.adopt(state);
    if ([...this.cards.values()].some((other) => other !== card && other.dots < other.held.dots)) return;
    card.giveUp();
    card.say(state.message);
    // A note that was not taken stays in its box, and is sent again when it is another one.
    if (JSON.stringify(card.wanted) === JSON.stringify(sent)) card.refused = JSON.stringify(sent);
  }

  adopt(state) {
    for (const [key, card] of this.cards) card.hold(state.weighed[key] ?? [0, ""]);
  }

  // Shows the page anew once nothing would be lost by it.
  renew() {
    const isSaved = !this.next && ![...this.cards.values()].some((card) => card.isRefused);
    if (this.isOutdated && isSaved && !this.isOver) location.reload();
  }

  async tryLater(status) {
    this.failures += 1;
    this.show();
    if (status === 403) await look(); // which brings a fresh token
    const pause = TRY_AGAIN[Math.min(this.failures, TRY_AGAIN.length) - 1];
    await new Promise((resolve) => {
      this.wake = resolve;
      setTimeout(resolve, pause + Math.random() * 500);
    });
  }

  end(message) {
    this.isOver = true;
    const box = document.querySelector("[data-over]");
    const link = document.createElement("a");
    link.href = location.pathname;
    link.textContent = "Go on";
    box.replaceChildren(`${message} `, link);
    box.hidden = false;
  }

  // Returns whether there is nothing more to look for.
  told(state, isNews) {
    if (!hasMoved(state)) {
      this.isOutdated = hasOtherWords(state);
      this.renew();
      if (isNews && !this.isSending) this.adopt(state);
      this.show();
      return false;
    }
    if (this.isOver) return true;
    if (this.next) this.end(PLACES[state.now] ?? CLOSED);
    else location.reload();
    return true;
  }

  show() {
    const left = Math.max(this.total - this.placed, 0);
    for (const card of this.cards.values()) card.show(left);
    draw(document.querySelector("[data-dots-left]"), left, this.total - left);
    document.querySelector("[data-left]").textContent = left ? `${words(left)} left` : "No dots left";
    this.say();
  }

  say() {
    const saved = document.querySelector("[data-saved]");
    saved.classList.toggle("late", Boolean(this.next) && (this.isOver || this.failures > 0));
    saved.textContent = this.status();
  }

  status() {
    if (this.next && this.isOver) return "Not saved";
    if (this.next && this.failures) return "Not saved yet, trying again";
    if (this.next) return "Saving";
    return [...this.cards.values()].some((card) => card.isRefused) ? "Not saved" : "Saved";
  }
}

if (page.dataset.now === "weighing") {
  const ballot = new Ballot();
  watch((state, isNews) => ballot.told(state, isNews), () => ballot.turn);
} else if (page.dataset.now === "waiting") {
  watch((state) => {
    if (hasMoved(state)) location.reload();
    return hasMoved(state);
  });
}
