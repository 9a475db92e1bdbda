// Figures of the last minute as small curves, each with its name and its value now.

import { message, put } from "./i18n.js";

const SVG = "http://www.w3.org/2000/svg";
const MOST_VALUES = 60;
const [WIDTH, HEIGHT] = [120, 28];

/**
 * A row of curves; `add(figures)` takes the next value of each, by the key of its name, `draw()` shows them. With
 * `everySeconds`, which is how far two values are apart, each has an axis of time.
 */
export function createSparklines({ everySeconds = null } = {}) {
  const element = document.createElement("dl");
  element.className = "sparks";
  const curves = new Map();
  return {
    element,
    add(figures) {
      for (const [key, value] of Object.entries(figures)) {
        if (!curves.has(key)) curves.set(key, createCurve(element, key, everySeconds));
        curves.get(key).add(value);
      }
    },
    draw() {
      for (const curve of curves.values()) curve.draw();
    },
  };
}

function createCurve(place, key, everySeconds) {
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
  const axis = everySeconds === null ? null : createAxis(box, everySeconds);
  place.append(box);
  const values = [];
  let count = 0;
  let drawn = "";
  return {
    add(value) {
      values.push(value);
      count += 1;
      if (values.length > MOST_VALUES) values.shift();
    },
    draw() {
      const value = values.at(-1);
      axis?.(count - values.length);
      put(text, value === null ? "–" : message(`value.${key.split(".")[1]}`, { value: rounded(value) }));
      const points = pointsOf(values);
      if (points !== drawn) line.setAttribute("points", points);
      drawn = points;
    },
  };
}

/** Seconds below a curve: at its beginning, its middle and its end; what it returns takes which value is the first. */
function createAxis(box, everySeconds) {
  const marks = [0, 0.5, 1].map((part) => [part, document.createElement("span")]);
  const axis = document.createElement("dd");
  axis.className = "axis";
  axis.append(...marks.map(([, mark]) => mark));
  box.append(axis);
  return (first) => {
    for (const [part, mark] of marks) {
      put(mark, message("value.seconds", { value: Math.round((first + part * MOST_VALUES) * everySeconds) }));
    }
  };
}

function rounded(value) {
  return value < 10 && !Number.isInteger(value) ? value.toFixed(1) : String(Math.round(value));
}

/** From the left as the values came; zero is at the bottom. */
function pointsOf(values) {
  const most = Math.max(...values.map((value) => value ?? 0), 1);
  const step = WIDTH / MOST_VALUES;
  return values
    .map((value, index) => (value === null ? "" : `${(index * step).toFixed(1)},${(HEIGHT - 2 - (value / most) * (HEIGHT - 4)).toFixed(1)}`))
    .join(" ")
    .trim();
}
