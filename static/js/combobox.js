// A text box that finds findings or recommendations while somebody types; its form works without.

const WAIT = 150;
const SENTENCE = 4; // as many words are a new sentence; fewer are looked for

export function combobox(input) {
  const form = input.form;
  const select = form.elements.chosen;
  const list = document.createElement("ul");
  let active = -1;
  let timer;
  let asked = 0;

  Object.assign(list, { id: `${input.id}-list`, className: "list", hidden: true, role: "listbox" });
  list.setAttribute("aria-label", "Found");
  form.append(list); // below the buttons, which stay where they are when it opens
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id]]) {
    input.setAttribute(name, value);
  }
  open(false);

  function open(shown) {
    list.hidden = !shown;
    input.setAttribute("aria-expanded", String(shown));
    if (!shown) point(-1);
  }

  function point(index) {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    if (index < 0) {
      input.removeAttribute("aria-activedescendant");
    } else {
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }
  }

  function option(at, className = "") {
    const item = document.createElement("li");
    Object.assign(item, { id: `${list.id}-${at}`, className, role: "option" });
    list.append(item);
    return item;
  }

  // What was pointed to stays so where it is found again: an answer may come late.
  function show(choices, words) {
    const pointed = list.children[active];
    list.textContent = "";
    choices.forEach((choice, at) => {
      const item = option(at);
      item.dataset.pk = choice.pk;
      item.append(...underlined(choice.text, words));
      item.append(Object.assign(document.createElement("small"), { textContent: choice.about }));
    });
    if (words) option(choices.length, "new").textContent = `+ ${input.dataset.new}`;
    open(list.children.length > 0);
    point(pointed ? [...list.children].findIndex((item) => item.dataset.pk === pointed.dataset.pk) : -1);
  }

  async function find() {
    const words = input.value.trim();
    const turn = (asked += 1);
    try {
      const response = await fetch(`${input.dataset.find}?${new URLSearchParams({ q: words })}`);
      if (response.ok && turn === asked && document.activeElement === input) show((await response.json()).choices, words);
    } catch {
      open(false); // without a network the sentence can still be written
    }
  }

  // A word or two with something found is no sentence yet: Enter first points to what was found.
  function isSearch() {
    return !list.hidden && list.firstElementChild?.dataset.pk && input.value.trim().split(/\s+/).length < SENTENCE;
  }

  function choose(item) {
    const pk = item.dataset.pk ?? "";
    if (!pk && !input.value.trim()) return;
    if (![...select.options].some((known) => known.value === pk)) select.add(new Option(item.textContent, pk));
    select.value = pk;
    form.requestSubmit(form.elements.attach);
  }

  input.addEventListener("focus", find);
  input.addEventListener("input", () => {
    select.value = "";
    point(-1);
    clearTimeout(timer);
    timer = setTimeout(find, WAIT);
  });
  // Not at once: where it closes, the page grows shorter, and a press on "Attach" would miss the button.
  input.addEventListener("blur", () => setTimeout(() => document.activeElement === input || open(false), WAIT * 2));
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.key === "ArrowDown" && list.hidden) {
      find();
    } else if (event.key === "ArrowDown") {
      point(active < last ? active + 1 : 0);
    } else if (event.key === "ArrowUp" && !list.hidden) {
      point(active > 0 ? active - 1 : last);
    } else if (event.key === "Enter" && event.isComposing) {
      return;
    } else if (event.key === "Enter" && active >= 0) {
      choose(list.children[active]);
    } else if (event.key === "Enter" && isSearch()) {
      point(0);
    } else if (event.key === "Escape" && !list.hidden) {
      open(false);
    } else {
      return;
    }
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the focus stays in the box
  list.addEventListener("click", (event) => {
    const item = event.target.closest("li");
    if (item) choose(item);
  });
  if (document.activeElement === input) find();
}

function underlined(text, words) {
  const patterns = words.split(/\s+/).filter(Boolean).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  if (!patterns.length) return [text];
  return text.split(new RegExp(`(${patterns.join("|")})`, "giu")).map((piece, at) => {
    if (at % 2 === 0) return piece;
    return Object.assign(document.createElement("b"), { textContent: piece });
  });
}
