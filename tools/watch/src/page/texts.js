// @ts-check
// What is said of a block: its state, its steps, what it uses, whose it is. The picture, the details and the
// tables say it in the same words. All of it is pure. What reasons are called comes with the snapshot.

import { UNKNOWN, blockNumber, bytes, execution, known, percent, seconds, shorten, time } from "./format.js";

/** @import { ClassWeight, Dictionary, Parablock, ProposalEnd } from "./types.d.ts" */

/**
 * @param {string} reason
 * @param {Dictionary} reasons
 */
export const reasonText = (reason, reasons) => reasons[reason] ?? reason;

/**
 * @param {Parablock} block
 * @param {Dictionary} reasons
 */
export const stateText = ({ state, lost_reason }, reasons) =>
  lost_reason ? `${state}: ${reasonText(lost_reason, reasons)}` : state;

/**
 * The name of whom a key belongs to, or the key's ends.
 * @param {string | null} key
 * @param {Dictionary} names
 */
export const nameOf = (key, names) => names[key ?? ""] ?? shorten(key);

/** @typedef {{ text: string, done: boolean }} StepText */

/**
 * What is known of each step of a block, and whether the block has taken it.
 * @param {Parablock} block
 * @returns {StepText[]}
 */
export function stepTexts({ authored, seen, backed, included, final_at, state }) {
  /** @type {(to: number | null, from: number | null | undefined, what: string) => string} */
  const late = (to, from, what) => (to && from ? `, ${seconds(to - from)} ${what}` : "");
  /** @type {(step: Parablock["backed"], from: number | null | undefined, what: string) => string | null} */
  const inRelay = (step, from, what) =>
    step && `in relay block ${blockNumber(step.relay)}, ${time(step.moment)}${late(step.moment, from, what)}`;
  const imported = authored && seen ? `, imported ${seconds(seen - authored)} later` : "";
  /** @type {[string, string | null, boolean][]} */
  const steps = [
    ["Authored", authored ? `${time(authored)}${imported}` : null, true],
    ["Backed", inRelay(backed, authored, "after authoring"), backed !== null],
    ["Included", inRelay(included, backed?.moment, "after backing"), included !== null],
    ["Final", final_at ? `${time(final_at)}${late(final_at, authored, "after authoring")}` : null, state === "final"],
  ];
  const open = state === "lost" ? "never" : "not yet";
  return steps.map(([name, text, done]) => ({ text: `${name}: ${text || (done ? "time not known" : open)}`, done }));
}

/** How each dimension of a weight is written. */
const DIMENSIONS = { ref_time: execution, proof_size: bytes };

/**
 * What a block uses of a dimension of its weight: the share of the limit, how much of how much, and which block
 * it is.
 * @param {Parablock | undefined} block
 * @param {keyof typeof DIMENSIONS} dimension
 * @returns {[string, string, string]}
 */
export function usedTexts(block, dimension) {
  if (!block?.weight) return [UNKNOWN, "not known", ""];
  const [format, part, place] = [DIMENSIONS[dimension], block.weight[dimension], `in ${blockNumber(block.number)}`];
  if (!block.limit) return [format(part), "limit not known", place];
  const whole = block.limit[dimension];
  return [percent(part, whole), `${format(part)} of ${format(whole)}`, place];
}

/**
 * What each class of extrinsics uses.
 * @param {Parablock} block
 * @returns {[string, string][]}
 */
export const classTexts = ({ classes }) => [
  ["Normal class", known(classes?.normal, classText)],
  ["Operational class", known(classes?.operational, classText)],
  ["Mandatory class", known(classes?.mandatory, classText)],
];

/** @param {ClassWeight} weight */
function classText({ used, limit }) {
  if (!limit) return `weight ${execution(used.ref_time)}, proof ${bytes(used.proof_size)}, no limit`;
  const [weight, proof] = [percent(used.ref_time, limit.ref_time), percent(used.proof_size, limit.proof_size)];
  return `weight ${weight}, proof ${proof}`;
}

/** @type {Record<ProposalEnd, string>} */
const ENDS = {
  no_more_transactions: "no more transactions",
  deadline: "deadline",
  block_size: "block size (PoV)",
  block_weight: "block weight",
  transaction_forbidden: "inherents only",
};

/**
 * Why a block holds no further transaction, and how long building it took.
 * @param {Parablock} block
 */
export const endText = ({ proposal }) =>
  known(proposal, ({ end, millis }) => `${ENDS[end]}, after ${millis} ms`);
