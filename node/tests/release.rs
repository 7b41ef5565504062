//! The commands of a release, run as processes on the blobs of this build.

use sp_maybe_compressed_blob::{compress_strongly, decompress, CODE_BLOB_BOMB_LIMIT};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};
use tandem_runtime::{asynchronous, metadata_hash::Hashes, synchronous};

/// A file for each `name`, with this content.
fn file(name: &str, content: &[u8]) -> PathBuf {
    let path = std::env::temp_dir().join(format!("tandem-release-{}-{name}", std::process::id()));
    fs::write(&path, content).unwrap();
    path
}

fn node(command: &str, runtime: &Path) -> Command {
    let mut node = Command::new(env!("CARGO_BIN_EXE_tandem-node"));
    node.arg(command).arg("--runtime").arg(runtime);
    node
}

fn succeeded(output: &Output) {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// What `metadata-hash` prints of a runtime.
fn printed(name: &str, code: &[u8]) -> String {
    let file = file(name, code);
    let output = node("metadata-hash", &file).output().unwrap();
    fs::remove_file(file).unwrap();
    succeeded(&output);
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn hashes_differ_by_symbol_and_by_version() {
    let [before, after] = [("before", synchronous::WASM_BINARY), ("after", asynchronous::WASM_BINARY)]
        .map(|(name, code)| printed(name, code.expect("the blobs are built, unless SKIP_WASM_BUILD is set")));
    // A build takes the lines as they are.
    Hashes::parse(&after);
    let values = |lines: &str| -> BTreeMap<String, String> {
        let entries = lines.lines().map(|line| line.split_once('=').expect("lines are KEY=VALUE"));
        entries.map(|(key, value)| (key.into(), value.into())).collect()
    };
    let (before, after) = (values(&before), values(&after));
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (key, value) in &before {
        assert_ne!(value, &after[key], "{key}");
    }
    assert_eq!(after["local"], after["shibuya"], "both have SBY");
    for (a, b) in [("astar", "shiden"), ("shiden", "shibuya"), ("shibuya", "astar")] {
        assert_ne!(after[a], after[b], "{a} and {b}");
    }
}

#[test]
fn the_hashes_of_a_runtime_do_not_depend_on_its_compression() {
    let compressed = asynchronous::WASM_BINARY.expect("the blobs are built");
    let code = decompress(compressed, CODE_BLOB_BOMB_LIMIT).unwrap();
    assert_eq!(printed("compressed", compressed), printed("uncompressed", &code));
}

#[test]
fn what_is_no_runtime_has_no_hashes() {
    let file = file("no-runtime", b"wasm");
    let output = node("metadata-hash", &file).output().unwrap();
    fs::remove_file(file).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
}

#[test]
fn a_runtime_is_compressed_once_and_as_the_builder_does_it() {
    let code = [b"\0asm".as_slice(), &[7; 4096]].concat();
    let expected = compress_strongly(&code, CODE_BLOB_BOMB_LIMIT).unwrap();
    for (name, content) in [("code", &code), ("compressed-code", &expected)] {
        let (from, to) = (file(name, content), file(&format!("{name}-output"), b""));
        succeeded(&node("compress-runtime", &from).arg("--output").arg(&to).output().unwrap());
        assert_eq!(fs::read(&to).unwrap(), expected);
        fs::remove_file(from).unwrap();
        fs::remove_file(to).unwrap();
    }
}
