//! What is looked at on a network of either cadence. All transactions here are Ferdie's, so that a test may do
//! something else with the other accounts meanwhile.

use crate::step;
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::Stdio,
    time::{Duration, Instant},
};
use subxt::{
    dynamic,
    tx::TransactionStatus,
    utils::{AccountId32, H256},
};
use subxt_signer::{sr25519::dev, DeriveJunction};
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

/// Senders of a load, transactions per second, and for how many seconds.
const SENDERS: u32 = 40;
const RATE: u64 = 20;
const SECONDS: u64 = 20;

/// A load's own report, against the chain: every transaction used one nonce of its sender, and is in the block
/// that the report says.
pub async fn load(para: &Client, dir: &Path) -> Result<()> {
    step("a load is in blocks, each transaction once");
    let (key, page) = (dir.with_extension("key"), dir.with_extension("html"));
    fs::write(&key, "//Ferdie")?;
    let mut load = tokio::process::Command::from(tandem());
    load.args(["load", "--json", "--senders", &SENDERS.to_string(), "--rate", &RATE.to_string()]);
    load.args(["--for", &SECONDS.to_string(), "--dir"]).arg(dir);
    load.arg("--key-file").arg(&key).arg("--page").arg(&page);
    let output = load.stdin(Stdio::null()).kill_on_drop(true).output().await?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{printed}{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_str(&printed)?;
    let total =
        |name: &str| report["totals"][name].as_u64().with_context(|| format!("totals.{name} in {printed}"));
    ensure!(total("offered")? >= RATE * SECONDS / 2, "{}", report["totals"]);
    for step in ["accepted", "in_blocks", "included", "final"] {
        ensure!(total(step)? == total("offered")?, "not all are {step}: {}", report["totals"]);
    }
    ensure!(total("lost")? == 0 && total("double")? == 0 && total("failed")? == 0, "{}", report["totals"]);

    let blocks = report["blocks"].as_array().context("blocks")?;
    let last = blocks.last().and_then(|block| block["number"].as_u64()).context("the last block")?;
    reaches(para, last, Duration::from_secs(120)).await?;
    let mut used = 0;
    let newest = para.at_current_block().await?;
    for i in 0..SENDERS {
        let sender = dev::ferdie().derive([DeriveJunction::hard("load"), DeriveJunction::hard(i)]);
        used += newest.tx().account_nonce(&sender.public_key().to_account_id()).await?;
    }
    ensure!(used == total("offered")?, "the senders used {used} nonces: {}", report["totals"]);

    let mut in_blocks = 0;
    for block in blocks {
        let at = para.at_block(block["number"].as_u64().context("a number")?).await?;
        let hash: H256 = serde_json::from_value(block["hash"].clone())?;
        ensure!(at.block_hash() == hash, "the final chain has another block: {block}");
        let mut transfers = 0;
        for event in at.events().fetch().await?.iter() {
            let event = event?;
            if (event.pallet_name(), event.event_name()) == ("Balances", "Transfer") {
                let (_, _, amount) =
                    event.decode_fields_unchecked_as::<(AccountId32, AccountId32, u128)>()?;
                transfers += u64::from(amount == 1);
            }
        }
        ensure!(block["transactions"] == transfers, "{transfers} transfers in {block}");
        in_blocks += transfers;
        // So few of them never fill a block.
        let held = ["pool_empty", "pool_slow", "deadline"];
        ensure!(held.iter().any(|held| block["held_by"] == *held), "{block}");
    }
    ensure!(in_blocks == used, "{in_blocks} transfers in blocks, and {used} nonces");
    ensure!(fs::read_to_string(page)?.contains("transactions per second"), "the page has no figures");
    let worst = &report["latency"]["in_block"]["worst"];
    step(&format!("{used} transactions in {} blocks, the slowest after {worst} ms", blocks.len()));
    Ok(())
}
