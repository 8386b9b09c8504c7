// Looks every second how far an import is, without loading the whole page again; loads it once it is over.

const box = document.querySelector("[data-progress]");
const bar = document.querySelector("progress");

async function look() {
  try {
    // Nobody asked, so it does not keep the session alive.
    const answer = await fetch(location.href, { headers: { "X-Requested-With": "fetch" } });
    if (answer.status >= 500) throw new Error("not now");
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-progress]");
    if (!fresh) {
      location.reload();
      return;
    }
    if (box.textContent !== fresh.textContent) box.replaceChildren(...fresh.childNodes);
    const now = page.querySelector("progress");
    for (const name of ["max", "value"]) {
      if (now.hasAttribute(name)) bar.setAttribute(name, now.getAttribute(name));
      else bar.removeAttribute(name);
    }
  } catch {
    // Without the network or the database this look fails, and the next one may not.
  }
  setTimeout(look, 1000);
}

setTimeout(look, 1000);
