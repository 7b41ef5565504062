// @ts-check
// The distributions: how long blocks took from one step to the next, and how deep the unincluded segment was.
// Each is a row of columns; the note says as text what the columns show.

import { find, keyed, say, set } from "./dom.js";
import { blockNumber, count } from "./format.js";
import { medianOf } from "./model.js";

/** @import { Para } from "./types.d.ts" */

/** The newest blocks whose depth is shown. */
const DEPTHS = 60;

/**
 * @typedef {object} Chart
 * @property {string} name
 * @property {string} note
 * @property {{ value: number, title: string }[]} columns
 * @property {number} top The value of a column of full height.
 * @property {[string, string]} ends What the first and the last column stand for.
 */

/**
 * @param {Para} para
 * @returns {Chart[]}
 */
export function chartsOf(para) {
  const { interval, backing, inclusion, finality } = para.distributions;
  return [
    bySecond("Interval between blocks", interval),
    bySecond("Authored to backed", backing),
    bySecond("Backed to included", inclusion),
    bySecond("Authored to final", finality),
    depths(para),
  ];
}

/**
 * How many blocks took how many seconds.
 * @param {string} name
 * @param {number[]} counts
 * @returns {Chart}
 */
function bySecond(name, counts) {
  const shown = counts.slice(0, counts.findLastIndex((value) => value > 0) + 1);
  const total = shown.reduce((sum, value) => sum + value, 0);
  const median = medianOf(counts);
  /** @param {number} second */
  const range = (second) => (second === counts.length - 1 ? `${second} s or more` : `${second} s`);
  return {
    name,
    note: median === null ? "no blocks yet" : `median ${range(median)}, ${count(total)} blocks`,
    columns: shown.map((value, second) => ({ value, title: `${range(second)}: ${count(value)}` })),
    top: Math.max(...shown),
    ends: ["0 s", total ? range(shown.length - 1) : ""],
  };
}

/**
 * The unincluded segment's depth, block by block.
 * @param {Para} para
 * @returns {Chart}
 */
function depths({ blocks, cadences }) {
  const known = blocks.flatMap(({ number, depth }) => (depth === null ? [] : [{ number, depth }])).slice(-DEPTHS);
  const capacity = cadences.at(-1)?.capacity ?? 0;
  const most = Math.max(0, ...known.map(({ depth }) => depth));
  const note = `last ${known.length} blocks, most ${most}${capacity ? ` of ${capacity}` : ""}`;
  return {
    name: "Unincluded segment depth",
    note: known.length ? note : "not known",
    columns: known.map(({ number, depth }) => ({ value: depth, title: `${blockNumber(number)}: ${depth}` })),
    top: Math.max(most, capacity),
    ends: known.length ? [blockNumber(known[0].number), blockNumber(known[known.length - 1].number)] : ["", ""],
  };
}

/** @param {Para} para */
export function renderCharts(para) {
  keyed(find("distributions"), "chart", chartsOf(para), ({ name }) => name, (element, chart) => {
    const [title, note, area, ends] = element.children;
    say(title, chart.name);
    say(note, chart.note);
    chart.ends.forEach((text, index) => say(ends.children[index], text));
    set(area, { "aria-label": `${chart.name}: ${chart.note}` });
    keyed(area, "column", chart.columns, (_, index) => index, (column, { value, title }) => {
      const [bar] = set(column, { title }).children;
      if (bar instanceof HTMLElement) bar.style.height = `${(100 * value) / chart.top}%`;
    });
  });
}
