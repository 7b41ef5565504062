// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../format.js";

test("what is not known is a dash, and zero is known", () => {
  assert.equal(format.count(null), "–");
  assert.equal(format.seconds(undefined), "–");
  assert.equal(format.count(0), "0");
  assert.equal(format.time(0), "00:00:00");
});

test("numbers have their thousands apart", () => {
  assert.equal(format.count(1_234_567), "1,234,567");
  assert.equal(format.blockNumber(1_234), "#1,234");
  assert.equal(format.amount(326_666.6667), "326,670");
});

test("a measured length has tenths, a set one has no needless zeros, a running one has whole seconds", () => {
  assert.equal(format.seconds(6_000), "6.0 s");
  assert.equal(format.seconds(600_000), "600.0 s");
  assert.equal(format.setSeconds(6_000), "6 s");
  assert.equal(format.setSeconds(1_500), "1.5 s");
  assert.equal(format.wholeSeconds(5_999), "5 s");
  assert.equal(format.wholeSeconds(60_000), "60 s");
});

test("times are UTC, whatever the zone of who looks", () => {
  const zone = process.env.TZ;
  process.env.TZ = "Pacific/Kiritimati";
  assert.equal(format.time(Date.UTC(2026, 10, 27, 23, 4, 5)), "23:04:05");
  assert.equal(format.date(Date.UTC(2026, 10, 27, 23, 4, 5)), "27 Nov 2026, 23:04:05 UTC");
  if (zone === undefined) delete process.env.TZ;
  else process.env.TZ = zone;
});

test("weight is picoseconds and bytes", () => {
  assert.equal(format.execution(5_262_269_000), "5.3 ms");
  assert.equal(format.execution(1e12), "1.0 s");
  assert.equal(format.bytes(1_536), "1.5 KiB");
  assert.equal(format.bytes(2 ** 20), "1.0 MiB");
  assert.equal(format.bytes(1.5 * 2 ** 20), "1.5 MiB");
});

test("a share of nothing is not known", () => {
  assert.equal(format.percent(2, 3), "66.7 %");
  assert.equal(format.percent(0.5, 1), "50.0 %");
  assert.equal(format.percent(1, 0), "–");
});

test("a long name is shortened to its ends", () => {
  assert.equal(format.shorten("0x0123456789abcdef"), "0x0123…cdef");
  assert.equal(format.shorten("abcdefghijklm"), "abcdef…jklm");
  assert.equal(format.shorten("abcdefghijkl"), "abcdefghijkl");
  assert.equal(format.shorten(null), "–");
});
