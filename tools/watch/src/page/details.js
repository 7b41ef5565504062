// @ts-check
// What is known of one block: the selected one, and the one that holds the transaction looked for.

import { fill, find, keyed, say, set } from "./dom.js";
import { UNKNOWN, blockNumber, count, known, seconds } from "./format.js";
import { classTexts, endText, nameOf, stateText, stepTexts, usedTexts } from "./texts.js";

/** @import { Parablock, Snapshot } from "./types.d.ts" */

/**
 * @param {Parablock | null} block The selected one.
 * @param {Snapshot} snapshot
 */
export function renderDetails(block, { names, reasons }) {
  find("details-none").hidden = block !== null;
  find("details-some").hidden = block === null;
  say(find("details-title"), block ? `Parablock ${blockNumber(block.number)}, ${stateText(block, reasons)}` : "Block");
  if (!block) return;
  /** @param {"ref_time" | "proof_size"} dimension */
  const used = (dimension) => (block.weight ? usedTexts(block, dimension).slice(0, 2).join(", ") : UNKNOWN);
  renderSteps(find("details-steps"), block);
  describe(find("details-facts"), [
    ["Slot", count(block.slot)],
    ["Relay parent", blockNumber(block.relay_parent)],
    ["Core", known(block.core, String)],
    ["Segment depth", count(block.depth)],
    ["Interval", seconds(block.interval)],
    ["Weight", used("ref_time")],
    ["Proof", used("proof_size")],
    ...classTexts(block),
    ["Extrinsics", count(block.proposal?.extrinsics)],
    ["Ended by", endText(block)],
  ]);
  describe(find("details-hashes"), [
    ["Hash", block.hash],
    ["Parent", known(block.parent, String)],
    ["Candidate", known(block.candidate, String)],
    ["Author", known(block.author, (key) => (names[key] ? `${nameOf(key, names)}, ${key}` : key))],
  ]);
}

/**
 * A transaction that the server did not submit itself; those that it did are payments.
 * @param {Snapshot} snapshot
 */
export function renderTransaction({ transaction: looked, paras }) {
  const transaction = looked?.submitted_at === null ? looked : null;
  find("transaction").hidden = !transaction;
  if (!transaction) return;
  const { hash, para, block, forked } = transaction;
  const name = paras.find(({ info }) => info.id === para)?.info.name ?? para;
  const absent = forked ? "in a block that lost" : "not seen yet";
  say(find("transaction-hash"), hash);
  say(find("transaction-place"), block ? `in block ${blockNumber(block.number)} of ${name}` : absent);
  find("transaction-steps").hidden = !block;
  if (block) renderSteps(find("transaction-steps"), block);
}

/**
 * @param {HTMLElement} list
 * @param {Parablock} block
 */
function renderSteps(list, block) {
  keyed(list, "item", stepTexts(block), (_, index) => index, (item, { text, done }) =>
    say(set(item, { "data-done": done }), text));
}

/**
 * @param {HTMLElement} list
 * @param {[string, string][]} pairs
 */
function describe(list, pairs) {
  fill(list, "term", pairs, ([term]) => term, (pair) => pair);
}
