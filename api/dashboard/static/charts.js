// Draws the specifications on the page in its own colours and formats. Expressions are interpreted,
// never compiled, because the content policy forbids it.
"use strict";

const locale = JSON.parse(document.getElementById("chart-locale").textContent);
const drawn = new Map();

function colours() {
  const style = getComputedStyle(document.documentElement);
  const probe = document.createElement("span");
  document.body.append(probe);
  const read = (name) => {
    probe.style.color = style.getPropertyValue(name);
    return getComputedStyle(probe).color;
  };
  const found = {
    ink: read("--ink"), faint: read("--ink-2"), line: read("--line"),
    series: [1, 2, 3, 4, 5].map((number) => read(`--chart-${number}`)),
  };
  probe.remove();
  return found;
}

function config() {
  const { ink, faint, line, series } = colours();
  const font = getComputedStyle(document.body).fontFamily;
  return {
    background: null,
    font,
    view: { stroke: null },
    axis: { labelColor: faint, titleColor: faint, titleFontWeight: "normal", gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12, labelFont: font, titleFont: font },
    legend: { labelColor: ink, labelFontSize: 12, labelFont: font, symbolType: "square", symbolSize: 90 },
    range: { category: series },
    bar: { color: series[0] }, line: { color: series[0] }, point: { color: series[0], filled: true }, area: { color: series[0] },
  };
}

const tip = document.createElement("div");
tip.id = "tip";
tip.hidden = true;
document.body.append(tip);

function tell(_handler, event, _item, value) {
  tip.hidden = value === null || value === undefined || value === "";
  if (tip.hidden) return;
  tip.textContent = Object.values(value).filter((part) => part !== "null").join(" · ");
  tip.style.left = `${Math.min(event.clientX + 12, innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${event.clientY + 16}px`;
}

async function draw(plot) {
  const spec = document.getElementById(plot.dataset.spec)?.textContent;
  if (!spec) return;
  drawn.get(plot.dataset.spec)?.finalize();
  // The plot is one picture to who does not look, with its table behind it.
  const result = await vegaEmbed(plot.firstElementChild, JSON.parse(spec), {
    // Of the log the errors: a chart without a single figure is nothing to warn of.
    ast: true, actions: false, logLevel: 1, renderer: "svg", defaultStyle: false, mode: "vega-lite",
    config: config(), tooltip: tell,
    formatLocale: locale.number, timeFormatLocale: locale.time,
  });
  drawn.set(plot.dataset.spec, result);
  plot.setAttribute("aria-busy", "false");
}

function drawAll(within) {
  for (const plot of within.querySelectorAll(".plot[data-spec]")) draw(plot);
}

drawAll(document);
addEventListener("renewed", (event) => drawAll(event.target));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(document));
