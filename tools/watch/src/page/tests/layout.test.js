// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { GUTTER, axisOf, liveEnd, movedEnd, textWidth, ticksOf } from "../axis.js";
import { barsOf, rowHeightOf, rowsOf } from "../bars.js";
import { placed } from "../boxes.js";
import { layOut } from "../layout.js";
import { START, block, cadence, finalBlock, missed, para, relayBlock, snapshot, step } from "./fixtures.js";

/** @import { Para, Snapshot } from "../types.d.ts" */

// A hundredth of a pixel a millisecond: a second is ten pixels.
const axis = axisOf(GUTTER + 1_200, 120_000, START + 120_000);

test("the axis begins at the gutter and ends at the right edge", () => {
  assert.equal(axis.x(START), GUTTER);
  assert.equal(axis.x(START + 120_000), GUTTER + 1_200);
  assert.equal(axis.scale, 0.01);
});

test("the live picture leaves room ahead of now, as wide at every zoom", () => {
  for (const span of [30_000, 600_000]) {
    const end = liveEnd(START, axis.width, span);
    const { x } = axisOf(axis.width, span, end);
    assert.ok(Math.abs(axis.width - x(START) - 76) < 1e-3);
  }
});

test("a move goes by a quarter, no further back than the oldest, and forward to live", () => {
  const live = START + 130_000;
  assert.equal(movedEnd(-1, axis, START - 600_000, live), START + 90_000);
  assert.equal(movedEnd(-1, axis, START - 10_000, live), START + 110_000);
  assert.equal(movedEnd(1, axis, START - 600_000, live), null);
  assert.equal(movedEnd(1, axis, START - 600_000, live + 30_000), START + 150_000);
  // What is shown may reach farther back than the oldest; then the picture stays at its live edge.
  assert.equal(movedEnd(-1, axis, START + 50_000, live), live);
});

test("ticks are at round moments, far enough apart, and their texts are whole", () => {
  const ticks = ticksOf(axis);
  assert.deepEqual(ticks.slice(0, 3).map(({ moment }) => moment - START), [0, 10_000, 20_000]);
  assert.equal(ticks[1].text, "01:00:10");
  assert.equal(ticks[1].x - ticks[0].x, 100);
  assert.equal(ticks.at(-1)?.text, "");
  for (const { x, text } of ticks) assert.ok(!text || x + textWidth(text) < axis.width);
});

test("ticks are as close as their texts allow", () => {
  const steps = [30_000, 60_000, 120_000, 300_000, 600_000, 36_000_000].map((span) => {
    const ticks = ticksOf(axisOf(GUTTER + 900, span, START));
    return (ticks[1].moment - ticks[0].moment) / 1_000;
  });
  assert.deepEqual(steps, [5, 10, 15, 30, 60, 120]);
  assert.equal(textWidth("01:00:10"), 53.6);
});

test("bars that share a row do not overlap", () => {
  const blocks = Array.from({ length: 20 }, (_, index) => finalBlock(index, index * 6_000));
  const now = START + 120_000;
  const rows = rowsOf(blocks, now, axis.scale, 1);
  // Each takes thirty seconds, and the fifth after it begins as it ends.
  assert.equal(rows, 6);
  const bars = barsOf(blocks, { axis, now, rows, top: 0, reasons: {} });
  for (const one of bars) {
    for (const other of bars) {
      if (one === other || one.y !== other.y) continue;
      assert.ok(one.x + one.width <= other.x || other.x + other.width <= one.x, `${one.title} over ${other.title}`);
    }
  }
});

test("a bar that is open has its row to itself up to its number", () => {
  const blocks = [block({ number: 1 }), finalBlock(2, 6_000), finalBlock(3, 12_000), finalBlock(4, 70_000)];
  assert.equal(rowsOf(blocks, START + 60_000, axis.scale, 1), 4);
});

test("rows are taken at once and given up late, and are not without end", () => {
  const few = [finalBlock(1, 0)];
  assert.equal(rowsOf(few, START, axis.scale, 1), 3);
  assert.equal(rowsOf(few, START, axis.scale, 6), 6);
  assert.equal(rowsOf(few, START, axis.scale, 7), 3);
  const many = Array.from({ length: 100 }, (_, number) => block({ number, authored: START + number }));
  assert.equal(rowsOf(many, START + 1_000, axis.scale, 1), 64);
});

test("rows are as high as there is room for", () => {
  assert.equal(rowHeightOf(3), 19);
  assert.equal(rowHeightOf(38), 10);
  assert.equal(rowHeightOf(64), 7);
});

test("an open bar's number is in its row too", () => {
  // It is a second old, and the number reaches to a little over five: two others begin before its end.
  const closed = (/** @type {number} */ millis) => block({ authored: START + millis, state: "final" });
  const blocks = [block({ number: 1_234 }), closed(4_500), closed(5_000), closed(9_000)];
  assert.equal(rowsOf(blocks, START + 1_000, axis.scale, 1), 4);
});

/** @param {ReturnType<typeof block>[]} blocks @param {number} now */
const bars = (blocks, now) => barsOf(blocks, { axis, now: START + now, rows: 3, top: 0, reasons: {} });

test("a bar has a segment for each step up to the next, and a final one ends", () => {
  const [bar] = bars([finalBlock(4, 10_000)], 60_000);
  assert.deepEqual(bar.segments, [
    { name: "built", x: GUTTER + 100, width: 60 },
    { name: "backed", x: GUTTER + 160, width: 60 },
    { name: "included", x: GUTTER + 220, width: 180 },
  ]);
  assert.deepEqual([bar.x, bar.width, bar.open], [GUTTER + 100, 300, false]);
  // It is in the second of three rows, with a pixel above and below it, and its number is half way down.
  assert.deepEqual([bar.y, bar.height, bar.label.y], [20, 17, 19 + 9.5 + 4]);
});

test("a step that took no time is still seen", () => {
  const [bar] = bars([block({ state: "backed", backed: step(8, 0) })], 0);
  assert.deepEqual(bar.segments.map(({ width }) => width), [1, 1]);
});

test("a bar that is open reaches to now", () => {
  const [bar] = bars([block({ state: "backed", backed: step(8, 6_000) })], 20_000);
  assert.equal(bar.width, 200);
  assert.equal(bar.open, true);
  assert.deepEqual(bar.segments.map(({ width }) => width), [60, 140]);
});

test("a number is in the bar, or after it while it is short and grows, or nowhere", () => {
  const at = { number: 1_234, authored: START + 10_000 };
  const label = (/** @type {ReturnType<typeof block>} */ one, /** @type {number} */ now) => {
    const { text, x, inside } = bars([one], now)[0].label;
    return [text, inside, x - GUTTER];
  };
  assert.deepEqual(label(block(at), 20_000), ["1,234", true, 104]);
  assert.deepEqual(label(block(at), 11_000), ["1,234", false, 115]);
  assert.deepEqual(label(block({ ...at, state: "final", final_at: START + 11_000 }), 60_000), ["", false, 115]);
  // The beginning is out of sight: the number is where the bar is seen.
  assert.deepEqual(label(block({ ...at, authored: START - 60_000 }), 20_000), ["1,234", true, 14]);
});

test("in low rows only some bars have a number, and those are drawn last", () => {
  const blocks = [1, 2, 3, 4].map((number) => block({ number }));
  const low = barsOf(blocks, { axis, now: START + 60_000, rows: 64, top: 0, reasons: {} });
  assert.deepEqual(low.map(({ block, label }) => [block.number, label.text]), [[1, ""], [3, ""], [2, "2"], [4, "4"]]);
});

/** @param {number} seconds @param {string[]} texts */
const content = (seconds, texts) =>
  ({ key: `${seconds}`, moment: START + seconds * 1_000, millis: 6_000, texts, title: "", block: null });

test("boxes that would overlap are in different rows", () => {
  const boxes = placed([content(8, ["b"]), content(0, ["a"]), content(3, ["c"])], 2, axis, 100);
  assert.deepEqual(boxes.map(({ key, y }) => [key, y]), [["0", 102], ["3", 120], ["8", 102]]);
  assert.deepEqual([boxes[0].x, boxes[0].width, boxes[0].height], [GUTTER + 1, 58, 14]);
  for (const { y, height, label } of boxes) assert.ok(label.y > y + height / 2 && label.y < y + height);
  const row = placed([content(0, ["a"]), content(6, ["b"])], 2, axis, 100);
  assert.equal(row[0].y, row[1].y);
});

test("a box has the longest text that there is room for, in it, or after it up to the next", () => {
  const [long, short] = ["no collation", "12"];
  const labels = (/** @type {ReturnType<typeof content>[]} */ ...contents) =>
    placed(contents, 1, axis, 0).map(({ label, x }) => [label.text, label.x - x]);
  assert.deepEqual(labels(content(0, [short])), [[short, 4]]);
  assert.deepEqual(labels(content(0, [long, short])), [[long, 58 + 4]]);
  assert.deepEqual(labels(content(0, [long, short]), content(6, [short])), [[short, 4], [short, 4]]);
  assert.deepEqual(labels(content(0, [long]), content(6, [short])), [["", 4], [short, 4]]);
  assert.deepEqual(labels(content(0, [long]), content(14, [short])), [["", 4], [short, 4]]);
  assert.deepEqual(labels(content(0, [long]), content(16, [short])), [[long, 62], [short, 4]]);
  // Eight characters need 53.6 pixels, and three on either side.
  assert.deepEqual(labels(content(0, ["12345678", short]), content(6, [short])), [[short, 4], [short, 4]]);
});

/**
 * @param {Partial<Snapshot>} parts
 * @param {Partial<Para>} paraParts
 * @param {string} [selected]
 */
function frameOf(parts, paraParts, selected) {
  const one = para(paraParts);
  return layOut(snapshot({ ...parts, paras: [one] }), one, axis, { rows: 1, selected });
}

test("lanes lie one below the other, within the picture", () => {
  const { lanes, height } = frameOf({}, { blocks: [finalBlock(1, 0)] });
  lanes.reduce((bottom, lane) => {
    assert.ok(lane.y > bottom, lane.name);
    return lane.y + lane.height;
  }, 0);
  assert.ok(lanes[3].y + lanes[3].height < height);
});

test("what is in a lane stays in it, however many rows it takes", () => {
  const blocks = Array.from({ length: 80 }, (_, number) => block({ number, authored: START + number }));
  const forks = [block({ hash: "0xf" }), block({ hash: "0xg" }), block({ hash: "0xh" })];
  const relay_blocks = [relayBlock(), relayBlock({ status: "fork" })];
  const frame = frameOf({ relay_blocks }, { blocks, forks, missed: [missed(), missed({ slot: 41 })] });
  const [relay, parablocks, slots, lost] = frame.lanes;
  const lanes = /** @type {const} */ ([
    [relay, frame.relay], [parablocks, frame.bars], [slots, frame.missed], [lost, frame.forks],
  ]);
  for (const [lane, boxes] of lanes) {
    assert.deepEqual([lane.x, lane.x + lane.width], [GUTTER, axis.width]);
    for (const { y, height } of boxes) {
      assert.ok(y >= lane.y && y + height <= lane.y + lane.height, `${lane.name}: ${y} to ${y + height}`);
    }
  }
});

test("a block of no known moment is not in the picture", () => {
  const nowhere = block({ authored: null, hash: "0xn" });
  const frame = frameOf({}, { blocks: [nowhere, finalBlock(8, 0)], forks: [nowhere] });
  assert.deepEqual(frame.bars.map((bar) => bar.block.number), [8]);
  assert.deepEqual(frame.forks, []);
});

test("forks of the relay chain are lower, and have no number", () => {
  const relay_blocks = [relayBlock({ number: 10 }), relayBlock({ number: 10, status: "fork", moment: START + 6_000 })];
  const [best, fork] = frameOf({ relay_blocks }, {}).relay;
  assert.ok(fork.y > best.y && fork.height < best.height);
  assert.deepEqual([best.text, fork.text], ["10", ""]);
  assert.equal(best.width, 58);
  assert.equal(fork.title, "relay block 10, fork, 01:00:06");
});

test("relay blocks that are narrow have a number now and then", () => {
  const numbers = (/** @type {number} */ first) => {
    const relay_blocks = [0, 1, 2, 3].map((index) => relayBlock({ number: first + index, session: index === 0 }));
    return frameOf({ relay_blocks, relay_millis: 2_000 }, {}).relay;
  };
  assert.deepEqual(numbers(8).map(({ text }) => text), ["8", "9", "10", "11"]);
  assert.deepEqual(numbers(99).map(({ text }) => text), ["", "100", "", "102"]);
  assert.equal(numbers(8)[0].title, "relay block 8, final, begins a session, 01:00:00");
});

test("a box of a missed slot is as long as its blocks take, and says whose turn it was", () => {
  const [box] = frameOf({}, { missed: [missed({ count: 2, author: "0xa11ce" })] }).missed;
  assert.equal(box.width, 118);
  assert.equal(box.title, "slot 40, turn of alice: 2 missed, segment full");
});

test("marks are sessions, changes of cadence, and the selected block's steps down to its bar", () => {
  const relay_blocks = [
    relayBlock({ number: 5, moment: START - 6_000 }),
    relayBlock({ number: 9, moment: START + 40_000, session: true }),
    relayBlock({ number: 9, moment: START + 40_000, session: true, status: "fork" }),
  ];
  const cadences = [cadence({ slot_millis: 12_000 }), cadence({ since: 3, moment: START + 80_000 })];
  const selected = { ...finalBlock(7, 0), relay_parent: 5 };
  const frame = frameOf({ relay_blocks }, { blocks: [selected], cadences }, selected.hash);
  assert.deepEqual(frame.marks.map(({ kind, x }) => [kind, Math.round(x) - GUTTER]), [
    ["step", -60], ["step", 60], ["step", 120], ["session", 400], ["cadence", 800],
  ]);
  assert.deepEqual(frame.marks.map(({ text }) => text), ["parent", "backed", "included", "session", "12 s → 6 s"]);
  assert.equal(frame.marks[0].bottom, frame.bars[0].y - 1);
  assert.equal(frame.marks[3].bottom, frame.height);
});

test("a mark that is close before another has no text", () => {
  const relay_blocks = [START, START + 5_000].map((moment, number) => relayBlock({ number, moment, session: true }));
  assert.deepEqual(frameOf({ relay_blocks }, {}).marks.map(({ text }) => text), ["", "session"]);
});
