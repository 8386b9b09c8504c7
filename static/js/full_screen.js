// The full screen, by a button and by a key. Where a browser has none, the button is not shown.

const status = Object.assign(document.createElement("p"), { className: "vh", role: "status" });
document.body.append(status);
document.documentElement.classList.toggle("no-full-screen", !document.fullscreenEnabled);

// Reads words out that are not seen on the page.
export function say(words) {
  status.textContent = words;
}

export function nameButton() {
  const button = document.querySelector("[data-full-screen]");
  button.textContent = document.fullscreenElement ? "Leave full screen" : "Full screen";
}

// Shows an element on the full screen, or leaves it.
export async function turnFullScreen(element) {
  try {
    if (document.fullscreenElement) await document.exitFullscreen();
    else await element.requestFullscreen();
  } catch {
    say("This browser does not allow the full screen here.");
  }
}

document.addEventListener("fullscreenchange", nameButton);
nameButton();
