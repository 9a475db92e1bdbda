// A text as a QR code (ISO/IEC 18004): bytes, error correction level L, versions 1 to 20, drawn as SVG.

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;
/** By version, from 1: error-correction codewords a block, and the blocks' data codewords. */
const BLOCKS = [
  [7, [19]], [10, [34]], [15, [55]], [20, [80]], [26, [108]], [18, [68, 68]], [20, [78, 78]], [24, [97, 97]],
  [30, [116, 116]], [18, [68, 68, 69, 69]], [20, [81, 81, 81, 81]], [24, [92, 92, 93, 93]], [26, [107, 107, 107, 107]],
  [30, [115, 115, 115, 116]], [22, [87, 87, 87, 87, 87, 88]], [24, [98, 98, 98, 98, 98, 99]],
  [28, [107, 108, 108, 108, 108, 108]], [30, [120, 120, 120, 120, 120, 121]],
  [28, [113, 113, 113, 114, 114, 114, 114]], [28, [107, 107, 107, 108, 108, 108, 108, 108]],
];
const MASKS = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, (x) => x % 3, (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2, (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2, (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];
const LEVEL_L = 1;

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
  const bytes = new TextEncoder().encode(text);
  const version = 1 + BLOCKS.findIndex(([, blocks], index) => bytes.length + (index < 9 ? 2 : 3) <= sum(blocks));
  if (version === 0) throw new Error("The link is too long for a QR code.");
  const codewords = codewordsOf(bytes, version);
  const candidates = MASKS.map((_, mask) => place(codewords, version, mask));
  return candidates.reduce((best, modules) => (penaltyOf(modules) < penaltyOf(best) ? modules : best));
}

/** Data and error correction, the blocks interleaved. */
function codewordsOf(bytes, version) {
  const [correction, blocks] = BLOCKS[version - 1];
  const bits = [];
  const push = (value, length) => {
    for (let bit = length - 1; bit >= 0; bit -= 1) bits.push((value >> bit) & 1);
  };
  push(4, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  push(0, 4);
  while (bits.length % 8 !== 0) bits.push(0);
  const data = [];
  for (let at = 0; at < bits.length; at += 8) data.push(bits.slice(at, at + 8).reduce((value, bit) => value * 2 + bit, 0));
  data.length = Math.min(data.length, sum(blocks));
  for (let pad = 0xec; data.length < sum(blocks); pad ^= 0xec ^ 0x11) data.push(pad);
  let from = 0;
  const parts = blocks.map((length) => data.slice(from, (from += length)));
  const corrections = parts.map((part) => remainderOf(part, correction));
  return [...interleave(parts), ...interleave(corrections)];
}

function interleave(parts) {
  const longest = Math.max(...parts.map((part) => part.length));
  return Array.from({ length: longest }, (_, at) => parts.filter((part) => at < part.length).map((part) => part[at])).flat();
}

/** Multiplies in the field of 256 elements. */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/** The Reed-Solomon codewords of a block. */
function remainderOf(data, count) {
  let root = 1;
  let divisor = [...Array(count - 1).fill(0), 1];
  for (let step = 0; step < count; step += 1) {
    divisor = divisor.map((value, at) => times(value, root) ^ (divisor[at + 1] ?? 0));
    root = times(root, 2);
  }
  return data.reduce((rest, byte) => {
    const factor = byte ^ rest[0];
    return [...rest.slice(1), 0].map((value, at) => value ^ times(divisor[at], factor));
  }, Array(count).fill(0));
}

/** The patterns that readers look for, the codewords under a mask, and which version and mask these are. */
function place(codewords, version, mask) {
  const size = version * 4 + 17;
  const modules = Array.from({ length: size }, () => Array(size).fill(null));
  const set = (x, y, dark) => {
    if (x >= 0 && y >= 0 && x < size && y < size) modules[y][x] = Boolean(dark);
  };
  for (const [left, top] of [[3, 3], [size - 4, 3], [3, size - 4]]) {
    around(left, top, 4, (x, y, ring) => set(x, y, ring !== 2 && ring !== 4));
  }
  const centres = centresOf(version, size);
  const last = centres.length - 1;
  centres.forEach((x, column) => centres.forEach((y, row) => {
    if ((column === 0 && (row === 0 || row === last)) || (row === 0 && column === last)) return;
    around(x, y, 2, (left, top, ring) => set(left, top, ring !== 1));
  }));
  for (let at = 8; at < size - 8; at += 1) {
    set(at, 6, at % 2 === 0);
    set(6, at, at % 2 === 0);
  }
  placeFormat(set, size, mask);
  if (version >= 7) placeVersion(set, size, version);
  placeCodewords(modules, size, codewords, mask);
  return modules;
}

function around(centreX, centreY, reach, each) {
  for (let y = -reach; y <= reach; y += 1) {
    for (let x = -reach; x <= reach; x += 1) each(centreX + x, centreY + y, Math.max(Math.abs(x), Math.abs(y)));
  }
}

/** Where the small squares are, from version 2 on. */
function centresOf(version, size) {
  if (version === 1) return [];
  const count = Math.floor(version / 7) + 2;
  const step = Math.floor((version * 4 + count * 2 + 1) / (count * 2 - 2)) * 2;
  return [6, ...Array.from({ length: count - 1 }, (_, at) => size - 7 - at * step).reverse()];
}

/** A value with the remainder of its division, which corrects errors in it. */
function corrected(value, divisor, length) {
  let rest = value;
  for (let step = 0; step < length; step += 1) rest = (rest << 1) ^ ((rest >> (length - 1)) * divisor);
  return (value << length) | rest;
}

function placeFormat(set, size, mask) {
  const bits = corrected((LEVEL_L << 3) | mask, 0x537, 10) ^ 0x5412;
  const bit = (at) => (bits >> at) & 1;
  for (let at = 0; at < 6; at += 1) set(8, at, bit(at));
  set(8, 7, bit(6));
  set(8, 8, bit(7));
  set(7, 8, bit(8));
  for (let at = 9; at < 15; at += 1) set(14 - at, 8, bit(at));
  for (let at = 0; at < 8; at += 1) set(size - 1 - at, 8, bit(at));
  for (let at = 8; at < 15; at += 1) set(8, size - 15 + at, bit(at));
  set(8, size - 8, true);
}

function placeVersion(set, size, version) {
  const bits = corrected(version, 0x1f25, 12);
  for (let at = 0; at < 18; at += 1) {
    const [far, near] = [size - 11 + (at % 3), Math.floor(at / 3)];
    set(far, near, (bits >> at) & 1);
    set(near, far, (bits >> at) & 1);
  }
}

/** In columns of two from the right, up and down in turn, around what is there already. */
function placeCodewords(modules, size, codewords, mask) {
  let at = 0;
  for (let right = size - 1; right >= 1; right -= 2) {
    if (right === 6) right = 5;
    const upward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1) {
      const y = upward ? size - 1 - step : step;
      for (const x of [right, right - 1]) {
        if (modules[y][x] !== null) continue;
        const bit = ((codewords[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
        at += 1;
        modules[y][x] = Boolean(bit) !== (MASKS[mask](x, y) === 0);
      }
    }
  }
}

/** How hard a code is to read, by the two rules that tell masks apart best: long runs and squares. */
function penaltyOf(modules) {
  const size = modules.length;
  let penalty = 0;
  const run = (get) => {
    for (let from = 0, at = 1; at <= size; at += 1) {
      if (at < size && get(at) === get(from)) continue;
      if (at - from >= 5) penalty += at - from - 2;
      from = at;
    }
  };
  for (let line = 0; line < size; line += 1) {
    run((at) => modules[line][at]);
    run((at) => modules[at][line]);
  }
  for (let y = 1; y < size; y += 1) {
    for (let x = 1; x < size; x += 1) {
      const dark = modules[y][x];
      if (dark === modules[y - 1][x] && dark === modules[y][x - 1] && dark === modules[y - 1][x - 1]) penalty += 3;
    }
  }
  return penalty;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
