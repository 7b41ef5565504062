// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import * as model from "../model.js";
import { START, block, cadence, finalBlock, missed, pace, para, snapshot, step } from "./fixtures.js";

test("only a snapshot of the known version is one", () => {
  assert.ok(model.isSnapshot(snapshot()));
  assert.ok(!model.isSnapshot({ ...snapshot(), format: 1 }));
  assert.ok(!model.isSnapshot({ now: START }));
  assert.ok(!model.isSnapshot(null));
});

test("the clock follows the snapshot that was the least late, and a clock that was set", () => {
  assert.equal(model.aheadOf(-Infinity, 500), 500);
  assert.equal(model.aheadOf(500, 400), 500);
  assert.equal(model.aheadOf(500, 700), 700);
  assert.equal(model.aheadOf(500, -600), -600);
});

test("the first parachain is chosen unless another is, and is there", () => {
  const [one, other] = [para(), para({ info: { id: 3000, name: "Other", symbol: "O", decimals: 12 } })];
  const both = snapshot({ paras: [one, other] });
  assert.equal(model.chosenPara(both, null), one);
  assert.equal(model.chosenPara(both, 3000), other);
  assert.equal(model.chosenPara(both, 4000), one);
  assert.equal(model.chosenPara(snapshot({ paras: [] }), null), undefined);
});

test("a block is found in the chain and among the forks", () => {
  const [inChain, fork] = [block({ hash: "0x1" }), block({ hash: "0x2" })];
  const both = para({ blocks: [inChain], forks: [fork] });
  assert.equal(model.findBlock(both, "0x1"), inChain);
  assert.equal(model.findBlock(both, "0x2"), fork);
  assert.equal(model.findBlock(both, undefined), undefined);
  assert.equal(model.findBlock(undefined, "0x1"), undefined);
});

test("the usual time between blocks is the cadence's of that moment", () => {
  const slow = cadence({ slot_millis: 12_000 });
  const fast = cadence({ since: 5, moment: START + 60_000, slot_millis: 6_000, velocity: 2 });
  const both = para({ cadences: [slow, fast] });
  assert.equal(model.usualMillis(both, START + 59_999, 6_000), 12_000);
  assert.equal(model.usualMillis(both, START + 60_000, 6_000), 3_000);
  assert.equal(model.usualMillis(para({ cadences: [], pace: pace({ mean: 7_000 }) }), START, 6_000), 7_000);
  assert.equal(model.usualMillis(para({ cadences: [] }), START, 6_000), 6_000);
});

test("a block begins with the first that is known of it", () => {
  assert.equal(model.beginOf(block()), START);
  assert.equal(model.beginOf(block({ authored: null, backed: step(8, 5_000) })), START + 5_000);
  assert.equal(model.beginOf(block({ authored: null, included: step(9, 9_000) })), START + 9_000);
  assert.equal(model.beginOf(block({ authored: null })), null);
});

test("a block's steps are those whose moment is known, in order", () => {
  const names = (/** @type {ReturnType<typeof block>} */ one) => model.stepsOf(one).map(({ name }) => name);
  assert.deepEqual(names(finalBlock(1, 0)), ["built", "backed", "included", "final"]);
  assert.deepEqual(names(block({ authored: null, backed: step(8, 6_000) })), ["backed"]);
  assert.deepEqual(model.stepsOf(finalBlock(1, 0)).map(({ moment }) => moment - START), [0, 6_000, 12_000, 30_000]);
});

test("a change of cadence is at its moment, or at that of the last block before", () => {
  const [slow, fast] = [cadence({ slot_millis: 12_000 }), cadence({ since: 5, moment: START + 1_000 })];
  const change = { from: 12_000, to: 6_000 };
  assert.deepEqual(model.changesOf(para({ cadences: [slow, fast] })), [{ moment: START + 1_000, ...change }]);
  const untold = { ...fast, moment: null };
  const blocks = [block({ number: 5, authored: START + 700 })];
  assert.deepEqual(model.changesOf(para({ cadences: [slow, untold], blocks })), [{ moment: START + 700, ...change }]);
  assert.deepEqual(model.changesOf(para({ cadences: [slow, untold] })), []);
});

test("losses are counted by reason, the most frequent first, with the last moment of each", () => {
  const lost = block({ state: "lost", lost_reason: "fork", authored: START + 9_000 });
  const one = para({
    missed: [missed({ reason: "full", count: 3 }), missed({ reason: "fork", count: 2, moment: START + 5_000 })],
    forks: [lost, { ...lost, authored: START + 8_000 }, block({ state: "built" })],
  });
  assert.deepEqual(model.lossesOf(one), [
    { reason: "fork", missed: 2, lost: 2, last: START + 9_000 },
    { reason: "full", missed: 3, lost: 0, last: START },
  ]);
});

test("a lost block of no known moment is counted without one", () => {
  const lost = block({ state: "lost", lost_reason: "fork", authored: null });
  assert.deepEqual(model.lossesOf(para({ forks: [lost] })), [{ reason: "fork", missed: 0, lost: 1, last: null }]);
});

test("the median is the second that half of the blocks took at most", () => {
  assert.equal(model.medianOf([0, 0, 1, 2, 0]), 3);
  assert.equal(model.medianOf([2, 0, 1]), 0);
  assert.equal(model.medianOf([1, 1]), 0);
  assert.equal(model.medianOf([0, 0]), null);
  assert.equal(model.medianOf([]), null);
});

test("the usual waits are the medians, and relay blocks until there are any", () => {
  const at = (/** @type {number} */ second) => [...Array(second).fill(0), 3];
  const distributions = { interval: [], backing: at(5), inclusion: at(7), finality: at(27) };
  const waits = model.usualWaits(para({ distributions, cadences: [cadence({ slot_millis: 2_000 })] }), 6_000);
  assert.deepEqual(waits, { block: 2_000, backed: 5_000, included: 7_000, final: 15_000 });
  assert.deepEqual(model.usualWaits(undefined, 6_000), { block: 6_000, backed: 6_000, included: 6_000, final: 18_000 });
  assert.equal(model.usualWaits(para({ distributions: { ...distributions, finality: at(12) } }), 6_000).final, 6_000);
});
