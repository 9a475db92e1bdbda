// The waterfall as SVG. Its colours are attributes, so that it looks the same when it is saved.

import { message, t, words } from "./i18n.js";
import { sameRow } from "./waterfall-data.js";

const SVG = "http://www.w3.org/2000/svg";
const [ROW, HEAD, FOOT, GAP] = [26, 24, 8, 8];
/** From this width on the names stand beside the bars, else above them. */
const WIDE = 560;
const NAMES_WIDTH = 250;
/** Room for the figure after the longest bar, and between two figures of the grid. */
const [END, APART] = [76, 90];
/** Spans of a grid, in milliseconds, the first that is not too fine; of hours, a multiple of the last. */
const STEPS = [10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 60_000];

/** An SVG of `width` pixels; `previous` is the run before, or null. */
export function drawWaterfall(run, previous, width) {
  const colours = coloursOf();
  const wide = width >= WIDE;
  const left = wide ? NAMES_WIDTH : 0;
  const rowHeight = wide ? ROW : ROW + 16;
  const most = Math.max(run.total, ...(previous ? previous.rows.map((row) => row.until) : []), 1);
  const scale = (width - left - END) / most;
  const height = HEAD + run.rows.length * rowHeight + FOOT;
  const svg = make("svg", { width, height, viewBox: `0 0 ${width} ${height}`, role: "img", "aria-hidden": "true" });
  svg.append(make("rect", { width, height, fill: colours.paper }), ...grid(most, left, scale, height, colours));
  run.rows.forEach((row, index) => {
    const top = HEAD + index * rowHeight;
    const bar = wide ? top : top + 16;
    svg.append(text(rowName(row), 0, top + 15, colours.ink, row.critical));
    const before = previous && sameRow(previous, row);
    if (before) svg.append(...ghost(before, left, bar, scale, colours));
    svg.append(...drawBar(row, left, bar, scale, colours));
  });
  return svg;
}

/** Whose phase it is, and which. */
export function rowName(row) {
  return t("waterfall.row", { role: message(`${row.role}.heading`), phase: message(`phase.${row.name}`) });
}

/** How long a phase took, or that it goes on, or that nobody told of its end. */
export function tookOf(row) {
  if (row.untold) return message("waterfall.untold");
  return row.end === null ? message("waterfall.goesOn") : message("waterfall.ms", { ms: Math.round(row.end - row.start) });
}

function drawBar(row, left, top, scale, colours) {
  const x = left + row.start * scale;
  const width = Math.max(2, (row.until - row.start) * scale);
  const fill = row.critical ? colours.critical : colours.bar;
  const bar = make("rect", { x, y: top + 4, width, height: 13, rx: 3, fill, stroke: colours.ink, "stroke-width": row.critical ? 1.5 : 0 });
  return [bar, text(words(tookOf(row)), x + width + GAP, top + 15, colours.soft)];
}

function ghost(row, left, top, scale, colours) {
  const width = Math.max(2, (row.until - row.start) * scale);
  return [make("rect", { x: left + row.start * scale, y: top + 19, width, height: 4, rx: 2, fill: colours.soft, opacity: 0.55 })];
}

function grid(most, left, scale, height, colours) {
  let step = STEPS.find((step) => step * scale >= APART) ?? STEPS.at(-1);
  while (step * scale < APART) step *= 2;
  const lines = [];
  for (let at = 0; at <= most; at += step) {
    const x = left + at * scale;
    lines.push(make("line", { x1: x, x2: x, y1: HEAD - 6, y2: height, stroke: colours.line }));
    lines.push(text(t("waterfall.ms", { ms: at }), x + 3, HEAD - 9, colours.soft));
  }
  return lines;
}

function text(content, x, y, fill, bold = false) {
  const element = make("text", { x, y, fill, "font-family": "system-ui, sans-serif", "font-size": 13, "font-weight": bold ? 700 : 400 });
  element.textContent = content;
  return element;
}

function coloursOf() {
  const style = getComputedStyle(document.documentElement);
  const names = { paper: "--card", ink: "--ink", soft: "--ink-soft", line: "--line", critical: "--accent", bar: "--bar-quiet" };
  return Object.fromEntries(Object.entries(names).map(([name, property]) => [name, style.getPropertyValue(property).trim()]));
}

function make(tag, attributes) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
