// @ts-check
// The key figures at the top: a name, a value and two notes for each, of the chosen parachain and the relay chain.

import { fill, find, set } from "./dom.js";
import { UNKNOWN, amount, blockNumber, count, seconds, setSeconds } from "./format.js";
import { usedTexts } from "./texts.js";

/** @import { Para, Snapshot } from "./types.d.ts" */

/** @typedef {{ id: string, texts: [string, string, string, string] }} Figure Its texts: name, value, two notes. */

/**
 * @param {Snapshot} snapshot
 * @param {Para} para
 * @returns {Figure[]}
 */
export function figuresOf({ relay_best, relay_final, reorganisations }, para) {
  const { pace, emission, info, segment, cadences, blocks } = para;
  const capacity = cadences.at(-1)?.capacity;
  const across = pace && cadences.some(({ since }) => pace.from < since && since < pace.to);
  const length = pace?.block_millis ? `${across ? "now " : ""}${setSeconds(pace.block_millis)}` : "not known";
  const over = pace ? `the last ${pace.to - pace.from}` : "no final blocks yet";
  const newest = blocks.findLast(({ weight }) => weight);
  // What a chain missed is not known without its slots.
  const missed = cadences.length ? count(pace?.missed) : UNKNOWN;
  const depth = capacity ? `${segment.length} of ${capacity}` : count(segment.length);
  /** @type {Figure[]} */
  const figures = [
    { id: "block-time", texts: ["Block time", seconds(pace?.mean), `target ${length}`, pace ? `mean of ${over}` : over] },
    { id: "missed", texts: ["Missed blocks", missed, pace ? `in ${over} blocks` : over, ""] },
    { id: "depth", texts: ["Unincluded segment", depth, "blocks not included yet", ""] },
    { id: "built", texts: ["Parablock built", blockNumber(para.built_number),
      `included ${blockNumber(para.included_number)}`, `final ${blockNumber(para.final_number)}`] },
    { id: "relay", texts: ["Relay block", blockNumber(relay_best), `final ${blockNumber(relay_final)}`,
      `${count(reorganisations)} reorganisations`] },
    { id: "weight", texts: ["Weight used", ...usedTexts(newest, "ref_time")] },
    { id: "proof", texts: ["Proof used", ...usedTexts(newest, "proof_size")] },
  ];
  if (emission) {
    const [once, yearly] = [amount(emission.per_block), count(emission.per_year)];
    figures.push({ id: "emission", texts: ["Emission per block", `${once} ${info.symbol}`,
      `at most ${yearly}`, `${info.symbol} a year`] });
  }
  return figures;
}

/**
 * @param {Snapshot} snapshot
 * @param {Para} para
 */
export function renderFigures(snapshot, para) {
  const figures = figuresOf(snapshot, para);
  fill(find("figures"), "figure", figures, ({ id }) => id, ({ texts }) => texts, ({ children: [, value] }, { id }) =>
    set(value, { id: `figure-${id}` }));
}
