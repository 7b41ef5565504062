//! Block time is one value: only `cadence/` writes down a block time or a number of blocks.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// Numbers that are a block time in milliseconds, or an hour, a day or a week in blocks, at either cadence.
const FORBIDDEN: [u64; 7] = [6_000, 12_000, 300, 600, 7_200, 14_400, 100_800];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("the folder is there").flatten() {
        let path = entry.path();
        // Tests and their scripted nodes may state what they expect, and weights are measured.
        if ["tests", "mock", "scripted", "weights"]
            .iter()
            .any(|name| path.file_stem().is_some_and(|stem| stem == *name))
        {
            continue;
        }
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// The integer literals of a line of code.
fn literals(line: &str) -> impl Iterator<Item = u64> + '_ {
    let code = line.split("//").next().unwrap_or_default();
    code.split(|c: char| !c.is_alphanumeric() && c != '_').filter_map(|word| {
        let digits = word.split(char::is_alphabetic).next().unwrap_or_default();
        digits.replace('_', "").parse().ok()
    })
}

#[test]
fn no_other_block_time_and_no_other_block_count_is_written_down() {
    let root = Path::new("..");
    let mut files = Vec::new();
    for folder in [
        "pallets/cadence/src",
        "pallets/inflation/src",
        "pallets/dapp-staking/src",
        "runtime/src",
        "node/src",
        "relay/src",
        "relay/runtime/src",
        "tools/rpc/src",
        "tools/network/src",
        "tools/watch/src",
        "tools/activation/src",
        "tools/tandem/src",
    ] {
        sources(&root.join(folder), &mut files);
    }
    assert!(files.len() > 20, "the sources were not found");
    for file in files {
        let text = fs::read_to_string(&file).expect("a source is text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        for (i, line) in code.lines().enumerate() {
            for literal in literals(line) {
                assert!(
                    !FORBIDDEN.contains(&literal),
                    "{}:{}: {literal} looks like a block time or a number of blocks: write it as a time",
                    file.display(),
                    i + 1,
                );
            }
        }
    }
}

#[test]
fn literals_are_found_however_they_are_written() {
    let found: Vec<_> = literals("let x = 6_000u64 + f(7200) * 12000; // 14_400").collect();
    assert_eq!(found, [6_000, 7_200, 12_000]);
}
