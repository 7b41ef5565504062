// @ts-check
// What the user does: holds the picture and moves through time, selects blocks, chooses a parachain. All of it
// goes by mouse and by keyboard. A selection is announced to screen readers.

import { movedEnd } from "./axis.js";
import { find, say, set } from "./dom.js";
import { beginOf, chosenPara, findBlock } from "./model.js";
import { selectionText } from "./selection.js";
import { choice, drawn, edgeOf, frame, newest, render, renderPicture } from "./view.js";

/** @import { Parablock } from "./types.d.ts" */

/**
 * Holds the picture with this moment at its right edge, or lets it go on if that is null.
 * @param {number | null} end
 */
function hold(end) {
  choice.held = end === null ? null : drawn();
  choice.end = end;
  say(set(find("pause"), { "aria-pressed": end !== null }), end === null ? "Pause" : "Go live");
  render();
}

function pause() {
  const snapshot = newest();
  if (snapshot) hold(choice.held ? null : edgeOf(snapshot));
}

/**
 * Moves through time by a quarter of what is shown; beyond now means live.
 * @param {-1 | 1} direction
 */
function move(direction) {
  const [snapshot, picture] = [drawn(), frame()];
  if (snapshot && picture) hold(movedEnd(direction, picture.axis, snapshot.relay_blocks[0].moment, edgeOf(snapshot)));
}

/** @param {-1 | 1} direction */
function zoom(direction) {
  const choices = [...find("zoom").querySelectorAll("input")];
  choices[choices.findIndex(({ checked }) => checked) - direction]?.click();
}

/** @param {Parablock | null} block */
function select(block) {
  const text = selectionText(choice.selected, block, newest()?.reasons ?? {});
  choice.selected = block;
  if (text !== null) say(find("selection"), text);
  render();
}

/**
 * Selects the block before or after the selected one, and brings it into view.
 * @param {-1 | 1} direction
 */
function step(direction) {
  const [snapshot, picture] = [drawn(), frame()];
  if (!snapshot || !picture) return;
  const { blocks, axis } = picture;
  const index = blocks.findIndex(({ hash }) => hash === choice.selected?.hash);
  const block = index < 0 ? blocks.at(-1) : blocks[index + direction];
  const begin = block && beginOf(block);
  if (!block || !begin) return;
  if (begin < axis.start || begin > axis.end) hold(Math.min(begin + choice.span / 2, edgeOf(snapshot)));
  select(block);
}

/** @type {Record<string, () => void>} */
const KEYS = {
  ArrowLeft: () => move(-1),
  ArrowRight: () => move(1),
  ArrowUp: () => step(-1),
  ArrowDown: () => step(1),
  "+": () => zoom(1),
  "-": () => zoom(-1),
  " ": pause,
  End: () => hold(null),
  Escape: () => select(null),
};

/** @param {KeyboardEvent} event */
function onKey(event) {
  const act = KEYS[event.key];
  if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  act();
}

/** Selects the block of what was clicked. @param {Event} event */
function onClick({ target }) {
  const element = target instanceof Element ? target.closest("[data-hash]") : null;
  const hash = element?.getAttribute("data-hash");
  if (!hash) return;
  const paras = [drawn(), newest()].map((snapshot) => snapshot ? chosenPara(snapshot, choice.para) : undefined);
  const block = findBlock(paras[0], hash) ?? findBlock(paras[1], hash);
  if (block) select(block);
}

export function listenForControls() {
  find("picture").addEventListener("keydown", onKey);
  find("picture").addEventListener("click", onClick);
  find("blocks-table").addEventListener("click", onClick);
  find("back").addEventListener("click", () => move(-1));
  find("forward").addEventListener("click", () => move(1));
  find("pause").addEventListener("click", pause);
  find("reload").addEventListener("click", () => location.reload());
  find("zoom").addEventListener("change", ({ target }) => {
    if (target instanceof HTMLInputElement) choice.span = Number(target.value);
    hold(choice.end);
  });
  find("para").addEventListener("change", () => {
    choice.para = Number(find("para", HTMLSelectElement).value);
    select(null);
  });
  document.addEventListener("visibilitychange", render);
  new ResizeObserver(renderPicture).observe(find("drawing", SVGSVGElement));
}
