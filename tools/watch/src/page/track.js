// @ts-check
// The way of a payment: the steps from submitted to final, how long after submission each was reached, which one
// is awaited, and a sentence that says so. All of it is pure; payment.js draws it.

import { blockNumber, seconds } from "./format.js";

/** @import { RelayStep, Submitted, Transaction } from "./types.d.ts" */

/** @typedef {Transaction & { submitted_at: number }} Payment */
/** @typedef {{ block: number, backed: number, included: number, final: number }} Waits Milliseconds for each step. */

/**
 * @typedef {object} Stage
 * @property {"submitted" | "block" | "backed" | "included" | "final"} id
 * @property {string} name
 * @property {"done" | "awaited" | "open"} progress
 * @property {number | null} after Milliseconds from submission until it was reached, or until now if it is awaited.
 * @property {string} note Where it happened, in few characters.
 * @property {string} text What happened, in words.
 * @property {number} filled The share of the wait for the next step that is over, as far as it can be foreseen.
 */

/** How many steps a block of each state has taken, submission not among them. */
const TAKEN = { lost: 0, built: 1, backed: 2, included: 3, final: 4 };
/** A step that is late does not look as if it were reached. */
const MOST_FILLED = 0.94;

/**
 * The payment to show: the one that was submitted last, be it in the snapshot yet or not.
 * @param {Submitted | null} sent What this page sent last.
 * @param {Transaction | null} transaction The snapshot's.
 * @returns {Payment | null}
 */
export function shownPayment(sent, transaction) {
  const told = transaction?.submitted_at ?? null;
  if (transaction && told !== null && (!sent || told >= sent.submitted_at)) {
    return { ...transaction, submitted_at: told };
  }
  return sent && { ...sent, para: null, block: null, forked: false };
}

/**
 * @param {Payment} payment
 * @param {Waits} waits How long each step usually takes.
 * @param {number} now
 * @returns {Stage[]}
 */
export function trackOf(payment, waits, now) {
  const { submitted_at } = payment;
  const steps = milestonesOf(payment);
  const awaited = steps.filter(({ taken }) => taken).length;
  let reached = 0;
  const afters = steps.map(({ taken, moment }) => {
    // No step comes before the one that it follows, whatever two clocks say.
    if (taken && moment) reached = Math.max(reached, moment - submitted_at);
    return taken && moment ? reached : null;
  });
  const passed = Math.max(reached, now - submitted_at);
  return steps.map(({ id, name, note, text }, index) => {
    const stage = { id, name, note, text };
    if (index === awaited) return { ...stage, progress: "awaited", after: passed, filled: 0 };
    if (index > awaited) return { ...stage, progress: "open", after: null, filled: 0 };
    const next = steps[index + 1]?.id;
    const running = index === awaited - 1 && next && next !== "submitted";
    const filled = running ? Math.min(MOST_FILLED, (passed - reached) / waits[next]) : 1;
    return { ...stage, progress: "done", after: afters[index], filled };
  });
}

/**
 * The steps in order. The moment is when the server saw the step, if it did, for submission is by its clock too;
 * a timestamp is by the clock of the block's author.
 * @param {Payment} payment
 * @returns {(Pick<Stage, "id" | "name" | "note" | "text"> & { taken: boolean, moment: number | null | undefined })[]}
 */
function milestonesOf({ submitted_at, block, forked }) {
  const count = block ? TAKEN[block.state] : 0;
  const [at, backed, included] = count ? [block, block?.backed, block?.included] : [];
  /** @type {(what: string, step: RelayStep | null | undefined) => string} */
  const where = (what, step) => (step ? `${what} ${blockNumber(step.relay)}` : "");
  return [
    { id: "submitted", name: "Submitted", taken: true, moment: submitted_at, note: "", text: "Submitted" },
    { id: "block", name: "In a block", taken: count > 0, moment: at?.seen ?? at?.authored,
      note: at ? blockNumber(at.number) : forked ? "lost once" : "", text: `In block ${blockNumber(at?.number)}` },
    { id: "backed", name: "Backed", taken: count > 1, moment: backed?.seen ?? backed?.moment,
      note: where("relay", backed), text: `Backed${where(" in relay block", backed)}` },
    { id: "included", name: "Included", taken: count > 2, moment: included?.seen ?? included?.moment,
      note: where("relay", included), text: `Included${where(" in relay block", included)}` },
    { id: "final", name: "Final", taken: count > 3, moment: at?.final_at, note: "", text: "Final" },
  ];
}

/** What is awaited, and of whom. */
const AWAITED = {
  block: "Waiting for a collator to put it in a block.",
  backed: "Waiting for validators to back the block.",
  included: "Waiting for the block's proof to be available.",
  final: "Waiting for the relay chain to make it final.",
};

/**
 * Says how far a payment is. It changes with the steps alone, for each change is announced.
 * @param {Stage[]} track
 * @param {boolean} forked
 */
export function trackText(track, forked) {
  const last = track.findLast(({ progress }) => progress === "done");
  const awaited = track.find(({ progress }) => progress === "awaited");
  if (!last) return "";
  const after = last.id === "submitted" || last.after === null ? "" : ` after ${seconds(last.after)}`;
  const lost = last.id === "submitted" && forked ? " Its block lost to another one." : "";
  const next = awaited ? AWAITED[/** @type {keyof typeof AWAITED} */ (awaited.id)] : "The payment cannot be undone.";
  return `${last.text}${after}.${lost} ${next}`;
}
