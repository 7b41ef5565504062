//! What is looked at on a network of either cadence. All transactions here are Ferdie's, so that a test may do
//! something else with the other accounts meanwhile.

use crate::step;
use anyhow::{ensure, Context, Result};
use std::{
    collections::BTreeSet,
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use subxt::{dynamic, tx::TransactionStatus};
use subxt_signer::sr25519::dev;
use tandem_e2e::{
    chain::{newest_final, reaches, used_weight, Client, UsedWeight},
    script, send, tandem, Network,
};
use tandem_rpc::{
    calls::{address, call, nested, number},
    parachain::ParachainClient,
};
use tokio::time::sleep;

/// As the SDK's own test of the pace: relay blocks watched.
pub const RELAY_BLOCKS: u64 = 15;

pub async fn finality_follows(para: &Client) -> Result<()> {
    step("finality follows");
    let before = newest_final(para).await?;
    reaches(para, before + 3, Duration::from_secs(300)).await
}

/// A transfer by each client that wallets and tools are built on.
pub async fn transfers(network: &Network, para: &Client) -> Result<()> {
    step("a transfer by subxt is finalised");
    let times = send(para).await?;
    step(&format!("in a block after {:.1?}, final after {:.1?}", times.in_block.1, times.finalized.1));

    step("a transfer by @polkadot/api is finalised");
    let printed = script(&["transfer.mjs", &network.rpc()?]).await?;
    ensure!(printed.contains("\"symbol\":\"SBY\""), "{printed}");
    Ok(())
}

/// Watches with a server first that takes connections and says nothing.
pub async fn goes_past_a_hanging_node(network: &Network, dir: &Path) -> Result<()> {
    let hangs = TcpListener::bind("127.0.0.1:0")?;
    let hangs = format!("ws://{}", hangs.local_addr()?);
    let (relay, para, output) = (network.relay_rpc()?, network.rpc()?, dir.with_extension("hangs"));
    let mut watch = tandem()
        .args(["watch", "--json", "--relay", &hangs, "--relay", &relay, "--para", &hangs, "--para", &para])
        .stdin(Stdio::null())
        .stdout(File::create(&output)?)
        .spawn()?;
    let since = Instant::now();
    while !fs::read_to_string(&output)?.contains("{\"block\":") {
        ensure!(watch.try_wait()?.is_none(), "the watch ended");
        ensure!(since.elapsed() < Duration::from_secs(300), "no block was reported");
        sleep(Duration::from_secs(1)).await;
    }
    watch.kill()?;
    watch.wait()?;
    Ok(())
}

/// The page of the watch, in a browser.
pub async fn page(url: &str, network: &Network, dir: &Path) -> Result<()> {
    step("the page shows it, and is used by keyboard");
    let picture = dir.with_extension("png").display().to_string();
    let printed = script(&["page.mjs", url, &network.rpc()?, &picture]).await?;
    step(printed.trim());
    Ok(())
}

/// Batches of [`fill`], and the calls in each.
const BATCHES: usize = 5;
const CALLS: usize = 1_400;

/// In picoseconds, as weight counts.
pub const HALF_A_SECOND: u64 = 500_000_000_000;

/// Sends more work than a synchronous block can hold, each piece of it small enough for one; returns
/// the weight of the fullest block that it made.
pub async fn fill(network: &Network) -> Result<UsedWeight> {
    // It counts nonces, so that a batch need not be final before the next is sent.
    let para = ParachainClient::connect(&network.rpc()?).await?;
    let call = nested(&call("Balances", "transfer_keep_alive", vec![address(&dev::alice()), number(1u8)]));
    let mut watched = Vec::new();
    for _ in 0..BATCHES {
        let batch = dynamic::transaction("Utility", "batch", (vec![call.clone(); CALLS],));
        watched.push(para.send(&batch, &dev::ferdie()).await?.progress);
    }
    let mut blocks = BTreeSet::new();
    for mut progress in watched {
        while let Some(status) = progress.next().await {
            if let TransactionStatus::InFinalizedBlock(block) = status? {
                block.wait_for_success().await?;
                blocks.insert(block.block_hash());
            }
        }
    }
    let mut fullest = None::<UsedWeight>;
    for block in blocks {
        let used = used_weight(&para.client.at_block(block).await?).await?;
        fullest = fullest.filter(|fullest| fullest.ref_time >= used.ref_time).or(Some(used));
    }
    fullest.context("no work was done")
}
