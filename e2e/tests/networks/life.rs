//! Networks at both cadences, from their first block through the death of their nodes.

use crate::{candidate, step};
use anyhow::{ensure, Context, Result};
use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs::{self, File},
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};
use subxt::{dynamic, tx::TransactionStatus};
use subxt_signer::sr25519::{dev, Keypair};
use tandem_cli::chain::{self, Client};
use tandem_e2e::{
    author, authors, binaries, folder, observe, quiet, script, send, tandem,
    watched::{agrees, final_height, Watcher},
    Network,
};
use tokio::time::{sleep, timeout};

/// As the SDK's own test of the pace: relay blocks watched.
const RELAY_BLOCKS: u64 = 15;
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

    step("pace: at least 14 parablocks in 15 relay blocks");
    let starting = quiet().await;
    let ((mut included, _), deepest) =
        tokio::try_join!(observe(&relay, RELAY_BLOCKS), deepest_segment(&para))?;
    // A busy machine may cost a slot or two.
    for _ in 0..2 {
        if included.len() < 14 {
            included = observe(&relay, RELAY_BLOCKS).await?.0;
        }
    }
    drop(starting);
    step(&format!("{} were included", included.len()));
    ensure!(included.len() >= 14, "only {included:?}");

    step("several blocks wait for inclusion at once");
    ensure!((2..=3).contains(&deepest), "the unincluded segment was at most {deepest} deep");

    finality_follows(&para).await?;
    transfers(&network, &para).await?;
    page(&watcher.page().await?, &network, &dir).await?;

    step("a block of more than half a second of weight is included");
    let mut heavy = fill(&para).await?;
    for _ in 0..3 {
        if heavy.ref_time > HALF_A_SECOND {
            break;
        }
        // What was sent fell into two blocks.
        heavy = fill(&para).await?;
    }
    ensure!(heavy.ref_time > HALF_A_SECOND, "the fullest block had {heavy:?}");
    step(&format!("it had {:.2} s", heavy.ref_time as f64 / 1e12));

    a_collator_dies_and_comes_back(&network, &relay, &para).await?;

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
    ensure!(para.at_block(last).await?.block_hash() == hash, "finalised block {last} is another one");

    step("what the watch has told is what happened, through all of it");
    let metrics = network.metrics()?;
    watcher.reaches(final_height(&metrics)?).await?;
    let (told, recording) = watcher.stop()?;
    agrees(&told, &relay, &para, &dir.join("para-alice.log"), &metrics).await?;
    ensure!(told.iter().any(|line| line["link"]["lost"].is_string()), "no lost connection is told of");
    let replayed = Command::new(binaries().join("tandem"))
        .args(["watch", "--json", "--replay"])
        .arg(&recording)
        .output()?;
    let replayed: Vec<Value> =
        String::from_utf8(replayed.stdout)?.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    ensure!(replayed == told, "the recording tells otherwise");

    network.stop()?;
    clear(&dir)
}

#[tokio::test]
async fn synchronous() -> Result<()> {
    let dir = folder("synchronous");
    let network = Network::start(&dir, &["--cadence", "synchronous"]).await?;
    let relay = network.client("relay").await?;
    let para = network.client("parachain").await?;

    step("pace: 5 to 8 parablocks in 15 relay blocks, none built on one that is not included");
    let quiet = quiet().await;
    let ((included, watched), deepest) =
        tokio::try_join!(observe(&relay, RELAY_BLOCKS), deepest_segment(&para))?;
    drop(quiet);
    step(&format!("{} were included in {watched}, with changes of session", included.len()));
    // Backed in one relay block and included in the next: at most every second one includes.
    let most = watched.div_ceil(2) as usize;
    ensure!((5..=most).contains(&included.len()), "{included:?}");
    ensure!(deepest == 1, "the unincluded segment was {deepest} deep");

    finality_follows(&para).await?;
    transfers(&network, &para).await?;

    step("the watch goes past a node that hangs");
    goes_past_a_hanging_node(&network, &dir).await?;

    step("no block can hold half a second of weight");
    let at = para.at_current_block().await?;
    ensure!(chain::max_weight(&at)?.ref_time <= HALF_A_SECOND);
    let heavy = fill(&para).await?;
    ensure!(heavy.ref_time <= HALF_A_SECOND, "the fullest block had {heavy:?}");

    network.stop()?;
    clear(&dir)
}

#[tokio::test]
async fn a_counted_run_ends_by_itself() -> Result<()> {
    let dir = folder("counted");
    let network = Network::start(&dir, &["--collators", "1", "--blocks", "3"]).await?;
    let (status, output) = network.wait_within(Duration::from_secs(600)).await?;
    // A network that has just started may miss its pace on a busy machine; it ends all the same.
    ensure!(status.success() || output.contains("the pace was missed"), "it ended with {status}:\n{output}");
    ensure!(output.contains("3 blocks included and final"), "{output}");
    ensure!(output.contains("polkadot.js.org/apps/?rpc=ws://127.0.0.1:"), "{output}");
    clear(&dir)
}

#[tokio::test]
async fn a_collator_joins_and_is_dropped_and_a_node_that_dies_stops_the_network() -> Result<()> {
    let dir = folder("dies");
    let network = Network::start(&dir, &["--session", "60"]).await?;
    candidate::joins_and_is_dropped(&network, &dir).await?;

    step("a node that dies is named and stops the network");
    network.kill("para-alice")?;
    let (status, output) = network.wait_within(Duration::from_secs(120)).await?;
    ensure!(!status.success());
    ensure!(output.contains("error: para-alice died (signal: 9"), "{output}");
    ensure!(output.contains("| "), "the end of its log is missing: {output}");
    clear(&dir)
}

fn clear(dir: &Path) -> Result<()> {
    Ok(fs::remove_dir_all(dir)?)
}

/// The most blocks that waited for inclusion at once, over seven new blocks.
async fn deepest_segment(para: &Client) -> Result<usize> {
    let mut stream = para.stream_best_blocks().await?;
    let mut deepest = 0;
    for _ in 0..7 {
        let block = stream.next().await.context("parablocks ended")??;
        let segment = dynamic::storage::<(), Vec<dynamic::Value>>("ParachainSystem", "UnincludedSegment");
        let blocks = block.at().await?.storage().fetch(segment, ()).await?.decode()?.len();
        deepest = deepest.max(blocks);
    }
    Ok(deepest)
}

async fn newest_final(para: &Client) -> Result<u64> {
    Ok(para.at_current_block().await?.block_number())
}

async fn finality_follows(para: &Client) -> Result<()> {
    step("finality follows");
    let before = newest_final(para).await?;
    reaches(para, before + 3, Duration::from_secs(300)).await
}

/// Waits until block `number` is final.
async fn reaches(para: &Client, number: u64, within: Duration) -> Result<()> {
    let reached = async {
        let mut stream = para.stream_blocks().await?;
        while let Some(block) = stream.next().await {
            if block?.number() >= number {
                return Ok(());
            }
        }
        anyhow::bail!("finalised parablocks ended")
    };
    timeout(within, reached).await.with_context(|| format!("block {number} is not final after {within:?}"))?
}

/// A transfer by each client that wallets and tools are built on.
async fn transfers(network: &Network, para: &Client) -> Result<()> {
    step("a transfer by subxt is finalised");
    let way = send(para).await?;
    step(&format!("in a block after {:.1?}, final after {:.1?}", way.in_block.1, way.finalised.1));

    step("a transfer by @polkadot/api is finalised");
    let printed = script(&["transfer.mjs", &network.rpc()?]).await?;
    ensure!(printed.contains("\"symbol\":\"SBY\""), "{printed}");
    Ok(())
}

/// Watches with a server first that takes connections and says nothing.
async fn goes_past_a_hanging_node(network: &Network, dir: &Path) -> Result<()> {
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
        ensure!(since.elapsed() < Duration::from_secs(300), "no block is told of");
        sleep(Duration::from_secs(1)).await;
    }
    watch.kill()?;
    watch.wait()?;
    Ok(())
}

/// The page of the watch, in a browser.
async fn page(url: &str, network: &Network, dir: &Path) -> Result<()> {
    step("the page shows it, and is used by keyboard");
    let picture = dir.with_extension("png").display().to_string();
    let printed = script(&["page.mjs", url, &network.rpc()?, &picture]).await?;
    step(printed.trim());
    Ok(())
}

/// Calls in a batch of [`fill`].
const CALLS: usize = 1_400;

/// In picoseconds, as weight counts.
const HALF_A_SECOND: u64 = 500_000_000_000;

/// Sends more work than a synchronous block can hold, each piece of it small enough for one; returns
/// the weight of the fullest block that it made.
async fn fill(para: &Client) -> Result<chain::Weight> {
    let accounts: [Keypair; 5] = [dev::bob(), dev::charlie(), dev::dave(), dev::eve(), dev::ferdie()];
    let alice =
        dynamic::Value::unnamed_variant("Id", [dynamic::Value::from_bytes(dev::alice().public_key().0)]);
    let call = dynamic::Value::named_variant(
        "transfer_keep_alive",
        [("dest", alice), ("value", dynamic::Value::u128(1))],
    );
    let call = dynamic::Value::unnamed_variant("Balances", [call]);
    let mut watched = Vec::new();
    for account in &accounts {
        let batch = dynamic::transaction("Utility", "batch", (vec![call.clone(); CALLS],));
        watched.push(para.tx().await?.sign_and_submit_then_watch_default(&batch, account).await?);
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
    let mut fullest = None::<chain::Weight>;
    for block in blocks {
        let used = chain::used_weight(&para.at_block(block).await?).await?;
        fullest = fullest.filter(|fullest| fullest.ref_time >= used.ref_time).or(Some(used));
    }
    fullest.context("no work was done")
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
