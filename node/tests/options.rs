//! The options of the node have our defaults.

use std::process::Command;

#[test]
fn the_help_shows_our_defaults() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_tandem-node")).arg("--help").output().expect("the node runs");
    let help = String::from_utf8(output.stdout).expect("the help is text");
    for (option, default) in [("pool-limit", "16384"), ("pool-kbytes", "40960"), ("tx-ban-seconds", "120")] {
        let (_, text) = help.split_once(&format!("--{option} ")).expect("the option is there");
        let text = text.split("\n      --").next().expect("the option has a text");
        assert!(text.contains(&format!("[default: {default}]")), "--{option} {text}");
    }
}
