// Copies that an earlier page left on this computer, offered above the text that they belong to.

import { clock, copiesOf, download, forget } from "./drafts.js";

export function madeButton(label, look, act) {
  const made = Object.assign(document.createElement("button"), {
    type: "button", className: `btn small ${look}`, textContent: label,
  });
  made.addEventListener("click", act);
  return made;
}

// Offers a copy at the top of a place. ``first`` makes, for the box of the offer, what takes the copy up; without
// it the copy can only be taken along.
export function offer(copy, place, first) {
  const box = Object.assign(document.createElement("div"), { className: "offer" });
  const said = document.createElement("p");
  said.textContent = `Text from this computer, ${clock(copy.at)}, was not saved:`;
  const text = Object.assign(document.createElement("p"), { className: "words", textContent: copy.text });
  const acts = Object.assign(document.createElement("div"), { className: "acts" });
  if (first) {
    acts.append(first(box), madeButton("Discard", "", () => {
      forget(copy.key);
      box.remove();
    }));
  }
  acts.append(madeButton("Download", "quiet", () => download([copy])));
  if (navigator.clipboard) {
    acts.append(madeButton("Copy", "quiet", async ({ target }) => {
      await navigator.clipboard.writeText(copy.text);
      target.textContent = "Copied";
    }));
  }
  box.append(said, text, acts);
  place.prepend(box);
}

// Returns what this user has on this computer of an interview or a section.
export function copiesHere({ user, interview, section }) {
  return copiesOf(user).filter((copy) => copy.interview === interview && copy.section === section);
}
