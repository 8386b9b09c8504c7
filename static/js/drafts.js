// Copies on this computer of text that the server has not acknowledged yet. Each belongs to one user, one answer
// of an interview or one section of a report, and the page that made it; they go once the server has the text, or
// after seven days.

const PREFIX = "waterline-copy:";
const WEEK = 7 * 24 * 60 * 60 * 1000;

// Names this open page: two pages with one answer must not write over each other's copies.
export const PAGE = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;

function keyOf({ user, interview, section, name }) {
  return `${PREFIX}${user}:${interview ?? section}:${name}:${PAGE}`;
}

function read(key) {
  try {
    const copy = JSON.parse(localStorage.getItem(key));
    return typeof copy?.text === "string" ? { ...copy, key } : null;
  } catch {
    return null;
  }
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return []; // the browser keeps nothing for this site
  }
}

// Keeps a copy and returns whether the browser did so.
export function keep(copy) {
  try {
    localStorage.setItem(keyOf(copy), JSON.stringify({ ...copy, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing was kept
  }
}

// Removes the copy of this page once the server has exactly that text.
export function acknowledge(place, text) {
  const key = keyOf(place);
  if (read(key)?.text === text) forget(key);
}

// Removes the copy of this page, whatever it holds.
export function forgetOwn(place) {
  forget(keyOf(place));
}

// Returns what this user has on this computer, oldest first.
export function copiesOf(user) {
  const own = keys().filter((key) => key.startsWith(`${PREFIX}${user}:`));
  return own.map(read).filter(Boolean).sort((one, other) => one.at - other.at);
}

export function removeOld() {
  for (const key of keys()) {
    const copy = read(key);
    if (!copy || Date.now() - copy.at > WEEK) forget(key);
  }
}

// Removes every copy of what was written in an interview whose answers were deleted, whoever wrote it here.
export function removeThoseOf(interview) {
  for (const key of keys()) {
    if (String(read(key)?.interview) === interview) forget(key);
  }
}

export function clock(at) {
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  const date = new Date(at).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
  const time = new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  return isToday ? time : `${date}, ${time}`;
}

// Gives the texts to the user as a file of their own.
export function download(copies) {
  const parts = copies.map(({ code, label, text, at }) => `${code}, ${label}, ${clock(at ?? Date.now())}\n\n${text}\n`);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([parts.join("\n----\n\n")], { type: "text/plain" }));
  link.download = `not-saved-${copies[0]?.code ?? "text"}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
