//! A network at the asynchronous cadence, from its first block through two periods of its economy and the death of
//! its nodes. While the economy waits for its eras, the network is looked at, and a collator dies.

use super::{economy::Economy, looks::*};
use crate::step;
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::Path,
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use subxt_signer::sr25519::dev;
use tandem_e2e::{
    binaries,
    chain::{self, author, authors, deepest_segment, newest_final, observe, reaches, Client},
    folder, quiet,
    watched::{agrees, final_height, Watcher},
    Network,
};
use tandem_rpc::parachain::ParachainClient;
use tokio::time::{sleep, timeout};

/// How long a killed node stays dead.
const DEAD_SECONDS: u64 = 45;

#[tokio::test]
async fn asynchronous() -> Result<()> {
    let dir = folder("asynchronous");
    let restart = DEAD_SECONDS.to_string();
    let network = Network::start(&dir, &["--restart-after", &restart]).await?;
    let relay = network.client("relay").await?;
    let para = network.client("parachain").await?;
    let mut watcher = Watcher::start(&dir)?;

    // Voting is over after two eras, so the economy begins first.
    let economy = Economy::begin(ParachainClient::connect(&network.rpc()?).await?).await?;
    let looks = async {
        looks(&network, &relay, &para, &mut watcher, &dir).await?;
        a_collator_dies_and_comes_back(&network, &relay, &para).await
    };
    tokio::try_join!(economy.two_periods(), looks)?;

    step("a relay validator dies and comes back");
    let before = newest_final(&para).await?;
    network.kill("relay-bob")?;
    sleep(Duration::from_secs(DEAD_SECONDS)).await;
    reaches(&para, before + 10, Duration::from_secs(600)).await?;

    step("everything is killed and started again with --keep");
    let last = newest_final(&para).await?;
    let hash = para.at_block(last).await?.block_hash();
    network.kill_everything()?;
    let network = Network::start(&dir, &["--keep"]).await?;
    let relay = network.client("relay").await?;
    let para = network.client("parachain").await?;
    reaches(&para, last + 3, Duration::from_secs(600)).await?;
    ensure!(para.at_block(last).await?.block_hash() == hash, "final block {last} is another one");

    step("what the watch has reported is what happened, through all of it");
    let metrics = network.metrics()?;
    watcher.reaches(final_height(&metrics)?).await?;
    let (reported, recording) = watcher.stop()?;
    agrees(&reported, &relay, &para, &dir.join("para-alice.log"), &metrics).await?;
    ensure!(reported.iter().any(|line| line["link"]["error"].is_string()), "no lost connection is reported");
    let replayed = Command::new(binaries().join("tandem"))
        .args(["watch", "--json", "--replay"])
        .arg(&recording)
        .output()?;
    let replayed: Vec<Value> =
        String::from_utf8(replayed.stdout)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(replayed == reported, "the replayed recording differs");

    network.stop()?;
    Ok(fs::remove_dir_all(dir)?)
}

/// The pace, the segment, transfers, the page and a full block.
async fn looks(
    network: &Network,
    relay: &Client,
    para: &Client,
    watcher: &mut Watcher,
    dir: &Path,
) -> Result<()> {
    step("pace: at least 14 parablocks in 15 relay blocks");
    let starting = quiet().await;
    let ((mut included, _), deepest) = tokio::try_join!(observe(relay, RELAY_BLOCKS), deepest_segment(para))?;
    // A busy machine may cost a slot or two.
    for _ in 0..2 {
        if included.len() < 14 {
            included = observe(relay, RELAY_BLOCKS).await?.0;
        }
    }
    drop(starting);
    step(&format!("{} were included", included.len()));
    ensure!(included.len() >= 14, "only {included:?}");

    step("several blocks wait for inclusion at once");
    ensure!((2..=3).contains(&deepest), "the unincluded segment was at most {deepest} deep");

    finality_follows(para).await?;
    transfers(network, para).await?;
    page(&watcher.page().await?, network, dir).await?;

    load(para, dir).await?;

    step("a block of more than half a second of weight is included");
    let mut heavy = fill(network).await?;
    for _ in 0..3 {
        if heavy.ref_time > HALF_A_SECOND {
            break;
        }
        // What was sent fell into two blocks.
        heavy = fill(network).await?;
    }
    ensure!(heavy.ref_time > HALF_A_SECOND, "the fullest block had {heavy:?}");
    step(&format!("it had {:.2} s", heavy.ref_time as f64 / 1e12));
    Ok(())
}

/// While one of two collators is dead the other authors in its own slots, every second one; once
/// back, the dead one authors again.
async fn a_collator_dies_and_comes_back(network: &Network, relay: &Client, para: &Client) -> Result<()> {
    step("a collator dies");
    let bob = dev::bob().public_key().0;
    network.kill("para-bob")?;
    let killed = Instant::now();
    let slot_millis = chain::slot_duration(para).await?.as_millis();
    let last_slot = SystemTime::now().duration_since(UNIX_EPOCH)?.as_millis() / slot_millis;
    let mut stream = para.stream_best_blocks().await?;
    let mut slots = BTreeSet::new();
    while killed.elapsed() < Duration::from_secs(DEAD_SECONDS - 3) {
        let Ok(block) = timeout(Duration::from_secs(30), stream.next()).await else { break };
        let block = block.context("parablocks ended")??;
        let slot = chain::slot(block.header()).context("a block has a slot")?;
        // What Bob authored before may still be on its way.
        if u128::from(slot) > last_slot {
            ensure!(
                author(para, block.header()).await? != bob,
                "a dead collator authored block {}",
                block.number()
            );
            slots.insert(slot);
        }
    }
    let (first, last) =
        (slots.first().context("the other authored nothing")?, slots.last().context("nothing")?);
    let turns = (last - first) / 2 + 1;
    step(&format!("the other authored {} blocks in its {turns} slots", slots.len()));
    // A change of session takes up to two of them, and comes once a minute.
    ensure!(slots.len() as u64 + 2 >= turns, "slots {slots:?}");

    step("the collator comes back and authors, and its blocks are included");
    authors(relay, para, bob, Duration::from_secs(300)).await
}
