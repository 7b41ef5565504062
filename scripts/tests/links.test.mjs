import assert from "node:assert/strict";
import { test } from "node:test";
import { anchors, broken, links } from "../links.mjs";

const targets = (text) => links(text).map(({ target, line }) => `${line} ${target}`);

test("links are found in all their forms, with their lines", () => {
    const text = `[a](a.md) and ![b](b.png "a title"), [a text on
two lines](c.md#d)
[![an image](e.png)](f.md)
[g (1)](g_(1).md) [h](<h.md>)

[i]: i.md
<a href="j.md">j</a>
`;
    assert.deepEqual(
        targets(text).join(", "),
        "1 a.md, 1 b.png, 2 c.md#d, 3 e.png, 3 f.md, 4 g_(1).md, 4 h.md, 6 i.md, 7 j.md",
    );
});

test("code and comments have no links", () => {
    const text = `\`[a](a.md)\` and \`\`a \` [b](b.md)\`\`

    [c](c.md)

~~~
[d](d.md)
~~~
<!-- [e](e.md)
-->
[f](f.md)
`;
    assert.deepEqual(targets(text), ["10 f.md"]);
});

test("headings have the anchors that GitHub makes", () => {
    const text = `# The \`Cadence<N>\`, in *one* place_of_code: 12 s -> 6 s
## Again
## Again ##
### [A link](a.md), and a name in _italics_
Underlined – é
---
\`\`\`
# no heading
\`\`\`
<a id="own"></a>
`;
    assert.deepEqual(
        [...anchors(text)],
        [
            "the-cadencen-in-one-place_of_code-12-s---6-s",
            "again",
            "again-1",
            "a-link-and-a-name-in-italics",
            "underlined--é",
            "own",
        ],
    );
});

test("a target must be a file or a folder of the project, with the anchor", () => {
    const text = { "README.md": "# One\n", "docs/a.md": "# Two\n", "src/lib.rs": "1\n2\n" };
    const check = (target) => broken("docs/a.md", target, Object.keys(text), (path) => text[path]);
    const outside = ["https://example.org/none", "mailto:a@b"];
    const files = ["#two", "../README.md#one", "/README.md", "../%52EADME.md", "../src/lib.rs#L2"];
    const folders = ["../src", "../src/", ".."];
    for (const target of [...outside, ...files, ...folders]) assert.equal(check(target), undefined, target);
    assert.equal(check("b.md"), "no file 'docs/b.md'");
    assert.equal(check("../../README.md"), "no file '../README.md'");
    assert.equal(check("../readme.md"), "no file 'readme.md'");
    assert.equal(check("#one"), "no heading '#one' in 'docs/a.md'");
    assert.equal(check("../src/lib.rs#L4"), "no line 4 in 'src/lib.rs'");
    assert.equal(check("../src#lib"), "'src' has no anchors");
});
