// @ts-check
// Snapshots to test with. Each function gives a plain one, with what a test is about put in its place.

/** @import { Cadence, Missed, Pace, Para, Parablock, RelayBlock, Snapshot } from "../types.d.ts" */

/** 01:00:00 UTC on a day; everything happens after it. */
export const START = Date.UTC(2026, 10, 27, 1);

/**
 * A block that is built at `START`, and no more is known of it.
 * @param {Partial<Parablock>} [parts]
 * @returns {Parablock}
 */
export const block = (parts = {}) => ({
  para: 2000, number: 7, hash: `0x${parts.number ?? 7}`, parent: null, state: "built", lost_reason: null, author: null,
  slot: null, relay_parent: null, authored: START, seen: null, interval: null, depth: null, weight: null, limit: null,
  classes: null, proposal: null, core: null, candidate: null, backed: null, included: null, final_at: null, ...parts,
});

/**
 * A step at so many milliseconds after `START`.
 * @param {number} relay
 * @param {number} millis
 * @param {number} [seen]
 */
export const step = (relay, millis, seen) =>
  ({ relay, moment: START + millis, seen: seen === undefined ? null : START + seen });

/**
 * A final block of an even pace: backed six seconds after it was built, included after twelve, final after thirty.
 * @param {number} number
 * @param {number} authored Milliseconds after `START`.
 */
export const finalBlock = (number, authored) =>
  block({
    number, state: "final", authored: START + authored, backed: step(number + 1, authored + 6_000),
    included: step(number + 2, authored + 12_000), final_at: START + authored + 30_000,
  });

/** @param {Partial<Cadence>} [parts] @returns {Cadence} */
export const cadence = (parts = {}) =>
  ({ since: 0, moment: START, slot_millis: 6_000, velocity: 1, capacity: 3, ...parts });

/** @param {Partial<Missed>} [parts] @returns {Missed} */
export const missed = (parts = {}) =>
  ({ para: 2000, slot: 40, count: 1, moment: START, author: null, reason: "full", ...parts });

/** @param {Partial<Pace>} [parts] @returns {Pace} */
export const pace = (parts = {}) =>
  ({ block_millis: 6_000, from: 1, to: 51, mean: 6_060, worst: 12_000, missed: 1, ...parts });

/** @param {Partial<Para>} [parts] @returns {Para} */
export const para = (parts = {}) => ({
  info: { id: 2000, name: "Tandem Local", symbol: "SBY", decimals: 18 }, cadences: [cadence()], built_number: null,
  included_number: null, final_number: null, segment: [], blocks: [], forks: [], missed: [], pace: null, paces: [],
  distributions: { interval: [], backing: [], inclusion: [], finality: [] }, emission: null, ...parts,
});

/** @param {Partial<RelayBlock>} [parts] @returns {RelayBlock} */
export const relayBlock = (parts = {}) => ({
  number: 10, hash: `0xr${parts.number ?? 10}${parts.status ?? ""}`, moment: START, seen: null, session: false,
  status: "final", ...parts,
});

/** @param {Partial<Snapshot>} [parts] @returns {Snapshot} */
export const snapshot = (parts = {}) => ({
  format: 2, now: START + 60_000, relay: "Relay", relay_millis: 6_000, relay_best: null, relay_final: null,
  reorganisations: 0, links: [], names: { "0xa11ce": "alice" }, reasons: { full: "segment full" }, payments: false,
  relay_blocks: [relayBlock()], paras: [para()], transaction: null, ...parts,
});
