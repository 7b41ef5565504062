// @ts-check
// What a snapshot means: what follows from it that the server does not send, such as the steps of a block,
// the usual time between two, and the losses by reason. All of it is pure, and none of it is text.

/** @import { Cadence, Para, Parablock, Snapshot } from "./types.d.ts" */

/** The version of the contract that this page knows. */
export const FORMAT = 2;

/**
 * Whether what came is a snapshot of the version that this page knows.
 * @param {any} message
 * @returns {message is Snapshot}
 */
export const isSnapshot = (message) => message?.format === FORMAT;

/** A clock that differs by more than this was set, or stood still. */
const CLOCK_MILLIS = 1_000;

/**
 * How far the server's clock is ahead of the page's, by a snapshot's moment. The snapshot that was the least late
 * tells it best, so a smaller value is taken only if the clock was set.
 * @param {number} before
 * @param {number} ahead
 */
export const aheadOf = (before, ahead) => (ahead < before - CLOCK_MILLIS ? ahead : Math.max(before, ahead));

/**
 * The parachain with this id, or the first one.
 * @param {Snapshot} snapshot
 * @param {number | null} id
 * @returns {Para | undefined}
 */
export const chosenPara = ({ paras }, id) => paras.find(({ info }) => info.id === id) ?? paras[0];

/**
 * The block of a parachain with this hash, be it part of the chain or not.
 * @param {Para | undefined} para
 * @param {string | undefined} hash
 */
export const findBlock = (para, hash) =>
  para?.blocks.find((block) => block.hash === hash) ?? para?.forks.find((block) => block.hash === hash);

/**
 * From one block to the next.
 * @param {Cadence} cadence
 */
export const blockMillis = (cadence) => cadence.slot_millis / Math.max(1, cadence.velocity);

/**
 * When a block first showed up.
 * @param {Parablock} block
 */
export const beginOf = ({ authored, backed, included }) => authored ?? backed?.moment ?? included?.moment ?? null;

/**
 * The time between two blocks at a moment, as far as that is known.
 * @param {Para} para
 * @param {number} moment
 * @param {number} relayMillis
 */
export function usualMillis({ cadences, pace }, moment, relayMillis) {
  const cadence = cadences.findLast((cadence) => (cadence.moment ?? 0) <= moment);
  return cadence ? blockMillis(cadence) : (pace?.mean ?? relayMillis);
}

/** @typedef {{ name: "built" | "backed" | "included" | "final", moment: number }} Step */

/**
 * The steps that a block has taken, without those whose moment is not known.
 * @param {Parablock} block
 * @returns {Step[]}
 */
export function stepsOf({ authored, backed, included, final_at }) {
  /** @type {[Step["name"], number | null | undefined][]} */
  const steps = [
    ["built", authored], ["backed", backed?.moment], ["included", included?.moment], ["final", final_at],
  ];
  return steps.flatMap(([name, moment]) => (moment ? [{ name, moment }] : []));
}

/** @typedef {{ moment: number, from: number, to: number }} Change From one time between blocks to another. */

/**
 * The changes of cadence whose moment is known.
 * @param {Para} para
 * @returns {Change[]}
 */
export function changesOf({ cadences, blocks }) {
  return cadences.slice(1).flatMap((cadence, index) => {
    const moment = cadence.moment ?? blocks.find(({ number }) => number === cadence.since)?.authored;
    return moment ? [{ moment, from: blockMillis(cadences[index]), to: blockMillis(cadence) }] : [];
  });
}

/** @typedef {{ reason: string, missed: number, lost: number, last: number | null }} Loss */

/**
 * Missed and lost blocks by reason, the most frequent reason first.
 * @param {Para} para
 * @returns {Loss[]}
 */
export function lossesOf({ missed, forks }) {
  /** @type {Map<string, Loss>} */
  const byReason = new Map();
  /** @type {(reason: string, kind: "missed" | "lost", count: number, moment: number | null) => void} */
  const add = (reason, kind, count, moment) => {
    const loss = byReason.get(reason) ?? { reason, missed: 0, lost: 0, last: null };
    loss[kind] += count;
    loss.last = Math.max(loss.last ?? 0, moment ?? 0) || null;
    byReason.set(reason, loss);
  };
  for (const { reason, count, moment } of missed) add(reason, "missed", count, moment);
  for (const block of forks) if (block.lost_reason) add(block.lost_reason, "lost", 1, beginOf(block));
  return [...byReason.values()].sort((one, other) => other.missed + other.lost - one.missed - one.lost);
}

/**
 * The second that half of the counted blocks took at most; null if none is counted.
 * @param {number[]} counts How many blocks took as many seconds as the index says.
 */
export function medianOf(counts) {
  const total = counts.reduce((sum, value) => sum + value, 0);
  let below = 0;
  return total ? counts.findIndex((value) => (below += value) * 2 >= total) : null;
}

/**
 * How long a transaction usually waits for each step after the one before, in milliseconds. Until blocks tell it,
 * backing and inclusion take a relay block each, and finality takes three.
 * @param {Para | undefined} para
 * @param {number} relayMillis
 */
export function usualWaits(para, relayMillis) {
  /** @param {number[]} counts */
  const median = (counts) => (medianOf(counts) ?? 0) * 1_000;
  const { backing, inclusion, finality } = para?.distributions ?? { backing: [], inclusion: [], finality: [] };
  const [backed, included, all] = [median(backing) || relayMillis, median(inclusion) || relayMillis, median(finality)];
  return {
    block: para ? usualMillis(para, Infinity, relayMillis) : relayMillis,
    backed,
    included,
    final: all ? Math.max(relayMillis, all - backed - included) : 3 * relayMillis,
  };
}
