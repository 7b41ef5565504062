// Checks the links of the Markdown files: the files that they lead to exist, and so do the anchors, as GitHub
// makes them from headings. Links to other sites are not followed.

import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { pathToFileURL } from "node:url";
import { files } from "./files.mjs";

const blank = (text) => text.replace(/[^\n]/g, " ");

/** The text with blanks for code and comments, so that everything else keeps its line. */
function prose(text) {
    const fenced = /^ {0,3}(`{3,}|~{3,})[^\n]*\n[^]*?(?:^ {0,3}\1[`~]*[ \t]*$|(?![^]))/gm;
    const comment = /<!--[^]*?-->/g;
    // Indented lines are code only after an empty line.
    const indented = /(?:^|\n[ \t]*\n)(?:(?: {4}|\t)[^\n]*(?:\n|$)(?:[ \t]*\n(?= {4}|\t))*)+/g;
    const span = /(`+)(?!`)[^]*?[^`]\1(?!`)/g;
    return [fenced, comment, indented, span].reduce((rest, code) => rest.replace(code, blank), text);
}

/** The links of a document, each with its line: inline ones, images, definitions and HTML. */
export function links(text) {
    const source = prose(text);
    const found = [];
    const patterns = [
        /\]\(\s*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:\s+(?:"[^"]*"|'[^']*'))?\s*\)/g,
        /^ {0,3}\[[^\]]+\]:\s*<?([^\s<>]+)>?/gm,
        /<(?:a|img)\s[^>]*?(?:href|src)\s*=\s*["']([^"']*)["']/g,
    ];
    for (const pattern of patterns) {
        for (const match of source.matchAll(pattern)) {
            const at = match.index + match[0].indexOf(match[1]);
            found.push({ target: match[1], line: source.slice(0, at).split("\n").length });
        }
    }
    return found.sort((a, b) => a.line - b.line);
}

/** The anchors of a document: those of its headings, and those that it sets itself. */
export function anchors(text) {
    const found = new Set();
    // Whether a line is a heading shows without the code, but code in a heading is part of the anchor.
    const lines = text.split("\n");
    const bare = prose(text).split("\n");
    lines.forEach((line, index) => {
        const isMarked = /^ {0,3}#{1,6}[ \t]/.test(bare[index]);
        const isUnderlined = /^ {0,3}(=+|-+)[ \t]*$/.test(bare[index + 1]);
        if (!isMarked && !(isUnderlined && /^ {0,3}[^\s#>|-]/.test(bare[index]))) return;
        const slug = line
            .trim()
            .replace(/^#+[ \t]+|[ \t]+#+$/g, "")
            .replace(/!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
            .replace(/(^|[^\p{L}\p{N}])_([^_]+)_(?![\p{L}\p{N}])/gu, "$1$2")
            .toLowerCase()
            .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, "")
            .replaceAll(" ", "-");
        let unique = slug;
        for (let count = 1; found.has(unique); count += 1) unique = `${slug}-${count}`;
        found.add(unique);
    });
    const own = /<\w+\s[^>]*?(?:id|name)\s*=\s*["']([^"']+)["']/g;
    for (const [, name] of prose(text).matchAll(own)) found.add(name);
    return found;
}

/** What is wrong with a link of `document`, or nothing. `read` returns the text of a file. */
export function broken(document, target, paths, read) {
    if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) return undefined;
    const [file, anchor] = target.split("#", 2).map((part) => decodeURIComponent(part));
    const folder = file.startsWith("/") ? "." : posix.dirname(document);
    const path = file === "" ? document : posix.join(folder, file).replace(/\/$/, "");
    const isFolder = path === "." || paths.some((one) => one.startsWith(`${path}/`));
    if (!isFolder && !paths.includes(path)) return `no file '${path}'`;
    if (!anchor) return undefined;
    const lines = /^L(\d+)(?:-L(\d+))?$/.exec(anchor);
    if (path.endsWith(".md")) {
        return anchors(read(path)).has(anchor) ? undefined : `no heading '#${anchor}' in '${path}'`;
    }
    if (!isFolder && lines) {
        const last = Number(lines[2] ?? lines[1]);
        return last <= read(path).split("\n").length ? undefined : `no line ${last} in '${path}'`;
    }
    return `'${path}' has no anchors`;
}

function main() {
    const paths = files();
    const read = (path) => readFileSync(path, "utf8");
    let failed = false;
    for (const document of paths.filter((path) => path.endsWith(".md"))) {
        for (const { target, line } of links(read(document))) {
            const error = broken(document, target, paths, read);
            if (error) console.error(`${document}:${line}: ${error}`);
            failed ||= error !== undefined;
        }
    }
    process.exitCode = failed ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();
