//! `tandem up --blocks`, and the commands that look at a running network from another terminal.

use crate::step;
use anyhow::{ensure, Result};
use std::{fs, path::Path, process::Output, time::Duration};
use tandem_e2e::{folder, tandem, Network};

/// Runs `tandem` with `args` on the network in `dir`.
fn on(dir: &Path, args: &[&str]) -> Result<Output> {
    Ok(tandem().args(args).arg("--dir").arg(dir).output()?)
}

#[tokio::test]
async fn a_counted_run_ends_by_itself() -> Result<()> {
    let dir = folder("counted");
    let network = Network::start(&dir, &["--collators", "1", "--blocks", "3"]).await?;

    step("status, logs and down know it");
    let status = on(&dir, &["status", "--json"])?;
    let status = String::from_utf8(status.stdout)?;
    for name in ["relay-alice", "relay-bob", "para-alice"] {
        ensure!(status.contains(&format!("{{\"name\":\"{name}\",\"rpc\":\"ws://127.0.0.1:")), "{status}");
    }
    let logs = on(&dir, &["logs", "para-alice", "--lines", "3"])?;
    ensure!(String::from_utf8(logs.stdout)?.lines().count() == 3);
    let unknown = on(&dir, &["logs", "para-zoe"])?;
    ensure!(String::from_utf8(unknown.stderr)?.contains("expected one of para-alice, relay-alice, relay-bob"));

    step("it ends by itself");
    let (status, output) = network.wait_within(Duration::from_secs(600)).await?;
    // A network that has just started may miss its pace on a busy machine; it ends all the same.
    ensure!(status.success() || status.code() == Some(3), "it ended with {status}:\n{output}");
    ensure!(output.contains("3 blocks included and final"), "{output}");
    ensure!(output.contains("polkadot.js.org/apps/?rpc=ws://127.0.0.1:"), "{output}");
    let down = on(&dir, &["down"])?;
    ensure!(String::from_utf8(down.stderr)?.contains("no network runs in"), "it is still there");
    Ok(fs::remove_dir_all(dir)?)
}
