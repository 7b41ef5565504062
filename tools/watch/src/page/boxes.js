// @ts-check
// Where the missed slots and the lost blocks are in the picture: boxes in a row or two below the parablocks, each
// as long as a block usually takes. A box has the longest of its texts that there is room for. All pure.

import { textWidth } from "./axis.js";
import { count, time } from "./format.js";
import { beginOf, usualMillis } from "./model.js";
import { nameOf, reasonText, stateText } from "./texts.js";

/** @import { Axis } from "./axis.js" */
/** @import { Para, Parablock, Snapshot } from "./types.d.ts" */

/** The height of a row. */
export const BOX_HEIGHT = 18;
export const FORK_ROWS = 2;

/**
 * @typedef {object} Content What a box is of.
 * @property {string} key
 * @property {number} moment
 * @property {number} millis
 * @property {string[]} texts The longest first.
 * @property {string} title
 * @property {Parablock | null} block
 */

/** @typedef {{ text: string, x: number, y: number }} Label */
/** @typedef {{ x: number, y: number, width: number, height: number, label: Label }} Place */
/** @typedef {Content & Place} Box */

/**
 * @param {Snapshot} snapshot
 * @param {Para} para
 * @param {Axis} axis
 * @param {number} top
 */
export function missedBoxes({ names, reasons, relay_millis }, para, axis, top) {
  const contents = para.missed.map(({ slot, count: blocks, moment, author, reason }) => {
    const text = reasonText(reason, reasons);
    const millis = blocks * usualMillis(para, moment, relay_millis);
    const title = `slot ${count(slot)}, turn of ${nameOf(author, names)}: ${count(blocks)} missed, ${text}`;
    return { key: `${slot} ${moment}`, moment, millis, texts: [text], title, block: null };
  });
  return placed(contents, 1, axis, top);
}

/**
 * @param {Snapshot} snapshot
 * @param {Para} para
 * @param {Axis} axis
 * @param {number} top
 */
export function forkBoxes({ reasons, relay_millis }, para, axis, top) {
  const contents = para.forks.flatMap((block) => {
    const moment = beginOf(block);
    if (moment === null) return [];
    const [number, state] = [count(block.number), stateText(block, reasons)];
    const title = `parablock ${number} of a fork, ${state}, authored ${time(block.authored)}`;
    const millis = usualMillis(para, moment, relay_millis);
    return [{ key: block.hash, moment, millis, texts: [`${number} ${state}`, number], title, block }];
  });
  return placed(contents, FORK_ROWS, axis, top);
}

/**
 * Each box is in the first row that is free at its moment. Its text is in it, or after it up to the next box.
 * @param {Content[]} contents
 * @param {number} rows
 * @param {Axis} axis
 * @param {number} top
 * @returns {Box[]}
 */
export function placed(contents, rows, { x, scale }, top) {
  const ends = Array(rows).fill(0);
  const inRows = contents.toSorted((one, other) => one.moment - other.moment).map((content) => {
    const row = Math.max(0, ends.findIndex((end) => end <= content.moment));
    ends[row] = content.moment + content.millis;
    return { content, row };
  });
  return inRows.map(({ content, row }) => {
    const [left, y, width] = [x(content.moment) + 1, top + row * BOX_HEIGHT, Math.max(5, content.millis * scale - 2)];
    const next = inRows.find((other) => other.row === row && other.content.moment > content.moment);
    const room = Math.max(width, next ? x(next.content.moment) - left - width : Infinity);
    const text = content.texts.find((text) => textWidth(text) + 6 < room) ?? "";
    const inside = textWidth(text) + 6 < width;
    const label = { text, x: left + (inside ? 4 : width + 4), y: y + 13 };
    return { ...content, x: left, y: y + 2, width, height: BOX_HEIGHT - 4, label };
  });
}
