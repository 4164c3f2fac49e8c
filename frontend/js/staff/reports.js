// A chart beside each table of the reports, drawn from the table itself.
import { BarController, BarElement, CategoryScale, Chart, Legend, LinearScale, Tooltip } from "chart.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, Legend, Tooltip);

const LETTER = 7; // pixels

// What stands below a bar, in as many lines as it needs there: slanted it is hard to read.
function lines(text, room) {
  const [first, ...words] = text.split(" ");
  const found = [first];
  for (const word of words) {
    const longer = `${found.at(-1)} ${word}`;
    if (longer.length * LETTER > room) found.push(word);
    else found[found.length - 1] = longer;
  }
  return found;
}

function read(table, drawn, colourOf) {
  const heads = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);
  const rows = [...table.tBodies[0].rows];
  const labels = rows.map((row) => row.cells[0].textContent);
  const datasets = heads.slice(0, drawn || heads.length).map((label, column) => ({
    label,
    data: rows.map((row) => Number.parseFloat(row.cells[column + 1].textContent) || 0),
    backgroundColor: colourOf(label, column),
    maxBarThickness: 44,
  }));
  return { labels, datasets };
}

function draw(place) {
  const { deskChart, stacked, drawn, rest, kind, label } = place.dataset;
  const canvas = document.createElement("canvas");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", label);
  place.hidden = false;
  place.replaceChildren(canvas);
  const style = getComputedStyle(document.body);
  const ink = style.getPropertyValue("--w-color-text-context").trim() || style.color;
  Chart.defaults.font.family = style.fontFamily;
  const line = style.getPropertyValue("--w-color-border-furniture").trim();
  const colours = style.getPropertyValue("--desk-chart").split(",").map((colour) => colour.trim());
  const grey = style.getPropertyValue("--desk-chart-rest").trim();
  const colourOf = (name, column) => (name === rest ? grey : colours[column % colours.length]);
  const data = read(document.getElementById(deskChart), Number(drawn), colourOf);
  function caption(value) {
    return lines(this.getLabelForValue(value), this.chart.width / data.labels.length);
  }
  const axis = { stacked: stacked === "yes", ticks: { color: ink }, grid: { color: line } };
  new Chart(canvas, {
    type: kind,
    data,
    options: {
      animation: false,
      maintainAspectRatio: false,
      scales: { x: { ...axis, ticks: { color: ink, maxRotation: 0, callback: caption }, grid: { display: false } }, y: { ...axis, beginAtZero: true, ticks: { color: ink, precision: 0 } } },
      plugins: { legend: { display: data.datasets.length > 1, position: "bottom", labels: { color: ink, boxWidth: 14 } } },
    },
  });
}

function drawAll() {
  for (const place of document.querySelectorAll("[data-desk-chart]")) draw(place);
}

// A chart keeps the size in which it was drawn, unless it is told the paper's.
function resizeAll(...size) {
  for (const chart of Object.values(Chart.instances)) chart.resize(...size);
}

drawAll();
addEventListener("beforeprint", () => resizeAll(640, 160));
addEventListener("afterprint", () => resizeAll());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
