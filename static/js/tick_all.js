// One box that ticks all boxes of a name on the page, and how many are ticked, in words.

const all = document.querySelector("[data-tick-all]");
const told = document.querySelector("[data-ticked]");

if (all) {
  const boxes = [...document.querySelectorAll(`input[name="${all.dataset.tickAll}"][type="checkbox"]`)];
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && !all.checked;
    told.textContent = ticked ? `With the ${ticked} ticked` : "With those ticked";
  };
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    tell();
  });
  for (const box of boxes) box.addEventListener("change", tell);
  // A page that is shown again keeps its ticks.
  window.addEventListener("pageshow", tell);
}
