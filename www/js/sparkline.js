// Figures of the last minute as small curves, each with its name and its value now.

import { message, put } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_VALUES = 60;
const [WIDTH, HEIGHT] = [120, 28];

/** A row of curves; `add(figures)` takes the next value of each, by the key of its name. */
export function createSparklines() {
  const element = document.createElement("dl");
  element.className = "sparks";
  const curves = new Map();
  return {
    element,
    add(figures) {
      for (const [key, value] of Object.entries(figures)) {
        if (!curves.has(key)) curves.set(key, createCurve(element, key));
        curves.get(key)(value);
      }
    },
  };
}

function createCurve(place, key) {
  const name = put(document.createElement("dt"), message(key));
  const text = document.createElement("dd");
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "polyline");
  svg.append(line);
  const box = document.createElement("div");
  box.append(name, text, svg);
  place.append(box);
  const values = [];
  return (value) => {
    values.push(value);
    if (values.length > MOST_VALUES) values.shift();
    put(text, value === null ? "–" : message(`value.${key.split(".")[1]}`, { value: rounded(value) }));
    line.setAttribute("points", pointsOf(values));
  };
}

function rounded(value) {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

/** From the left as the values came; zero is at the bottom. */
function pointsOf(values) {
  const most = Math.max(...values.map((value) => value ?? 0), 1);
  const step = WIDTH / (MOST_VALUES - 1);
  return values
    .map((value, index) => (value === null ? "" : `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`))
    .join(" ")
    .trim();
}
