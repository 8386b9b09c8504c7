// Draws every chart of a page, once it comes into view. The bundle is loaded only then.

const config = { displayModeBar: false, responsive: true, locale: "en-GB" };
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

function lines(label) {
  const found = [];
  for (const part of label.split("<br>")) {
    let line = "";
    for (const word of part.split(" ").flatMap((long) => long.match(new RegExp(`.{1,${LONGEST_LINE}}`, "gu")) ?? [])) {
      if (line && line.length + word.length >= LONGEST_LINE) {
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

function fit(figure) {
  let most = 0;
  for (const bars of figure.data) {
    const labels = bars.y.map(lines);
    most = Math.max(most, ...labels.map((label) => label.length));
    bars.y = labels.map((label) => label.map((line) => line.replaceAll("<", "&lt;")).join("<br>"));
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
    await library.newPlot(place, figure.data, figure.layout, config);
    place.dataset.drawn = "";
  } catch {
    place.textContent = "The chart could not be drawn. Its figures are in the table on this page.";
  }
}

const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries.filter((seen) => seen.isIntersecting)) {
      watcher.unobserve(entry.target);
      draw(entry.target);
    }
  },
  { rootMargin: "200px" },
);

for (const place of document.querySelectorAll("[data-chart]")) {
  watcher.observe(place);
}

// On paper every chart counts, also one that nobody scrolled to.
window.addEventListener("beforeprint", () => {
  document.querySelectorAll("[data-chart]:not([data-drawn])").forEach(draw);
});
