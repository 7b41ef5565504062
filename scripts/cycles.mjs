// Finds circular imports: Rust files of one crate that import each other, directly or through other files.
//
// An import is a path to an item of another file, in a `use` or anywhere else. An item belongs to the file
// that the path leads to, whether it is defined or re-exported there. These are no imports:
//
// - the declaration of a module (`mod name;`), and what its parent re-exports of it (`pub use name::Item;`)
// - code under `#[cfg(test)]`
// - paths to the root of a FRAME runtime or pallet (`crate::Runtime`, `crate::Config`), because FRAME's
//   macros generate these items there

import { existsSync, readFileSync } from "node:fs";
import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import { files } from "./files.mjs";

const TOKENS = [
    ["space", /\s+|\/\/[^\n]*/uy],
    ["literal", /[bc]?r(#*)"[^]*?"\1|[bc]?"(?:\\[^]|[^"\\])*"/uy],
    ["literal", /b?'(?:\\(?:u\{[^}]*\}|x[0-9a-fA-F]{2}|[^])|[^'\\\n])'/uy],
    ["lifetime", /'[\p{L}_][\p{L}\p{N}_]*/uy],
    ["name", /(?:r#)?[\p{L}_][\p{L}\p{N}_]*/uy],
    ["literal", /\d\w*/uy],
    ["sign", /::|[^]/uy],
];

/** The tokens of Rust source, without comments, each with its line. */
function lex(source) {
    const tokens = [];
    let at = 0;
    let line = 1;
    const advance = (end) => {
        line += source.slice(at, end).split("\n").length - 1;
        at = end;
    };
    while (at < source.length) {
        if (source.startsWith("/*", at)) {
            // Comments nest, which no regular expression follows.
            let depth = 0;
            let end = at;
            do {
                if (source.startsWith("/*", end)) [depth, end] = [depth + 1, end + 2];
                else if (source.startsWith("*/", end)) [depth, end] = [depth - 1, end + 2];
                else end += 1;
            } while (depth > 0 && end < source.length);
            advance(end);
            continue;
        }
        for (const [kind, pattern] of TOKENS) {
            pattern.lastIndex = at;
            const match = pattern.exec(source);
            if (!match) continue;
            if (kind !== "space") tokens.push({ kind, text: match[0].replace(/^r#(?=[\p{L}_])/u, ""), line });
            advance(pattern.lastIndex);
            break;
        }
    }
    return tokens;
}

const CLOSING = { "(": ")", "[": "]", "{": "}" };

/** The index after the bracket that closes the one at `start`. */
function after(tokens, start) {
    let depth = 0;
    for (let at = start; at < tokens.length; at += 1) {
        if (tokens[at].text in CLOSING) depth += 1;
        if (Object.values(CLOSING).includes(tokens[at].text)) depth -= 1;
        if (depth === 0) return at + 1;
    }
    return tokens.length;
}

/** The index after the item, statement or field at `start`, which may begin with attributes. */
function afterItem(tokens, start) {
    let at = start;
    while (tokens[at]?.text === "#") at = after(tokens, at + 1);
    const isPublic = tokens[at]?.text === "pub";
    if (isPublic) at = tokens[at + 1]?.text === "(" ? after(tokens, at + 1) : at + 1;
    const [word, second] = [tokens[at]?.text, tokens[at + 1]?.text];
    // These end with a semicolon, whatever braces they have.
    const isStatement = /^(use|let|static|type)$/.test(word) ||
        (word === "const" && !/^(fn|unsafe|async|extern)$/.test(second));
    // A field, a variant or an arm ends with a comma.
    const isField = !isStatement &&
        !/^(const|fn|mod|impl|struct|enum|trait|union|unsafe|async|extern|macro_rules)$/.test(word);
    while (at < tokens.length) {
        const { text } = tokens[at];
        if (text === ";" || (isField && text === ",")) return at + 1;
        if (Object.values(CLOSING).includes(text)) return at;
        if (text in CLOSING) {
            at = after(tokens, at);
            if (text === "{" && !isStatement) return at;
        } else {
            at += 1;
        }
    }
    return at;
}

/** Whether an attribute (its tokens, without the brackets) compiles an item for tests only. */
function isTest(attribute) {
    const text = attribute.filter((token) => token.kind !== "literal").map((token) => token.text).join("");
    const isAll = text.startsWith("cfg(all(") && /[(,]test[,)]/.test(text);
    return text === "cfg(test)" || (isAll && !/not\(|any\(/.test(text));
}

/** The paths of the `use` whose tree begins at `start`, and the index after it. */
function parseUse(tokens, start, isPublic) {
    const paths = [];
    let at = start;
    const tree = (prefix) => {
        let segments = prefix;
        let line = tokens[at]?.line;
        let alias;
        if (tokens[at]?.text === "::") [segments, at] = [["::"], at + 1]; // a path of another crate
        while (at < tokens.length) {
            const token = tokens[at];
            at += 1;
            if (token.text === "{") {
                while (at < tokens.length && tokens[at].text !== "}") {
                    tree(segments);
                    if (tokens[at]?.text === ",") at += 1;
                }
                at += 1;
                return;
            }
            if (token.kind === "name") {
                ({ line } = token);
                const isItself = token.text === "self" && segments.length > 0;
                if (!isItself) segments = [...segments, token.text];
            }
            if (tokens[at]?.text === "as") [alias, at] = [tokens[at + 1]?.text, at + 2];
            if (tokens[at]?.text !== "::" && token.text !== "$") {
                const name = token.text === "*" ? undefined : (alias ?? segments.at(-1));
                paths.push({ segments, line, name, isPublic });
                return;
            }
            if (tokens[at]?.text === "::") at += 1;
        }
    };
    tree([]);
    return { paths, end: at };
}

const module = (name) => ({ name, modules: [], paths: [], macros: [] });

/**
 * The module of a file, with the modules declared in it. `paths` are the paths that a module contains. Those
 * of a `use` have a `name`, by which the module refers to the item.
 */
export function parse(source) {
    const tokens = lex(source);
    const top = module("");
    const open = [{ module: top, depth: 0 }];
    let depth = 0;
    let file;
    let at = 0;
    const text = (index) => tokens[index]?.text;
    while (at < tokens.length) {
        const inside = open.at(-1).module;
        const token = tokens[at];
        const bracket = text(at + 1) === "!" ? at + 2 : at + 1;
        if (token.text === "#" && text(bracket) === "[") {
            const first = bracket + 1;
            const end = after(tokens, first - 1);
            const attribute = tokens.slice(first, end - 1);
            const words = attribute.map((one) => one.text);
            const name = words.join("").split(/[([=]/)[0];
            if (isTest(attribute)) {
                if (text(at + 1) === "!") return module("");
                at = afterItem(tokens, end);
                continue;
            }
            if (name === "path") file = JSON.parse(words.at(-1));
            if (name === "macro_export") {
                const macro = tokens.findIndex((one, index) => index >= end && one.text === "macro_rules");
                top.macros.push(text(macro + 2)); // after the exclamation mark
            }
            top.isFrame ||= /(^|::)(pallet|runtime)$/.test(name);
            at = first;
        } else if (token.text === "construct_runtime" && text(at + 1) === "!") {
            top.isFrame = true;
            at += 2;
        } else if (token.text === "mod" && [";", "{"].includes(text(at + 2))) {
            const child = module(text(at + 1));
            inside.modules.push(child);
            if (text(at + 2) === "{") {
                depth += 1;
                open.push({ module: child, depth });
            } else {
                child.isFile = true;
                child.file = file;
            }
            file = undefined;
            at += 3;
        } else if (token.text === "use" && text(at + 1) !== "<") {
            const isPublic = text(at - 1) === "pub" || text(at - 1) === ")";
            const { paths, end } = parseUse(tokens, at + 1, isPublic);
            inside.paths.push(...paths);
            at = end;
        } else if (token.kind === "name" && text(at + 1) === "::" && text(at - 1) !== "::") {
            const segments = [token.text];
            let end = at + 1;
            while (text(end) === "::" && tokens[end + 1]?.kind === "name") {
                segments.push(text(end + 1));
                end += 2;
            }
            const isVisibility = text(at - 1) === "in" && text(at - 2) === "(" && text(at - 3) === "pub";
            if (segments.length > 1 && !isVisibility) inside.paths.push({ segments, line: token.line });
            at = end;
        } else {
            if (token.text === "{") depth += 1;
            if (token.text === "}") {
                if (open.length > 1 && open.at(-1).depth === depth) open.pop();
                depth -= 1;
            }
            at += 1;
        }
    }
    return top;
}

/**
 * The imports in the crate whose root is `root`: from which file and line, to which file, by which path.
 * `read` returns the text of a file, or nothing if there is none.
 */
export function imports(root, read) {
    const crate = { ...parse(read(root)), file: root };
    const all = [];
    const macros = new Map();

    // Links the modules to their parents and their files.
    const load = (inside, folder) => {
        inside.children = new Map();
        const named = inside.paths.filter((path) => path.name);
        inside.names = new Map(named.map((path) => [path.name, path]));
        all.push(inside);
        for (const name of inside.macros) macros.set(name, inside);
        for (const declared of inside.modules) {
            const { name } = declared;
            let child = { ...declared, file: inside.file, parent: inside };
            let below = posix.join(folder, name);
            if (declared.isFile) {
                const besides = posix.join(posix.dirname(inside.file), declared.file ?? "");
                const paths = declared.file ? [besides] : [`${below}.rs`, `${below}/mod.rs`];
                const path = paths.find((one) => read(one) !== undefined);
                if (!path) continue;
                child = { ...parse(read(path)), name, file: path, parent: inside };
                if (declared.file) below = posix.dirname(path);
            }
            inside.children.set(name, child);
            load(child, below);
        }
    };
    load(crate, posix.dirname(root));

    // The module that a path leads to, or the module of the item that it leads to; nothing in another crate.
    const resolve = (inside, segments, depth = 0) => {
        const [first, ...rest] = segments;
        const starts = { crate, self: inside, super: inside.parent };
        let at = Object.hasOwn(starts, first) ? starts[first] : inside.children.get(first);
        if (!at) {
            const name = inside.names.get(first);
            // Names may go in a circle, as in `use {one::two, two::one}`.
            return name && depth < 8 ? resolve(inside, [...name.segments, ...rest], depth + 1) : undefined;
        }
        for (const segment of rest) {
            if (at === crate && macros.has(segment)) return macros.get(segment);
            const next = segment === "super" ? at.parent : at.children.get(segment);
            if (!next) break;
            at = next;
        }
        return at;
    };

    const found = [];
    for (const inside of all) {
        for (const { segments, line, name, isPublic } of inside.paths) {
            const to = resolve(inside, segments)?.file;
            const isRootOfFrame = to === root && crate.isFrame;
            // A path that begins with an imported name counts only if it leads to another file than the name.
            const use = inside.children.has(segments[0]) ? undefined : inside.names.get(segments[0]);
            const isKnown = name === undefined && use && resolve(inside, use.segments)?.file === to;
            const isListed = isPublic && [...inside.children.values()].some((child) => child.file === to);
            if (to && to !== inside.file && !isRootOfFrame && !isKnown && !isListed) {
                found.push({ from: inside.file, line, to, path: segments.join("::") });
            }
        }
    }
    return found;
}

/** For each import the shortest cycle that it is part of, as a list of files. No cycle comes twice. */
export function cycles(edges) {
    const next = new Map();
    for (const { from, to } of edges) next.set(from, (next.get(from) ?? new Set()).add(to));
    const found = new Map();
    for (const { from, to } of edges) {
        const before = new Map([[to, undefined]]);
        for (const at of before.keys()) {
            for (const one of next.get(at) ?? []) if (!before.has(one)) before.set(one, at);
        }
        if (!before.has(from)) continue;
        const cycle = [];
        for (let at = from; at !== undefined; at = before.get(at)) cycle.unshift(at);
        const first = cycle.indexOf([...cycle].sort()[0]);
        const turned = [...cycle.slice(first), ...cycle.slice(0, first)];
        found.set(turned.join(" "), turned);
    }
    return [...found.values()].sort((a, b) => a.length - b.length || (a[0] < b[0] ? -1 : 1));
}

/** The roots of the crates: libraries, and binaries wherever their manifest has them. */
function roots(paths, read) {
    const usual = /(^|\/)src\/(lib|main|bin\/[^/]+|bin\/[^/]+\/main)\.rs$/;
    const found = paths.filter((path) => usual.test(path));
    for (const manifest of files("Cargo.toml", "*/Cargo.toml")) {
        for (const [, path] of read(manifest).matchAll(/^path = "(src\/.*\.rs)"$/gm)) {
            found.push(posix.join(posix.dirname(manifest), path));
        }
    }
    return [...new Set(found)].filter((path) => paths.includes(path));
}

function main() {
    const paths = files("*/src/**/*.rs", "*/src/*.rs");
    const read = (path) => (existsSync(path) ? readFileSync(path, "utf8") : undefined);
    const edges = roots(paths, read).flatMap((root) => imports(root, read));
    const found = cycles(edges);
    for (const cycle of found) {
        console.error(`circular import of ${cycle.length} files: ${[...cycle, cycle[0]].join(" -> ")}`);
        cycle.forEach((from, index) => {
            const to = cycle[(index + 1) % cycle.length];
            const lines = new Map();
            for (const { line, path, ...edge } of edges) {
                if (edge.from !== from || edge.to !== to) continue;
                lines.set(line, lines.has(line) ? `${lines.get(line)}, ${path}` : `imports ${path}`);
            }
            for (const [line, what] of lines) console.error(`${from}:${line}: ${what}`);
        });
    }
    process.exitCode = found.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
