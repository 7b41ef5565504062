// @ts-check
// Where the parablocks are in the picture. Each is a bar from when it was built to when it was final, or to now,
// with a segment for each step. Bars take turns in rows, by number, so that none lies over another. All pure.

import { textWidth } from "./axis.js";
import { count, time } from "./format.js";
import { beginOf, stepsOf } from "./model.js";
import { stateText } from "./texts.js";

/** @import { Axis } from "./axis.js" */
/** @import { Dictionary, Parablock } from "./types.d.ts" */

const LEAST_ROWS = 3;
const MOST_ROWS = 64;
const ROW_HEIGHTS = { least: 7, most: 19, all: 380 };
/** The height that a line of text takes. */
const LINE = 14;
/** A bar that reaches out of the picture on the left has its number so far inside, as the picture slides. */
const SLIDE_MILLIS = 1_000;

/** @typedef {{ name: string, x: number, width: number }} Segment */

/**
 * @typedef {object} Bar
 * @property {Parablock} block
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {Segment[]} segments
 * @property {boolean} open Whether it goes on: then it grows with time.
 * @property {{ text: string, x: number, y: number, inside: boolean }} label
 * @property {string} title
 */

/**
 * So many rows that no bar lies over the one that has the same row next. Rows are given up late, lest bars hop
 * between them.
 * @param {Parablock[]} blocks Those that have a beginning, oldest first.
 * @param {number} now
 * @param {number} scale
 * @param {number} before The rows so far.
 */
export function rowsOf(blocks, now, scale, before) {
  let needed = LEAST_ROWS;
  blocks.forEach((block, index) => {
    const end = block.state === "final" ? lastOf(block) : now + (textWidth(count(block.number)) + 8) / scale;
    const next = blocks.findIndex((other, later) => later > index && (beginOf(other) ?? 0) >= end);
    needed = Math.max(needed, (next < 0 ? blocks.length : next) - index + 1);
  });
  needed = Math.min(needed, MOST_ROWS);
  return needed > before || needed < before - 3 ? needed : before;
}

/**
 * The height of a row, so that all of them have room.
 * @param {number} rows
 */
export const rowHeightOf = (rows) =>
  Math.max(ROW_HEIGHTS.least, Math.min(ROW_HEIGHTS.most, Math.floor(ROW_HEIGHTS.all / rows)));

/**
 * The top of a block's row.
 * @param {Parablock} block
 * @param {number} top
 * @param {number} rows
 */
export const rowTop = ({ number }, top, rows) => top + (number % rows) * rowHeightOf(rows);

/**
 * The bars of blocks that have a beginning. Those with a number come last: a number is higher than a low row and
 * is drawn over the others.
 * @param {Parablock[]} blocks
 * @param {{ axis: Axis, now: number, rows: number, top: number, reasons: Dictionary }} place
 * @returns {Bar[]}
 */
export function barsOf(blocks, { axis, now, rows, top, reasons }) {
  const height = rowHeightOf(rows);
  const every = Math.ceil(LINE / height);
  const numbered = blocks.filter(({ number }) => number % every === 0);
  const others = blocks.filter(({ number }) => number % every !== 0);
  return [...others, ...numbered].map((block) => {
    const steps = stepsOf(block);
    const [begin, last, open] = [beginOf(block) ?? now, lastOf(block), block.state !== "final"];
    const end = open ? Math.max(last, now) : last;
    const y = rowTop(block, top, rows);
    const segments = steps.filter(({ name }) => name !== "final").map(({ name, moment }, index) =>
      ({ name, ...stretch(axis, moment, steps[index + 1]?.moment ?? end) }));
    const text = block.number % every === 0 ? count(block.number) : "";
    return {
      block, segments, open, ...stretch(axis, begin, end), y: y + 1, height: height - 2,
      label: { ...labelOf(text, begin, end, open, axis), y: y + height / 2 + 4 },
      title: `parablock ${count(block.number)}, ${stateText(block, reasons)}, authored ${time(block.authored)}`,
    };
  });
}

/** @param {Parablock} block */
const lastOf = (block) => stepsOf(block).at(-1)?.moment ?? 0;

/** @type {(axis: Axis, from: number, to: number) => { x: number, width: number }} */
const stretch = ({ x, scale }, from, to) => ({ x: x(from), width: Math.max(1, (to - from) * scale) });

/**
 * The number is on the visible part of the bar, or after it while the bar is short and still grows.
 * @type {(text: string, begin: number, end: number, open: boolean, axis: Axis) => Omit<Bar["label"], "y">}
 */
function labelOf(text, begin, end, open, { x, start }) {
  const left = x(Math.max(begin, start + SLIDE_MILLIS));
  const inside = textWidth(text) + 8 < x(end) - left;
  return { text: inside || open ? text : "", x: inside ? left + 4 : x(end) + 5, inside };
}
