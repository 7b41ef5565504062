// @ts-check
// Where everything in the picture is, in pixels: lanes one below the other, and in them relay blocks, parablocks,
// missed slots and forks, with marks across. It is worked out anew from each snapshot. All of it is pure.

import { GUTTER, textWidth, ticksOf } from "./axis.js";
import { barsOf, rowHeightOf, rowTop, rowsOf } from "./bars.js";
import { BOX_HEIGHT, FORK_ROWS, forkBoxes, missedBoxes } from "./boxes.js";
import { count, setSeconds, time } from "./format.js";
import { beginOf, changesOf } from "./model.js";

/** @import { Axis, Tick } from "./axis.js" */
/** @import { Bar } from "./bars.js" */
/** @import { Box } from "./boxes.js" */
/** @import { Para, Parablock, RelayBlock, Snapshot } from "./types.d.ts" */

const RELAY = { top: 40, height: 16, forkTop: 60, forkHeight: 9, bottom: 72 };
const BARS_TOP = 92;

/** @typedef {{ name: string, x: number, y: number, width: number, height: number }} Lane */

/**
 * @typedef {object} RelayBox
 * @property {RelayBlock} block
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 * @property {string} text Its number, if there is room for it.
 * @property {string} title
 */

/** @typedef {{ kind: "session" | "cadence" | "step", moment: number, x: number, bottom: number, text: string }} Mark */

/**
 * @typedef {object} Frame
 * @property {Axis} axis
 * @property {number} height
 * @property {number} now
 * @property {number} rows
 * @property {Parablock[]} blocks Those that are in the picture, oldest first.
 * @property {Lane[]} lanes
 * @property {Tick[]} ticks
 * @property {RelayBox[]} relay
 * @property {Bar[]} bars
 * @property {Box[]} missed
 * @property {Box[]} forks
 * @property {Mark[]} marks
 */

/**
 * @param {Snapshot} snapshot
 * @param {Para} para
 * @param {Axis} axis
 * @param {{ rows: number, selected: string | undefined }} before The rows so far, and the selected block's hash.
 * @returns {Frame}
 */
export function layOut(snapshot, para, axis, before) {
  const { now, reasons } = snapshot;
  const blocks = para.blocks.filter((block) => beginOf(block) !== null);
  const rows = rowsOf(blocks, now, axis.scale, before.rows);
  const missedTop = BARS_TOP + rows * rowHeightOf(rows) + 6;
  const forksTop = missedTop + BOX_HEIGHT + 6;
  const height = forksTop + FORK_ROWS * BOX_HEIGHT + 4;
  const selected = blocks.find(({ hash }) => hash === before.selected);
  const marks = marksOf(snapshot, para, selected);
  const stepBottom = selected ? rowTop(selected, BARS_TOP, rows) : height;
  return {
    axis, height, rows, blocks,
    now: axis.x(now),
    lanes: lanesOf(axis, missedTop, forksTop, height),
    ticks: ticksOf(axis),
    relay: relayBoxes(snapshot, axis),
    bars: barsOf(blocks, { axis, now, rows, top: BARS_TOP, reasons }),
    missed: missedBoxes(snapshot, para, axis, missedTop),
    forks: forkBoxes(snapshot, para, axis, forksTop),
    marks: fitted(marks, axis).map((mark) => ({ ...mark, bottom: mark.kind === "step" ? stepBottom : height })),
  };
}

/** @type {(axis: Axis, missedTop: number, forksTop: number, height: number) => Lane[]} */
function lanesOf({ width }, missedTop, forksTop, height) {
  /** @type {[string, number, number][]} */
  const lanes = [
    ["Relay chain", RELAY.top - 4, RELAY.bottom],
    ["Parablocks", BARS_TOP - 2, missedTop - 4],
    ["Missed slots", missedTop - 1, missedTop + BOX_HEIGHT + 1],
    ["Forks, lost", forksTop - 1, height - 3],
  ];
  return lanes.map(([name, y, bottom]) => ({ name, x: GUTTER, y, width: width - GUTTER, height: bottom - y }));
}

/** @type {(snapshot: Snapshot, axis: Axis) => RelayBox[]} */
function relayBoxes({ relay_blocks, relay_millis }, { scale, x }) {
  const usual = relay_millis * scale;
  const every = Math.ceil((textWidth(count(relay_blocks.at(-1)?.number)) + 6) / usual);
  return relay_blocks.map((block) => {
    const { number, status, session, moment } = block;
    const fork = status === "fork";
    return {
      block,
      x: x(moment) + 1,
      y: fork ? RELAY.forkTop : RELAY.top,
      width: Math.max(2, usual - 2),
      height: fork ? RELAY.forkHeight : RELAY.height,
      text: !fork && number % every === 0 ? count(number) : "",
      title: `relay block ${count(number)}, ${status}${session ? ", begins a session" : ""}, ${time(moment)}`,
    };
  });
}

/**
 * Sessions, changes of cadence, and where on the relay chain the selected block has its steps; the oldest first.
 * @type {(snapshot: Snapshot, para: Para, selected: Parablock | undefined) => Omit<Mark, "x" | "bottom">[]}
 */
function marksOf({ relay_blocks }, para, selected) {
  const relay = relay_blocks.filter(({ status }) => status !== "fork");
  const parent = selected && relay.find(({ number }) => number === selected.relay_parent);
  /** @type {[string, number | undefined][]} */
  const steps = [
    ["parent", parent?.moment], ["backed", selected?.backed?.moment], ["included", selected?.included?.moment],
  ];
  /** @type {Omit<Mark, "x" | "bottom">[]} */
  const marks = [];
  for (const { session, moment } of relay) if (session) marks.push({ kind: "session", moment, text: "session" });
  for (const { moment, from, to } of changesOf(para)) {
    marks.push({ kind: "cadence", moment, text: `${setSeconds(from)} → ${setSeconds(to)}` });
  }
  for (const [text, moment] of steps) if (moment) marks.push({ kind: "step", moment, text });
  return marks.sort((one, other) => one.moment - other.moment);
}

/**
 * Marks with their places; one whose text would run into the next mark has none.
 * @type {<M extends { moment: number, text: string }>(marks: M[], axis: Axis) => (M & { x: number })[]}
 */
function fitted(marks, { x }) {
  return marks.map((mark, index) => {
    const next = marks[index + 1];
    const fits = !next || x(next.moment) - x(mark.moment) > textWidth(mark.text) + 6;
    return { ...mark, x: x(mark.moment), text: fits ? mark.text : "" };
  });
}
