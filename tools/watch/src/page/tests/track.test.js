// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { shownPayment, trackOf, trackText } from "../track.js";
import { START, block, finalBlock, step } from "./fixtures.js";

/** @import { Parablock } from "../types.d.ts" */

const waits = { block: 6_000, backed: 6_000, included: 6_000, final: 18_000 };
const hash = "0xfee";

/**
 * The way of a payment that was submitted at `START`.
 * @param {Parablock | null} inBlock
 * @param {number} now Milliseconds after that.
 * @param {boolean} [forked]
 */
const track = (inBlock, now, forked = false) =>
  trackOf({ hash, submitted_at: START, para: 2000, block: inBlock, forked }, waits, START + now);

/** @param {ReturnType<typeof track>} stages */
const afters = (stages) => stages.map(({ after }) => after);
/** @param {ReturnType<typeof track>} stages */
const progress = (stages) => stages.map(({ progress }) => progress).join(" ");

test("the payment that was submitted last is shown, be it in the snapshot yet or not", () => {
  const told = { hash: "0x1", submitted_at: 100, para: null, block: null, forked: false };
  assert.equal(shownPayment(null, null), null);
  assert.equal(shownPayment(null, told)?.hash, "0x1");
  assert.equal(shownPayment({ hash: "0x2", submitted_at: 200 }, told)?.hash, "0x2");
  assert.equal(shownPayment({ hash: "0x2", submitted_at: 200 }, told)?.block, null);
  // Another page may have sent one since.
  assert.equal(shownPayment({ hash: "0x2", submitted_at: 50 }, told)?.hash, "0x1");
  const inBlock = { ...told, block: block() };
  assert.equal(shownPayment({ hash: "0x1", submitted_at: 100 }, inBlock)?.block, inBlock.block);
});

test("a transaction that somebody else submitted is no payment", () => {
  const other = { hash: "0x1", submitted_at: null, para: null, block: null, forked: false };
  assert.equal(shownPayment(null, other), null);
  assert.equal(shownPayment({ hash: "0x2", submitted_at: 200 }, other)?.hash, "0x2");
});

test("at first a block is awaited, and the counter runs", () => {
  const stages = track(null, 2_500);
  assert.equal(progress(stages), "done awaited open open open");
  assert.deepEqual(afters(stages), [0, 2_500, null, null, null]);
});

test("each step has the time since submission, when the server saw it", () => {
  const one = block({
    state: "included", authored: START + 3_000, seen: START + 3_400,
    backed: step(20, 9_000, 9_300), included: step(21, 15_000, 15_200),
  });
  const stages = track(one, 20_000);
  assert.equal(progress(stages), "done done done done awaited");
  assert.deepEqual(afters(stages), [0, 3_400, 9_300, 15_200, 20_000]);
  assert.deepEqual(stages.map(({ note }) => note), ["", "#7", "relay #20", "relay #21", ""]);
});

test("without that, the timestamps count", () => {
  assert.deepEqual(afters(track(finalBlock(7, 3_000), 60_000)), [0, 3_000, 9_000, 15_000, 33_000]);
});

test("no step is before the one before it, though a block's timestamp is its slot's beginning", () => {
  const one = block({ state: "backed", authored: START - 4_000, backed: step(20, 6_000, 5_000) });
  assert.deepEqual(afters(track(one, 4_000)), [0, 0, 5_000, 5_000, null]);
});

test("a step of which the moment is not known is done without a time", () => {
  const stages = track(block({ state: "backed", authored: null }), 9_000);
  assert.equal(progress(stages), "done done done awaited open");
  assert.deepEqual(afters(stages), [0, null, null, 9_000, null]);
});

test("a block that lost does not count", () => {
  const stages = track(block({ state: "lost", lost_reason: "fork" }), 9_000, true);
  assert.equal(progress(stages), "done awaited open open open");
  assert.equal(stages[1].note, "lost once");
});

test("the line to the awaited step fills as its usual wait passes, and is full once it is reached", () => {
  const filled = (/** @type {ReturnType<typeof track>} */ stages) => stages.map(({ filled }) => filled);
  assert.deepEqual(filled(track(null, 3_000)), [0.5, 0, 0, 0, 0]);
  assert.deepEqual(filled(track(null, 60_000)), [0.94, 0, 0, 0, 0]);
  const included = { ...finalBlock(7, 0), state: /** @type {const} */ ("included"), final_at: null };
  assert.deepEqual(filled(track(included, 21_000)), [1, 1, 1, 0.5, 0]);
  assert.deepEqual(filled(track(finalBlock(7, 0), 90_000)), [1, 1, 1, 1, 1]);
});

test("the sentence says what was reached and what is awaited", () => {
  const text = (/** @type {Parablock | null} */ one, forked = false) => trackText(track(one, 9_000, forked), forked);
  assert.equal(text(null), "Submitted. Waiting for a collator to put it in a block.");
  assert.equal(text(null, true),
    "Submitted. Its block lost to another one. Waiting for a collator to put it in a block.");
  assert.equal(text(block({ authored: START + 3_000 })),
    "In block #7 after 3.0 s. Waiting for validators to back the block.");
  assert.equal(text(block({ state: "backed", backed: step(20, 6_000) })),
    "Backed in relay block #20 after 6.0 s. Waiting for the block's proof to be available.");
  assert.equal(text(finalBlock(7, 0)), "Final after 30.0 s. The payment cannot be undone.");
});

test("the sentence does not change as time passes, for it is announced", () => {
  const one = block({ state: "backed", backed: step(20, 6_000) });
  assert.equal(trackText(track(one, 7_000), false), trackText(track(one, 11_000), false));
});
