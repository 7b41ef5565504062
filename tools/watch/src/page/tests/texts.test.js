// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { chartsOf } from "../charts.js";
import { figuresOf } from "../figures.js";
import { blockAttributes, selectionText } from "../selection.js";
import { blockTexts, pacesOf } from "../tables.js";
import { classTexts, endText, nameOf, reasonText, stateText, stepTexts, usedTexts } from "../texts.js";
import { START, block, cadence, finalBlock, pace, para, snapshot, step } from "./fixtures.js";

const weight = { ref_time: 5e11, proof_size: 2 ** 20 };
const limit = { ref_time: 2e12, proof_size: 4 * 2 ** 20 };
const lost = block({ state: "lost", lost_reason: "full" });
const reasons = { full: "segment full" };

test("a reason's text comes with the snapshot; one that does not is shown as it is", () => {
  assert.equal(reasonText("full", reasons), "segment full");
  assert.equal(reasonText("new_reason", reasons), "new_reason");
  assert.equal(stateText(lost, reasons), "lost: segment full");
  assert.equal(stateText(block(), reasons), "built");
  assert.equal(stateText(block({ lost_reason: undefined }), reasons), "built");
});

test("an author has a name, or the ends of a key, or is not known", () => {
  assert.equal(nameOf("0xa11ce", { "0xa11ce": "alice" }), "alice");
  assert.equal(nameOf("0x0123456789abcdef", {}), "0x0123…cdef");
  assert.equal(nameOf(null, {}), "–");
});

test("each step says when, and how long after the one before", () => {
  assert.deepEqual(stepTexts({ ...finalBlock(1, 0), seen: START + 200 }), [
    { text: "Authored: 01:00:00, imported 0.2 s later", done: true },
    { text: "Backed: in relay block #2, 01:00:06, 6.0 s after authoring", done: true },
    { text: "Included: in relay block #3, 01:00:12, 6.0 s after backing", done: true },
    { text: "Final: 01:00:30, 30.0 s after authoring", done: true },
  ]);
});

test("a step that is open is not yet taken, and never will be once the block is lost", () => {
  const texts = (/** @type {ReturnType<typeof block>} */ one) => stepTexts(one).map(({ text }) => text);
  assert.deepEqual(texts(block()).slice(1), ["Backed: not yet", "Included: not yet", "Final: not yet"]);
  assert.deepEqual(texts(lost).slice(1), ["Backed: never", "Included: never", "Final: never"]);
  assert.equal(texts(block({ authored: null, seen: START }))[0], "Authored: time not known");
  assert.equal(texts(block({ authored: null, backed: step(8, 6_000) }))[1], "Backed: in relay block #8, 01:00:06");
  assert.equal(texts(block({ state: "final" }))[3], "Final: time not known");
});

test("what a block uses is a share of the limit, by dimension", () => {
  const one = block({ weight, limit });
  assert.deepEqual(usedTexts(one, "ref_time"), ["25.0 %", "500.0 ms of 2.0 s", "in #7"]);
  assert.deepEqual(usedTexts(one, "proof_size"), ["25.0 %", "1.0 MiB of 4.0 MiB", "in #7"]);
  assert.deepEqual(usedTexts(block({ weight }), "proof_size"), ["1.0 MiB", "limit not known", "in #7"]);
  assert.deepEqual(usedTexts(block(), "ref_time"), ["–", "not known", ""]);
  assert.deepEqual(usedTexts(undefined, "ref_time"), ["–", "not known", ""]);
});

test("each class of extrinsics has its share of its own limit, if it has one", () => {
  const limited = { used: weight, limit };
  const classes = { normal: limited, operational: limited, mandatory: { used: weight, limit: null } };
  assert.deepEqual(classTexts(block({ classes })), [
    ["Normal class", "weight 25.0 %, proof 25.0 %"],
    ["Operational class", "weight 25.0 %, proof 25.0 %"],
    ["Mandatory class", "weight 500.0 ms, proof 1.0 MiB, no limit"],
  ]);
  assert.deepEqual(classTexts(block()).map(([, text]) => text), ["–", "–", "–"]);
});

test("a block says what ended it if its collator's log is read", () => {
  assert.equal(endText(block()), "–");
  const one = block({ proposal: { extrinsics: 2, millis: 14, end: "block_size" } });
  assert.equal(endText(one), "block size (PoV), after 14 ms");
});

test("a selection is announced once, and a deselection too", () => {
  const included = block({ number: 1_234, state: "included" });
  assert.equal(selectionText(null, included, reasons), "Parablock #1,234 selected, included");
  assert.equal(selectionText(included, lost, reasons), "Parablock #7 selected, lost: segment full");
  assert.equal(selectionText(included, null, reasons), "Parablock #1,234 deselected");
  // The same block in a later state is no new selection.
  assert.equal(selectionText(included, { ...included, state: "final" }, reasons), null);
  assert.equal(selectionText(null, null, reasons), null);
});

test("an element says which block it shows, its state, and whether it is selected", () => {
  assert.deepEqual(blockAttributes(lost, "0x7"), { "data-hash": "0x7", "data-state": "lost", "data-selected": true });
  assert.equal(blockAttributes(lost, undefined)["data-selected"], false);
});

test("a row of the table of blocks", () => {
  const one = { ...finalBlock(7, 0), author: "0xa11ce", interval: 6_000, depth: 2, weight, limit };
  assert.deepEqual(blockTexts(one, snapshot()),
    ["#7", "final", "alice", "6.0 s", "25.0 %", "1.0 MiB", "2", "#8", "#9", "30.0 s"]);
  assert.equal(blockTexts(block({ weight }), snapshot())[4], "–");
  assert.deepEqual(blockTexts(block(), snapshot()), ["#7", "built", "–", "–", "–", "–", "–", "–", "–", "–"]);
});

test("without cadences the pace of the newest blocks stands for all of them", () => {
  const [one, other] = [pace(), pace({ from: 51, to: 90 })];
  assert.deepEqual(pacesOf(para({ pace: one, paces: [other] })), [other]);
  assert.deepEqual(pacesOf(para({ pace: one })), [one]);
  assert.deepEqual(pacesOf(para()), []);
});

/** @param {ReturnType<typeof para>} one */
const figures = (one) => Object.fromEntries(figuresOf(snapshot(), one).map(({ id, texts }) => [id, texts.slice(1)]));

test("the key figures of a chain that tells everything", () => {
  const one = figures(para({
    pace: pace(), segment: ["0x8", "0x9"], built_number: 58, included_number: 56, final_number: 54,
    blocks: [block({ number: 6, weight }), block({ weight, limit }), block({ number: 8 })],
    emission: { per_block: 1.5, per_year: 2_000_000 },
  }));
  assert.deepEqual(one["block-time"], ["6.1 s", "target 6 s", "mean of the last 50"]);
  assert.deepEqual(one.missed, ["1", "in the last 50 blocks", ""]);
  assert.deepEqual(one.depth, ["2 of 3", "blocks not included yet", ""]);
  assert.deepEqual(one.built, ["#58", "included #56", "final #54"]);
  assert.deepEqual(one.weight, ["25.0 %", "500.0 ms of 2.0 s", "in #7"]);
  assert.deepEqual(one.emission, ["1.5 SBY", "at most 2,000,000", "SBY a year"]);
});

test("the target is today's if the cadence changed among the blocks of the pace", () => {
  const cadences = [cadence({ slot_millis: 12_000 }), cadence({ since: 30 })];
  assert.equal(figures(para({ cadences, pace: pace() }))["block-time"][1], "target now 6 s");
  assert.equal(figures(para({ cadences, pace: pace({ from: 30 }) }))["block-time"][1], "target 6 s");
  assert.equal(figures(para({ cadences, pace: pace({ to: 30 }) }))["block-time"][1], "target 6 s");
});

test("without slots it is not known what a chain missed, nor how deep its segment may be", () => {
  const one = figures(para({ cadences: [], pace: pace({ block_millis: null }) }));
  assert.equal(one.missed[0], "–");
  assert.equal(one.depth[0], "0");
  assert.equal(one["block-time"][1], "target not known");
  assert.equal("emission" in one, false);
});

test("a distribution ends with the longest time, and the last second stands for all longer ones", () => {
  const distributions = { interval: [0, 0, 3, 1, 0, 0], backing: [0, 0, 1], inclusion: [], finality: [] };
  const [interval, backing, inclusion] = chartsOf(para({ distributions }));
  assert.equal(interval.note, "median 2 s, 4 blocks");
  assert.deepEqual(interval.columns.map(({ value }) => value), [0, 0, 3, 1]);
  assert.deepEqual(interval.ends, ["0 s", "3 s"]);
  assert.equal(interval.top, 3);
  assert.deepEqual([backing.note, backing.ends[1]], ["median 2 s or more, 1 blocks", "2 s or more"]);
  assert.deepEqual([inclusion.note, inclusion.columns], ["no blocks yet", []]);
});

test("the depths are those of the newest blocks that tell it, up to the segment's capacity", () => {
  const blocks = Array.from({ length: 70 }, (_, number) => block({ number, depth: 1 + (number % 2) }));
  blocks[69].depth = null;
  const depths = chartsOf(para({ blocks })).at(-1);
  assert.equal(depths?.note, "last 60 blocks, most 2 of 3");
  assert.equal(depths?.top, 3);
  assert.deepEqual(depths?.ends, ["#9", "#68"]);
  assert.equal(chartsOf(para({ blocks: [block()] })).at(-1)?.note, "not known");
  const untold = chartsOf(para({ blocks: [block({ depth: 0 })], cadences: [] })).at(-1);
  assert.deepEqual([untold?.note, untold?.top], ["last 1 blocks, most 0", 0]);
});
