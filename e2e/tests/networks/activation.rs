//! `tandem activate`: the switch to six-second blocks, with a collator that dies in the middle of it.

use crate::step;
use anyhow::{ensure, Context, Result};
use std::time::Duration;
use tandem_activation::PROMISES;
use tandem_e2e::{folder, Network};

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_living_chain_is_switched_while_a_collator_dies() -> Result<()> {
    let dir = folder("activation");
    let mut network = Network::activate(&dir, &["--restart-after", "20"]).await?;

    step("a collator dies while the relay chain checks the new code, and comes back");
    network.says("the new code is applied", 15 * MINUTE).await?;
    network.kill("para-bob")?;
    network.says("para-bob starts again", MINUTE).await?;

    step("the switch is made, and everything falls due when it should");
    let (status, output) = network.wait_within(20 * MINUTE).await?;
    println!("{output}");
    ensure!(status.success(), "it ended with {status}:\n{output}");
    for row in PROMISES {
        let row = output.lines().find(|line| line.starts_with(row)).with_context(|| format!("no {row}"))?;
        ensure!(row.chars().count() <= 100, "the row is too wide: {row}");
        ensure!(!["MOVED", "GONE", "NOT "].iter().any(|verdict| row.contains(verdict)), "{row}");
    }
    for words in [
        "is the first of 6 s",
        "all that is stored has followed",
        "after the promised moment",
        "approved by a second account",
        " 0 lost",
        "nothing has moved",
    ] {
        ensure!(output.contains(words), "no \"{words}\" in:\n{output}");
    }
    Ok(std::fs::remove_dir_all(dir)?)
}
