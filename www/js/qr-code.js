// A text as a QR code, drawn as SVG. The modules come from lean-qr, which lies in `vendor/` as npm has it.

import { generate } from "../vendor/lean-qr/nano.mjs";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;
/** What fits into version 20; larger codes are hard to read for the camera of a telephone. */
const MOST_BYTES = 858;

/** An SVG of the code, black on white whatever the page's colours are; throws where the text is too long. */
export function drawQr(text) {
  const modules = encodeQr(text);
  const size = modules.length + 2 * QUIET;
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `0 0 ${size} ${size}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  const path = (d, fill) => {
    const element = document.createElementNS(SVG, "path");
    element.setAttribute("d", d);
    element.setAttribute("fill", fill);
    svg.append(element);
  };
  path(`M0 0h${size}v${size}h-${size}z`, "#ffffff");
  path(modules.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : []))).join(""), "#000000");
  return svg;
}

/** The modules of the code by rows, dark ones true. */
export function encodeQr(text) {
  const { length } = new TextEncoder().encode(text);
  if (length > MOST_BYTES) throw new Error(`The link is too long for a QR code: ${length} of ${MOST_BYTES} bytes`);
  const code = generate(text);
  const places = Array.from({ length: code.size }, (_, place) => place);
  return places.map((y) => places.map((x) => code.get(x, y)));
}
