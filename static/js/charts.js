// Draws every chart of a page, once it comes into view. The bundle is loaded only then.

import { beforePrinting } from "./printing.js";

const config = { displayModeBar: false, responsive: true, locale: "en-GB" };
const FORMATS = { png: "image/png", svg: "image/svg+xml" };
let plotly;

function bundle(address) {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = address;
    script.onload = () => resolve(window.Plotly);
    script.onerror = reject;
    document.head.append(script);
  });
  return plotly;
}

// Plotly reads a few tags in labels, and cuts off what is longer than its margin.
const LONGEST_LINE = 20;
const LINE_HEIGHT = 20;

function lines(label, longest = LONGEST_LINE) {
  const found = [];
  for (const part of label.split("<br>")) {
    let line = "";
    for (const word of part.split(" ").flatMap((long) => long.match(new RegExp(`.{1,${longest}}`, "gu")) ?? [])) {
      if (line && line.length + word.length >= longest) {
        found.push(line);
        line = word;
      } else {
        line = line ? `${line} ${word}` : word;
      }
    }
    found.push(line);
  }
  return found;
}

const asLabel = (several) => several.map((line) => line.replaceAll("<", "&lt;")).join("<br>");

function fit(figure) {
  let most = 0;
  for (const bars of figure.data) {
    const labels = bars.y.map((label) => lines(label));
    most = Math.max(most, ...labels.map((label) => label.length));
    bars.y = labels.map(asLabel);
  }
  if (figure.layout.barmode === "relative") {
    // A bar without length has no side; this gives the left ones theirs, so that their 0 stands there.
    figure.data[0].x = figure.data[0].x.map((value) => value || -1e-6);
  }
  figure.layout.height = Math.max(figure.layout.height, figure.data[0].y.length * (most + 1) * LINE_HEIGHT);
  return figure;
}

async function draw(place) {
  try {
    const figure = fit(JSON.parse(document.getElementById(place.dataset.chart).textContent));
    const library = await bundle(place.dataset.bundle);
    place.textContent = "";
    place.style.height = `${figure.layout.height}px`; // what the chart keeps to when the window changes
    await library.newPlot(place, structuredClone(figure.data), structuredClone(figure.layout), config);
    offerDownloads(place, figure, library);
    place.dataset.drawn = "";
  } catch {
    place.textContent = "The chart could not be drawn. Its figures are in the table on this page.";
  }
}

// A downloaded picture stands alone: it carries its title and where its figures come from, and is lettered in
// what every computer has, because the site's own letters do not travel with it.
const WIDTH = 1000;
const LETTERS = "Arial, Helvetica, 'Liberation Sans', sans-serif";
const LEGEND = 36;
const LONGEST_TITLE = 70;
const LONGEST_NOTE = 110;

function forPicture(figure, { title, note }) {
  const [heading, below] = [lines(title, LONGEST_TITLE), lines(note, LONGEST_NOTE)];
  const { layout } = structuredClone(figure);
  const top = 44 + heading.length * 26 + below.length * 19 + (layout.showlegend ? LEGEND : 0);
  const height = layout.height + top;
  layout.margin.t += top;
  return {
    width: WIDTH,
    height,
    figure: {
      data: structuredClone(figure.data),
      layout: {
        ...layout,
        width: WIDTH,
        height,
        font: { ...layout.font, family: LETTERS },
        margin: { ...layout.margin, l: 24, r: 24, b: 24 },
        paper_bgcolor: "#ffffff",
        title: {
          text: asLabel(heading), // no <b>: plotly draws it with an inline style, which the policy forbids
          subtitle: { text: asLabel(below), font: { size: 14 } },
          x: 0,
          xref: "container",
          xanchor: "left",
          yref: "container",
          y: 1,
          yanchor: "top",
          pad: { l: 24, t: 20 },
          font: { size: 20, weight: 600 },
        },
      },
    },
  };
}

async function picture(place, figure, library, format) {
  const { figure: whole, width, height } = forPicture(figure, place.dataset);
  const drawn = await library.toImage(whole, { format, width, height, scale: 2, imageDataOnly: true });
  const bytes = format === "png" ? Uint8Array.from(atob(drawn), (letter) => letter.charCodeAt(0)) : drawn;
  return new Blob([bytes], { type: FORMATS[format] });
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function offerDownloads(place, figure, library) {
  const acts = document.createElement("p");
  acts.className = "acts chart-acts";
  for (const format of Object.keys(FORMATS)) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn small";
    button.textContent = `Download as ${format.toUpperCase()}`;
    button.setAttribute("aria-label", `${button.textContent}: ${place.dataset.title}`);
    button.addEventListener("click", async () => {
      try {
        save(await picture(place, figure, library, format), `${place.dataset.file}.${format}`);
      } catch {
        button.textContent = `The ${format.toUpperCase()} could not be made`;
        button.removeAttribute("aria-label");
      }
    });
    acts.append(button);
  }
  place.after(acts);
}

const begun = new Map();

function drawOnce(place) {
  if (!begun.has(place)) begun.set(place, draw(place));
  return begun.get(place);
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries.filter((seen) => seen.isIntersecting)) {
      watcher.unobserve(entry.target);
      drawOnce(entry.target);
    }
  },
  { rootMargin: "200px" },
);

for (const place of document.querySelectorAll("[data-chart]")) {
  watcher.observe(place);
}

// On paper every chart counts, also one that nobody scrolled to; not one that is folded away.
const open = () => [...document.querySelectorAll("[data-chart]")].filter((place) => place.checkVisibility());
beforePrinting.push(() => Promise.all(open().map(drawOnce)));

// A sheet is narrower than most windows and plotly does not hear of it: charts are drawn at the width of an upright
// A4 sheet meanwhile. The browser's own print command does not wait for those that are not drawn yet.
const ON_PAPER = 640;

function resize(place, width) {
  if ("drawn" in place.dataset) window.Plotly.relayout(place, { width, autosize: !width });
}

window.addEventListener("beforeprint", () => {
  for (const place of document.querySelectorAll("[data-chart]")) {
    if ("drawn" in place.dataset) resize(place, ON_PAPER);
    else if (place.checkVisibility()) drawOnce(place).then(() => matchMedia("print").matches && resize(place, ON_PAPER));
  }
});
window.addEventListener("afterprint", () => {
  for (const place of document.querySelectorAll("[data-chart]")) resize(place, null);
});
