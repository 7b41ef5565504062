// @ts-check
// Values as text: numbers, times, sizes. Each function takes one value and knows nothing of what it is of.
// What is not known is a dash, so that a caller need not ask first.

export const UNKNOWN = "–";

const integers = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const amounts = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 5 });
// Times are UTC, as the moment above the picture says, whatever the zone of who looks.
const clocks = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });
const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long", timeZone: "UTC" });

/** @typedef {number | null | undefined} MaybeNumber */

/**
 * A value as `format` has it, or a dash if it is not known.
 * @template T
 * @param {T | null | undefined} value
 * @param {(value: T) => string} format
 */
export const known = (value, format) => (value === null || value === undefined ? UNKNOWN : format(value));

/** @param {MaybeNumber} value */
export const count = (value) => known(value, integers.format);

/** @param {number} value */
export const amount = (value) => amounts.format(value);

/** @param {MaybeNumber} number */
export const blockNumber = (number) => known(number, (number) => `#${integers.format(number)}`);

/** A length of time that was measured. @param {MaybeNumber} millis */
export const seconds = (millis) => known(millis, (millis) => `${tenths.format(millis / 1_000)} s`);

/** A length of time that goes on: its whole seconds. @param {MaybeNumber} millis */
export const wholeSeconds = (millis) => known(millis, (millis) => `${integers.format(Math.floor(millis / 1_000))} s`);

/** A length of time that is set, not measured: without needless zeros. @param {MaybeNumber} millis */
export const setSeconds = (millis) => known(millis, (millis) => `${millis / 1_000} s`);

/** @param {MaybeNumber} moment */
export const time = (moment) => known(moment, clocks.format);

/** @param {number} moment */
export const date = (moment) => dates.format(moment);

/**
 * @param {number} part
 * @param {number} whole
 */
export const percent = (part, whole) => (whole > 0 ? `${tenths.format((100 * part) / whole)} %` : UNKNOWN);

/** Execution time. @param {number} picoseconds */
export const execution = (picoseconds) =>
  picoseconds < 1e12 ? `${tenths.format(picoseconds / 1e9)} ms` : seconds(picoseconds / 1e9);

/** @param {number} size */
export const bytes = (size) =>
  size < 2 ** 20 ? `${tenths.format(size / 2 ** 10)} KiB` : `${tenths.format(size / 2 ** 20)} MiB`;

/** A hash or a key, in the room of a name. @param {string | null} name */
export const shorten = (name) =>
  known(name, (name) => (name.length > 12 ? `${name.slice(0, 6)}…${name.slice(-4)}` : name));
