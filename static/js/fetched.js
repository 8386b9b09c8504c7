// Another page, fetched for a part of it. Only the last one asked for counts: turns are taken, and what arrives
// for an earlier one is late.

let turn = 0;

// Whatever is under way comes late from now on.
export function passOver() {
  turn += 1;
}

// Resolves to the page at an address, without one when the server answers otherwise, and says whether the
// connection or the server failed, or something else was asked for meanwhile.
export async function fetched(address, options) {
  const mine = (turn += 1);
  let page = null;
  let isLost = false;
  try {
    const answer = await fetch(address, options);
    isLost = answer.status >= 500;
    if (answer.ok && !answer.redirected) page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    isLost = true;
  }
  return { page, isLost, isLate: mine !== turn };
}
