// @ts-check
// Draws the picture's layout as SVG. Elements are kept from one frame to the next. Between two frames the picture
// slides on: what shows the past moves to the left, and what goes on grows up to now.

import { GUTTER } from "./axis.js";
import { find, keyed, say, set } from "./dom.js";
import { blockAttributes } from "./selection.js";

/** @import { Bar } from "./bars.js" */
/** @import { Box } from "./boxes.js" */
/** @import { Frame } from "./layout.js" */

/** Less than this is not seen, and would only cost. */
const LEAST_SHIFT = 0.5;
/** The lines of ticks and marks begin below the ticks' times and at the relay chain's lane. */
const TICK_TOP = 16;
const LANE_TOP = 36;
/** The baselines of the texts at the top. */
const TEXT = { tick: 12, relay: 34, mark: 86 };

/**
 * Draws a frame.
 * @param {Frame} frame
 * @param {string | undefined} selected The hash of the selected block.
 * @returns {(millis: number) => void} Slides the picture on by so much time.
 */
export function draw(frame, selected) {
  drawGround(frame);
  drawTicks(frame);
  drawRelayChain(frame);
  const growing = drawBars(frame.bars, selected);
  drawBoxes(find("missed", SVGGElement), frame.missed, selected);
  drawBoxes(find("forks", SVGGElement), frame.forks, selected);
  drawMarks(frame);
  return slider(frame.axis.scale, growing);
}

/** @param {Frame} frame */
function drawGround({ axis: { width }, height, now, lanes }) {
  set(find("drawing", SVGSVGElement), { viewBox: `0 0 ${width} ${height}`, height });
  set(find("plot-area", SVGRectElement), { x: GUTTER, width: width - GUTTER, height });
  set(find("now", SVGLineElement), { x1: now, x2: now, y1: LANE_TOP, y2: height });
  keyed(find("lanes", SVGGElement), "lane", lanes, ({ name }) => name, (element, { name, ...place }) => {
    const [rect, title] = element.children;
    set(rect, place);
    say(set(title, { x: 0, y: place.y + 15 }), name);
  });
}

/** @param {Frame} frame */
function drawTicks({ ticks, height }) {
  keyed(find("ticks", SVGGElement), "tick", ticks, ({ moment }) => moment, (element, { x, text }) => {
    const [line, label] = element.children;
    set(line, { x1: x, x2: x, y1: TICK_TOP, y2: height });
    say(set(label, { x: x + 3, y: TEXT.tick }), text);
  });
}

/** @param {Frame} frame */
function drawRelayChain({ relay }) {
  keyed(find("relay-blocks", SVGGElement), "relay-block", relay, ({ block }) => block.hash, (element, box) => {
    const { block, x, y, width, height, text, title } = box;
    const [rect, label, tooltip] = set(element, { "data-relay-block": block.number }).children;
    set(rect, { "data-status": block.status, x, y, width, height });
    say(set(label, { x: x - 1, y: TEXT.relay }), text);
    say(tooltip, title);
  });
}

/** @typedef {{ rect: Element, width: number }} Growing An element, and its width in the frame. */

/**
 * @param {Bar[]} bars
 * @param {string | undefined} selected
 */
function drawBars(bars, selected) {
  /** @type {Growing[]} */
  const growing = [];
  keyed(find("blocks", SVGGElement), "block", bars, ({ block }) => block.hash, (element, bar) => {
    const { block, x, y, width, height, open, label, title } = bar;
    set(element, { "data-block": block.number, ...blockAttributes(block, selected) });
    const [built, backed, included, cap, outline, text, tooltip] = element.children;
    for (const [name, rect] of Object.entries({ built, backed, included })) {
      const segment = bar.segments.find((segment) => segment.name === name);
      set(rect, { y, height, visibility: segment ? null : "hidden" });
      if (segment) set(rect, { x: segment.x, width: segment.width });
      if (segment && open && segment === bar.segments.at(-1)) growing.push({ rect, width: segment.width });
    }
    set(cap, { x: x + width - 2, y, height, visibility: open ? "hidden" : null });
    set(outline, { x, width, y: y - 1, height: height + 2 });
    if (open) growing.push({ rect: outline, width });
    say(set(text, { class: label.inside ? "inside" : "over", x: label.x, y: label.y }), label.text);
    say(tooltip, title);
  });
  return growing;
}

/**
 * Boxes of blocks are forks, and those of no block are missed slots.
 * @param {SVGGElement} parent
 * @param {Box[]} boxes
 * @param {string | undefined} selected
 */
function drawBoxes(parent, boxes, selected) {
  keyed(parent, "box", boxes, ({ key }) => key, (element, { block, x, y, width, height, label, title }) => {
    if (block) set(element, { class: "lost", "data-fork": block.number, ...blockAttributes(block, selected) });
    const [rect, text, tooltip] = element.children;
    set(rect, { class: block ? "fork" : "missed", x, y, width, height });
    say(set(text, { x: label.x, y: label.y }), label.text);
    say(tooltip, title);
  });
}

/** @param {Frame} frame */
function drawMarks({ marks }) {
  const key = ({ kind = "", moment = 0 }) => `${kind} ${moment}`;
  keyed(find("marks", SVGGElement), "mark", marks, key, ({ children: [line, label] }, { kind, x, bottom, text }) => {
    set(line, { class: `mark ${kind}`, x1: x, x2: x, y1: LANE_TOP, y2: bottom });
    say(set(label, { x: x + 4, y: TEXT.mark }), text);
  });
}

/**
 * @param {number} scale
 * @param {Growing[]} growing
 */
function slider(scale, growing) {
  const moving = find("moving", SVGGElement);
  /** @type {number | null} */
  let shown = null;
  return (/** @type {number} */ millis) => {
    const shift = millis * scale;
    if (shown !== null && shift !== 0 && Math.abs(shift - shown) < LEAST_SHIFT) return;
    if (shift === shown) return;
    shown = shift;
    set(moving, { transform: `translate(${-shift})` });
    for (const { rect, width } of growing) set(rect, { width: width + shift });
  };
}
