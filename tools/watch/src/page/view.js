// @ts-check
// The state of the page, and how it is shown: the newest snapshot, what the user chose, and the picture as last
// drawn. Each snapshot and each choice renders the page anew. The other modules that render get what they show.

import { GUTTER, axisOf, liveEnd } from "./axis.js";
import { renderCharts } from "./charts.js";
import { renderDetails, renderTransaction } from "./details.js";
import { find } from "./dom.js";
import { renderFigures } from "./figures.js";
import { renderConnection, renderHeader } from "./header.js";
import { layOut } from "./layout.js";
import { aheadOf, chosenPara, findBlock, isSnapshot } from "./model.js";
import { renderPayment, renderTrack } from "./payment.js";
import { draw } from "./picture.js";
import { renderTables } from "./tables.js";

/** @import { Frame } from "./layout.js" */
/** @import { Parablock, Snapshot } from "./types.d.ts" */

/** The picture slides on for so long after a snapshot, at most. */
const SLIDE_MILLIS = 2_000;

/** What the user chose. */
export const choice = {
  /** The id of the chosen parachain; the first one if null. @type {number | null} */
  para: null,
  /** The snapshot that the picture shows while it is held. @type {Snapshot | null} */
  held: null,
  /** The moment at the picture's right edge while it is held. @type {number | null} */
  end: null,
  /** The milliseconds that the picture shows. */
  span: 120_000,
  /** The selected block as last seen, for it may leave the snapshot. @type {Parablock | null} */
  selected: null,
};

/** What came last, and what was made of it. */
const state = {
  /** @type {Snapshot | null} */
  snapshot: null,
  /** When the snapshot came, by performance.now(). */
  received: 0,
  /** How far the server's clock is ahead of performance.now(). */
  ahead: -Infinity,
  live: false,
  /** The picture as last drawn, if there is one. @type {Frame | null} */
  frame: null,
  /** @type {(millis: number) => void} */
  slide: () => {},
  /** Rows that the picture's parablocks take turns in. */
  rows: 1,
};

const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const pictureWidth = () => find("drawing", SVGSVGElement).clientWidth;
const serverNow = () => performance.now() + state.ahead;

export const newest = () => state.snapshot;
/** The snapshot that the picture shows. */
export const drawn = () => choice.held ?? state.snapshot;
export const frame = () => state.frame;
/**
 * The right edge of the picture of a snapshot while it is live.
 * @param {Snapshot} snapshot
 */
export const edgeOf = ({ now }) => liveEnd(now, pictureWidth(), choice.span);

/**
 * Takes what the server sent. What is no snapshot of the version that the page knows is not shown.
 * @param {unknown} message
 */
export function take(message) {
  const known = isSnapshot(message);
  find("mismatch").hidden = known;
  find("content").hidden = !known;
  showConnection(true);
  state.snapshot = known ? message : null;
  if (!known) return;
  state.received = performance.now();
  state.ahead = aheadOf(state.ahead, message.now - state.received);
  render();
}

/** @param {boolean} live */
export function showConnection(live) {
  state.live = live;
  renderConnection(live);
}

export function render() {
  const { snapshot } = state;
  if (!snapshot || document.hidden) return;
  const para = chosenPara(snapshot, choice.para);
  const empty = !para?.blocks.length;
  find("waiting").hidden = !empty;
  for (const part of document.querySelectorAll(".wants-blocks")) part.toggleAttribute("hidden", empty);
  renderHeader(snapshot, para);
  renderPayment(snapshot, para, serverNow());
  renderTransaction(snapshot);
  renderPicture();
  find("figures").hidden = !para;
  if (!para) return;
  renderFigures(snapshot, para);
  renderDetails(choice.selected, snapshot);
  renderCharts(para);
  renderTables(snapshot, para, choice.selected?.hash);
}

export function renderPicture() {
  const snapshot = drawn();
  const para = snapshot && chosenPara(snapshot, choice.para);
  state.frame = null;
  const empty = !para || snapshot.relay_blocks.length === 0;
  find("pipeline").hidden = empty;
  if (empty || pictureWidth() <= GUTTER) return;
  choice.selected = findBlock(para, choice.selected?.hash) ?? choice.selected;
  const axis = axisOf(pictureWidth(), choice.span, choice.end ?? edgeOf(snapshot));
  state.frame = layOut(snapshot, para, axis, { rows: state.rows, selected: choice.selected?.hash });
  state.rows = state.frame.rows;
  state.slide = draw(state.frame, choice.selected?.hash);
  tick();
}

/** Moves on by the clock what moves between two snapshots. */
export function tick() {
  const moves = state.live && !choice.held && !stillness.matches;
  if (state.frame) state.slide(moves ? Math.min(performance.now() - state.received, SLIDE_MILLIS) : 0);
  renderTrack(serverNow());
}
