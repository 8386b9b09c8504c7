// A table that is wider than its place says so, while it is: it goes on sideways, which nothing else shows on a
// phone. live.js passes over what is said here, and has new tables watched.

const HINT = "Wider than the screen: move it sideways to see the rest.";

function say(place) {
  const shown = place.querySelector(":scope > .scroll-hint");
  const isWide = place.scrollWidth > place.clientWidth;
  if (shown) shown.hidden = !isWide;
  else if (isWide) place.prepend(Object.assign(document.createElement("p"), { className: "scroll-hint", textContent: HINT }));
}

const watcher = new ResizeObserver((entries) => entries.forEach((entry) => say(entry.target)));

export function watchWideTables() {
  for (const place of document.querySelectorAll(".scroll, .report-wide")) watcher.observe(place);
}
