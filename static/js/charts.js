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

async function draw(place) {
  const figure = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  try {
    const library = await bundle(place.dataset.bundle);
    place.textContent = "";
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
