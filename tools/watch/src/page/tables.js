// @ts-check
// The tables: the pace of each cadence, losses by reason, and the newest blocks, which hold as text what the
// picture shows.

import { fill, find, set } from "./dom.js";
import { UNKNOWN, blockNumber, bytes, count, known, percent, seconds, setSeconds, time } from "./format.js";
import { lossesOf } from "./model.js";
import { blockAttributes } from "./selection.js";
import { nameOf, reasonText, stateText } from "./texts.js";

/** @import { Para, Parablock, Snapshot } from "./types.d.ts" */

/** The newest blocks that are in the table. */
const BLOCKS = 15;

/**
 * @param {Snapshot} snapshot
 * @param {Para} para
 * @param {string | undefined} selected The hash of the selected block.
 */
export function renderTables(snapshot, para, selected) {
  const body = (/** @type {string} */ id) => find(id, HTMLTableElement).tBodies[0];
  fill(body("cadence-table"), "cadence-row", pacesOf(para), ({ from }) => from, (pace) => [
    setSeconds(pace.block_millis), `${blockNumber(pace.from)} to ${blockNumber(pace.to)}`,
    seconds(pace.mean), seconds(pace.worst), count(pace.missed),
  ]);
  fill(body("missed-table"), "loss-row", lossesOf(para), ({ reason }) => reason, ({ reason, missed, lost, last }) => [
    reasonText(reason, snapshot.reasons), count(missed), count(lost), time(last),
  ]);
  const newest = para.blocks.slice(-BLOCKS).reverse();
  const texts = (/** @type {Parablock} */ block) => blockTexts(block, snapshot);
  fill(body("blocks-table"), "block-row", newest, ({ hash }) => hash, texts, (element, block) => {
    set(element, { "data-number": block.number, ...blockAttributes(block, selected) });
    set(element.children[2], { title: block.author });
  });
}

/**
 * The pace of each cadence, or of the newest blocks if no cadence is known.
 * @param {Para} para
 */
export const pacesOf = ({ pace, paces }) => (paces.length || !pace ? paces : [pace]);

/**
 * @param {Parablock} block
 * @param {Snapshot} snapshot
 */
export function blockTexts(block, { names, reasons }) {
  const { authored, final_at, weight, limit } = block;
  return [
    blockNumber(block.number), stateText(block, reasons), nameOf(block.author, names), seconds(block.interval),
    weight && limit ? percent(weight.ref_time, limit.ref_time) : UNKNOWN,
    known(weight, ({ proof_size }) => bytes(proof_size)),
    count(block.depth), blockNumber(block.backed?.relay), blockNumber(block.included?.relay),
    authored && final_at ? seconds(final_at - authored) : UNKNOWN,
  ];
}
