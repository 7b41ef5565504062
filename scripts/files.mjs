// The files of the project, for the other scripts here.

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";

/**
 * The paths of the files that match one of the patterns, sorted. A file that is new counts too, unless it is
 * ignored, so that a check sees it before it is committed.
 */
export function files(...patterns) {
    const list = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"];
    const paths = execFileSync("git", [...list, ...patterns], { encoding: "utf8" }).split("\0");
    return [...new Set(paths)].filter((path) => path && existsSync(path)).sort();
}
