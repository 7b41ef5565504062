// @ts-check
// The shape of the page: what the server has to serve, and that no module depends on itself.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const folder = new URL("../", import.meta.url);
const read = (/** @type {string} */ name) => readFileSync(new URL(name, folder), "utf8");
const importsOf = (/** @type {string} */ name) =>
  [...read(name).matchAll(/^import .* from "\.\/(.*)";$/gm)].map(([, imported]) => imported);

test("main.js needs every module, and no module needs itself", () => {
  const known = new Set();
  const visit = (/** @type {string} */ name, /** @type {string[]} */ path) => {
    assert.ok(!path.includes(name), `${[...path, name].join(" imports ")}`);
    if (known.has(name)) return;
    for (const imported of importsOf(name)) visit(imported, [...path, name]);
    known.add(name);
  };
  visit("main.js", []);
  assert.deepEqual([...known].sort(), readdirSync(folder).filter((name) => name.endsWith(".js")).sort());
});

test("what has no elements in it needs none", () => {
  for (const name of ["format", "model", "texts", "selection", "axis", "bars", "boxes", "layout", "track"]) {
    assert.doesNotMatch(read(`${name}.js`), /document|window|Element\b|dom\.js/, name);
  }
});

test("each module says what it is, and is checked", () => {
  for (const name of readdirSync(folder).filter((name) => name.endsWith(".js"))) {
    assert.match(read(name), /^\/\/ @ts-check\n\/\/ [A-Z]/, name);
    assert.ok(read(name).split("\n").length <= 250, name);
  }
});
