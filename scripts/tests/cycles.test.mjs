import assert from "node:assert/strict";
import { test } from "node:test";
import { cycles, imports } from "../cycles.mjs";

/** The imports of a crate whose root is lib.rs, as "from:line to". */
function edges(sources) {
    return imports("src/lib.rs", (path) => sources[path.replace("src/", "")]).map(
        ({ from, line, to }) => `${from}:${line} ${to}`.replaceAll("src/", ""),
    );
}

test("two files that import each other are a cycle, and so are three", () => {
    const sources = {
        "src/lib.rs": "mod a;\nmod b;\nmod c;\nmod d;\n",
        "src/a.rs": "use crate::b::B;\n",
        "src/b.rs": "fn f() -> crate::a::A {}\nuse super::c::C;\n",
        "src/c.rs": "use crate::{d::{self, D}};\n",
        "src/d.rs": "use crate::b::B as Other;\n",
    };
    const found = imports("src/lib.rs", (path) => sources[path]);
    assert.deepEqual(cycles(found), [
        ["src/a.rs", "src/b.rs"],
        ["src/b.rs", "src/c.rs", "src/d.rs"],
    ]);
});

test("files that import in one direction are no cycle", () => {
    const sources = { "src/lib.rs": "mod a; mod b;", "src/a.rs": "use crate::b::B;", "src/b.rs": "" };
    assert.deepEqual(cycles(imports("src/lib.rs", (path) => sources[path])), []);
});

test("an import has its line, wherever it is", () => {
    const sources = {
        "lib.rs": "mod a;\nmod b;\n",
        "a.rs": `use std::{
    fmt,
};
use super::{
    b::{
        B,
    },
};
#[with(crate::b::f)]
fn f() {
    crate::b::f()
}
`,
        "b.rs": "",
    };
    assert.deepEqual(edges(sources), ["a.rs:6 b.rs", "a.rs:9 b.rs", "a.rs:11 b.rs"]);
});

test("an item that the root defines or re-exports is an import of the root, which does not import its children by that", () => {
    const sources = {
        "lib.rs": "mod a;\nmod b;\npub use b::B;\nstruct Own;\n",
        "a.rs": "use crate::B;\nuse crate::Own;\n",
        "b.rs": "struct B;",
    };
    assert.deepEqual(edges(sources), ["a.rs:1 lib.rs", "a.rs:2 lib.rs"]);
});

test("the declaration of a module is no import", () => {
    assert.deepEqual(edges({ "lib.rs": "pub mod a;", "a.rs": "pub mod b;", "a/b.rs": "" }), []);
});

test("code of tests does not count", () => {
    const sources = {
        "lib.rs": "mod a;\n#[cfg(test)]\nmod tests;\n",
        "a.rs": `#[cfg(test)]
#[allow(unused)]
pub(crate) use crate::tests::{one, two};
#[cfg(all(test, feature = "std"))]
impl<const N: usize> A<N> { fn f() { crate::f(); } }
#[cfg(test)]
const fn f() { crate::f() }
#[cfg(test)]
pub struct S<A, B> { field: crate::Own }
#[cfg(test)]
mod tests { use crate::Own; }
#[cfg(any(test, feature = "std"))]
use crate::Own;
#[cfg(all(not(test), feature = "std"))]
use crate::Own;
`,
        "tests.rs": "use crate::a::A;",
    };
    assert.deepEqual(edges(sources), ["a.rs:13 lib.rs", "a.rs:15 lib.rs"]);
});

test("the root of a FRAME pallet or runtime does not count", () => {
    const child = "use crate::{Config, Pallet};\nuse super::*;\n";
    const roots = [
        "mod a;\n#[frame_support::pallet]\npub mod pallet {}\n",
        "mod a;\nconstruct_runtime!(pub enum Runtime { System: frame_system });\n",
        "mod a;\n#[frame_support::runtime]\nmod runtime {}\n",
    ];
    for (const root of roots) assert.deepEqual(edges({ "lib.rs": root, "a.rs": child }), []);
    assert.equal(edges({ "lib.rs": "mod a;\n", "a.rs": child }).length, 3);
});

test("text, comments and lifetimes are no imports", () => {
    const sources = {
        "lib.rs": "mod a;",
        "a.rs": `//! crate::A, a 'quote
/* crate::B /* nested: crate::C */ crate::D */
fn f<'a>(x: &'a str) -> char { let _ = ["crate::E \\" {", r#"crate::"F" {"#, b'{', '\\'']; '}' }
pub(in crate::outside) fn g() { x.collect::<Vec<_>>(); ::child::of_another_crate(); }
use ::child::B;
use {one::two, two::one};
fn h() { two::f(); }
use crate::G;
mod child;
`,
        "a/child.rs": "",
    };
    assert.deepEqual(edges(sources), ["a.rs:8 lib.rs"]);
});

test("paths may begin with a child, an imported module, or an inline module's parent", () => {
    const sources = {
        "lib.rs": `mod a;
mod b;
mod c { mod d { use super::super::b::B; fn f() { super::super::f(); } } }
use b::B;
`,
        "a.rs": "use crate::b;\nfn f() { b::deep::f(); b::g(); Other::new(); }\n",
        "b.rs": "mod deep;\nfn f() { deep::f(); self::deep::g(); }\n",
        "b/deep.rs": "",
    };
    assert.deepEqual(edges(sources), [
        "lib.rs:4 b.rs",
        "a.rs:1 b.rs",
        "a.rs:2 b/deep.rs",
        "b.rs:2 b/deep.rs",
        "b.rs:2 b/deep.rs",
        "lib.rs:3 b.rs",
    ]);
});

test("modules are found where Rust looks for them", () => {
    const sources = {
        "lib.rs": '#[path = "other/place.rs"]\nmod a;\nmod b;\nmod inline { mod c; }\n',
        "other/place.rs": "mod e;\nuse crate::b::d::D;\n",
        "other/e.rs": "use crate::b::B;\n",
        "b/mod.rs": "pub mod d;\nuse crate::inline::c::C;\n",
        "b/d.rs": "",
        "inline/c.rs": "use crate::a::A;\n",
    };
    assert.deepEqual(edges(sources), [
        "other/place.rs:2 b/d.rs",
        "other/e.rs:1 b/mod.rs",
        "b/mod.rs:2 inline/c.rs",
        "inline/c.rs:1 other/place.rs",
    ]);
});

test("an exported macro belongs to the file that defines it", () => {
    const sources = {
        "lib.rs": "mod a;\nmod b;\n",
        "a.rs": "fn f() { crate::say!(); }\n",
        "b.rs": "#[macro_export]\nmacro_rules! say { () => { $crate::b::f() } }\n",
    };
    assert.deepEqual(edges(sources), ["a.rs:1 b.rs"]);
});
