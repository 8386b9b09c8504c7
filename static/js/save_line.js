// The line that says how saving stands, in the bar that stays in view while somebody writes.

const SLOW = 500; // before "Saving…" is shown

const line = document.querySelector("[data-save-status]");
const words = document.querySelector("[data-save-words]");
const help = document.querySelector("[data-save-help]");
let slow = null;

export function say(state, text, { offerHelp = false } = {}) {
  clearTimeout(slow);
  slow = null;
  line.dataset.state = state;
  if (words.textContent !== text) words.textContent = text;
  help.hidden = !offerHelp;
}

// What was said last is of earlier words as soon as there are newer ones.
export function sayNewer(isUnsaved) {
  const { state } = line.dataset;
  if (state === "ok" || state === "newer") line.dataset.state = isUnsaved ? "newer" : "ok";
}

export function saySaving() {
  slow ??= setTimeout(() => say("busy", "Saving…"), SLOW);
}

export function sayFailed(what, isKept) {
  say("off", isKept ? `${what}: kept on this computer` : `${what}. Download a copy before you close this page`, {
    offerHelp: true,
  });
}

// Somebody asked to save, and nothing was left to save.
export function sayAllIsSaved() {
  if (!words.textContent) say("ok", "Everything is saved");
}
