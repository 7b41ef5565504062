// @ts-check
// The selected block: how elements say which block they show and whether it is selected, and what a screen
// reader hears when the user selects another. All of it is pure.

import { blockNumber } from "./format.js";
import { stateText } from "./texts.js";

/** @import { Dictionary, Parablock } from "./types.d.ts" */

/**
 * The attributes of an element that shows a block. A click finds the block by them, and so does a test.
 * @param {Parablock} block
 * @param {string | undefined} selected The hash of the selected block.
 */
export const blockAttributes = ({ hash, state }, selected) =>
  ({ "data-hash": hash, "data-state": state, "data-selected": hash === selected });

/**
 * What to announce as the selection changes; null if it does not.
 * @param {Parablock | null} before
 * @param {Parablock | null} after
 * @param {Dictionary} reasons
 */
export function selectionText(before, after, reasons) {
  if (before?.hash === after?.hash) return null;
  if (after) return `Parablock ${blockNumber(after.number)} selected, ${stateText(after, reasons)}`;
  return before && `Parablock ${blockNumber(before.number)} deselected`;
}
