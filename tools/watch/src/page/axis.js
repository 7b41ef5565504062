// @ts-check
// The picture's measures: which stretch of time it shows, where a moment is in it, and how wide a text is.
// Time runs from left to right, from the gutter to the right edge. All of it is pure.

import { time } from "./format.js";

/** The width on the left that holds the lanes' names. */
export const GUTTER = 104;
/** The width that is left free for the newest number while the picture is live. */
const AHEAD = 76;
/** The width of a character in the picture's font. */
const CHARACTER = 6.7;
/** The least width from one tick to the next. */
const TICK_WIDTH = 84;
/** What may be between two ticks, in milliseconds. */
const TICK_MILLIS = [1, 2, 5, 10, 15, 30, 60, 120].map((seconds) => seconds * 1_000);

/**
 * @typedef {object} Axis
 * @property {number} width The width of the whole picture.
 * @property {number} start The moments at the gutter and at the right edge.
 * @property {number} end
 * @property {number} scale Pixels a millisecond.
 * @property {(moment: number) => number} x Where a moment is.
 */

/** @param {string} text */
export const textWidth = (text) => text.length * CHARACTER;

/**
 * The axis of a picture of this width, with `span` milliseconds up to `end`.
 * @param {number} width
 * @param {number} span
 * @param {number} end
 * @returns {Axis}
 */
export function axisOf(width, span, end) {
  const [start, scale] = [end - span, (width - GUTTER) / span];
  return { width, start, end, scale, x: (moment) => GUTTER + (moment - start) * scale };
}

/**
 * The moment at the right edge while the picture is live.
 * @param {number} now
 * @param {number} width
 * @param {number} span
 */
export const liveEnd = (now, width, span) => now + (AHEAD * span) / (width - GUTTER);

/**
 * The right edge after a move by a quarter of what is shown, or null if that is live again. The oldest moment
 * stays in sight.
 * @param {-1 | 1} direction
 * @param {Axis} axis
 * @param {number} oldest
 * @param {number} live The right edge of the live picture.
 */
export function movedEnd(direction, { start, end }, oldest, live) {
  const span = end - start;
  const moved = end + (direction * span) / 4;
  return moved >= live ? null : Math.max(moved, Math.min(oldest + span, live));
}

/** @typedef {{ moment: number, x: number, text: string }} Tick */

/**
 * Ticks at round moments; one whose text would be cut off has none.
 * @param {Axis} axis
 * @returns {Tick[]}
 */
export function ticksOf({ width, start, end, scale, x }) {
  const step = TICK_MILLIS.find((step) => step * scale > TICK_WIDTH) ?? TICK_MILLIS[TICK_MILLIS.length - 1];
  const first = Math.ceil(start / step);
  return Array.from({ length: Math.ceil(end / step) - first + 1 }, (_, index) => {
    const moment = (first + index) * step;
    const text = time(moment);
    return { moment, x: x(moment), text: x(moment) + textWidth(text) < width ? text : "" };
  });
}
