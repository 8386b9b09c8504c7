// The words of a text on the page, for selecting them with the arrow keys.

const ENDS_SENTENCE = /[.!?…]["'’”)\]]*$/u;

// Every word with its text node, where it starts and ends in it, and whether a sentence begins with it.
export function wordsIn(place) {
  const found = [];
  for (const paragraph of place.querySelectorAll("p")) {
    let begins = true;
    for (const piece of paragraph.querySelectorAll("[data-start]")) {
      const node = piece.firstChild;
      for (const match of node.data.matchAll(/\S+/gu)) {
        found.push({ node, start: match.index, end: match.index + match[0].length, begins });
        begins = ENDS_SENTENCE.test(match[0]);
      }
    }
  }
  return found;
}

// The first and last word of the sentence that a word is in.
export function sentenceOf(list, at) {
  let [first, last] = [at, at];
  while (first > 0 && !list[first].begins) first -= 1;
  while (last + 1 < list.length && !list[last + 1].begins) last += 1;
  return [first, last];
}
