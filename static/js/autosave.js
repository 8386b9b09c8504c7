// Saves what a page holds by itself: a moment after the last key, on leaving a field or the page, on Ctrl+S. What
// is saved are things: texts (saved_text.js) and whatever else a page adds. Each has a name, isUnsaved, isTouched,
// isStopped, save(), copy(), accepted() and, where it can meet one, conflict() and lock().

import { download } from "./drafts.js";
import { say, sayAllIsSaved, sayFailed, sayNewer } from "./save_line.js";
import { signInAgain } from "./signin_in_place.js";

const AGAIN = [2000, 4000, 8000, 15_000, 30_000];

const things = [];
let tries = 0;
let retry = null;
let isSigningOut = false;
let isDeclined = false;

// As the server stores it (evaluations/text.py): what only differs in this is saved.
export const tidy = (text) => text.replace(/\r\n?/g, "\n").normalize("NFC").trim();

// Something newer was written than what was said of saving.
export function noteNewer() {
  sayNewer(things.some((thing) => thing.isUnsaved));
}

// Returns whether the server acknowledged what was sent.
export function settle({ status, body }, thing, sent) {
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
    say("off", "Two versions of one text: choose below");
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
    sayFailed("Not saved: this page is no longer open to you", thing.copy());
  } else {
    const why = status === 503 && body?.error; // the database is away or busy, or the disk full
    sayFailed(why || (navigator.onLine ? "The server does not answer" : "Offline"), thing.copy());
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

function saveNow() {
  flush().then((isSaved) => isSaved && sayAllIsSaved());
}

// Not what waits for a decision, or was refused already: leaving is not held up by it twice.
function hasUnsaved() {
  return things.some((thing) => thing.isUnsaved && !thing.isStopped) && tries === 0;
}

function leaveWith(act) {
  return flush().then(act, act);
}

// Begins saving these things; what somebody changed before this script was there is saved at once. ``form`` is
// the one that saves them without a script.
export function begin(form, those) {
  things.push(...those);
  for (const thing of things) if (thing.isTouched) thing.save();

  document.querySelector("[data-try-now]").addEventListener("click", flush);
  document.querySelector("[data-download]").addEventListener("click", () => {
    const unsaved = things.filter((thing) => thing.place && thing.isUnsaved);
    download(unsaved.map((thing) => ({ ...thing.place, text: thing.area.value })));
  });
  window.addEventListener("online", flush);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "s") {
      event.preventDefault();
      saveNow();
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
        saveNow();
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
