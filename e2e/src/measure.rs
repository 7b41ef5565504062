//! Measures a local network at both cadences: its pace, how long a transfer takes, how many fit, and
//! what the network costs. Prints what it sees, as it sees it; some half an hour. A cadence as
//! argument measures that one alone.

use anyhow::{bail, ensure, Context, Result};
use futures_util::future::try_join_all;
use std::{
    collections::{HashMap, HashSet},
    fs,
    path::Path,
    process::{Command, ExitCode},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};
use subxt::{
    config::{DefaultExtrinsicParamsBuilder, RpcConfigFor},
    rpcs::{LegacyRpcMethods, RpcClient},
    utils::H256,
    PolkadotConfig,
};
use subxt_signer::sr25519::dev;
use tandem_e2e::{
    binaries,
    chain::{self, candidates, Client, Stage},
    folder, send, transfer, Network, UNIT,
};
use tokio::time::{sleep, timeout};

/// Parablocks that the pace is taken over.
const BLOCKS: usize = 50;
/// Transfers that latency is taken over.
const TRANSFERS: usize = 5;
/// Transfers that throughput is taken over; a node's pool holds a little more.
const MANY: u64 = 8_000;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    tokio::select! {
        biased;
        _ = tokio::signal::ctrl_c() => {
            eprintln!("stopped before all was measured");
            Ok(ExitCode::from(130))
        }
        done = measure_all() => done.map(|()| ExitCode::SUCCESS),
    }
}

async fn measure_all() -> Result<()> {
    const CADENCES: [&str; 2] = ["asynchronous", "synchronous"];
    let asked: Vec<_> = std::env::args().skip(1).collect();
    if let Some(unknown) = asked.iter().find(|asked| !CADENCES.contains(&asked.as_str())) {
        bail!("'{unknown}' is no cadence to measure: it is one of {}", CADENCES.join(", "));
    }
    for cadence in CADENCES {
        if asked.is_empty() || asked.iter().any(|asked| asked == cadence) {
            measure(cadence).await?;
        }
    }
    blobs()
}

async fn measure(cadence: &str) -> Result<()> {
    println!("{cadence}");
    let dir = folder(cadence);
    let started = Instant::now();
    let network = Network::start(&dir, &["--cadence", cadence]).await?;
    let relay = network.client("relay").await?;
    let para = network.client("parachain").await?;
    wait_for_inclusion(&relay).await?;
    println!("  first parablock included after {:.0} s", started.elapsed().as_secs_f64());
    // Past the start, which is no one's pace.
    sleep(Duration::from_secs(60)).await;

    let before = Usage::of(&dir)?;
    let since = Instant::now();
    pace(&para).await?;
    let after = Usage::of(&dir)?;
    println!(
        "  the network: {} processes, {:.2} GiB, {:.2} cores",
        after.processes,
        after.resident as f64 / f64::from(1 << 30),
        (after.seconds - before.seconds) / since.elapsed().as_secs_f64(),
    );
    latency(&relay, &para).await?;
    throughput(&network.rpc()?, &para).await?;
    network.stop()?;
    Ok(fs::remove_dir_all(dir)?)
}

async fn wait_for_inclusion(relay: &Client) -> Result<()> {
    let mut stream = relay.stream_best_blocks().await?;
    loop {
        let at = stream.next().await.context("relay blocks ended")??.at().await?;
        let candidates = candidates(&at).await?;
        if candidates.iter().any(|candidate| candidate.stage == Stage::Included) {
            return Ok(());
        }
    }
}

async fn pace(para: &Client) -> Result<()> {
    let slot = chain::slot_duration(para).await?;
    let start = para.at_current_block().await?.block_number();
    let blocks = start..start + BLOCKS as u64;
    let mut stream = para.stream_blocks().await?;
    while stream.next().await.context("parablocks ended")??.number() < blocks.end {}
    let mut slots = Vec::new();
    for number in blocks {
        let header = para.at_block(number).await?.block_header().await?;
        slots.push(chain::slot(&header).context("a block has a slot")?);
    }
    let (first, last) = (slots[0], slots[BLOCKS - 1]);
    let worst = slots.windows(2).map(|pair| pair[1] - pair[0]).max().context("blocks")?;
    println!(
        "  {BLOCKS} finalized blocks: one every {:.2} s (slot {} s), worst {} s, {} of {} slots missed",
        slot.as_secs_f64() * (last - first) as f64 / (BLOCKS - 1) as f64,
        slot.as_secs(),
        slot.as_secs() * worst,
        last - first + 1 - BLOCKS as u64,
        last - first + 1,
    );
    Ok(())
}

/// Hands in more transfers than a block holds, and counts how many each block has.
async fn throughput(url: &str, para: &Client) -> Result<()> {
    let at = para.at_current_block().await?;
    let senders = [dev::alice(), dev::bob(), dev::charlie(), dev::dave(), dev::eve(), dev::ferdie()];
    let transfers = at.tx();
    let mut signed = Vec::new();
    for sender in &senders {
        let first = transfers.account_nonce(&sender.public_key().to_account_id()).await?;
        for nonce in first..first + MANY / senders.len() as u64 {
            let params = DefaultExtrinsicParamsBuilder::<PolkadotConfig>::new().nonce(nonce).immortal();
            let call = transfer(&dev::one(), UNIT);
            signed.push(transfers.create_signable_offline(&call, params.build())?.sign(sender)?);
        }
    }
    let mut left = signed.len();
    let mut stream = para.stream_blocks().await?;
    let rpc = LegacyRpcMethods::<RpcConfigFor<PolkadotConfig>>::new(RpcClient::from_insecure_url(url).await?);
    let submission = async {
        // A node answers one after another, so that it is the connection that would be measured.
        for some in signed.chunks(200) {
            try_join_all(some.iter().map(|one| rpc.author_submit_extrinsic(one.encoded()))).await?;
        }
        anyhow::Ok(())
    };
    // Every final block from the first with transfers in it on.
    let mut blocks = Vec::new();
    let counting = async {
        while left > 0 {
            let at = stream.next().await.context("parablocks ended")??.at().await?;
            let extrinsics = at.extrinsics().fetch().await?;
            let count = extrinsics.iter().flatten().filter(|extrinsic| extrinsic.is_signed()).count();
            left -= count.min(left);
            if count > 0 || !blocks.is_empty() {
                let used = chain::used_weight(&at).await?;
                let slot = chain::slot(&at.block_header().await?).context("a block has a slot")?;
                blocks.push((slot, count, used));
            }
        }
        anyhow::Ok(())
    };
    timeout(Duration::from_secs(900), async { tokio::try_join!(submission, counting) })
        .await
        .context("not all transfers were final after a quarter of an hour")??;

    let slot = chain::slot_duration(para).await?.as_secs_f64();
    let fullest = blocks.iter().max_by_key(|(_, count, _)| *count).context("a block has transfers")?;
    println!(
        "  {} transfers in {} blocks; the fullest holds {}, {:.1} a second: {:.2} s of weight, {:.0} KiB of proof",
        signed.len(),
        blocks.len(),
        fullest.1,
        fullest.1 as f64 / slot,
        fullest.2.ref_time as f64 / 1e12,
        fullest.2.proof_size as f64 / 1024.0,
    );
    // The first is not the senders' fault, nor is the last: neither had a full pool.
    if let [_, full @ .., _] = &blocks[..] {
        if let (Some(first), Some(last)) = (full.first(), full.last()) {
            let count: usize = full.iter().map(|(_, count, _)| count).sum();
            let seconds = (last.0 - first.0 + 1) as f64 * slot;
            println!("  over the {} blocks between: {:.1} a second", full.len(), count as f64 / seconds);
        }
    }
    Ok(())
}

/// When the relay chain was seen to include each parablock.
type Included = Arc<Mutex<HashMap<H256, Instant>>>;

async fn latency(relay: &Client, para: &Client) -> Result<()> {
    let inclusions = Included::default();
    let recorder = tokio::spawn(record(relay.clone(), inclusions.clone()));
    let (mut in_block, mut included, mut finalized) = (vec![], vec![], vec![]);
    for i in 0..TRANSFERS {
        // At another moment of the slot each time.
        sleep(Duration::from_millis(700 * i as u64)).await;
        let since = Instant::now();
        let way = send(para).await?;
        let at = inclusions.lock().expect("no recorder panicked").get(&way.finalized.0).copied();
        in_block.push(way.in_block.1);
        included.push(at.context("a final block was included")? - since);
        finalized.push(way.finalized.1);
    }
    recorder.abort();
    for (what, times) in [("in a block", in_block), ("included", included), ("final", finalized)] {
        println!("  a transfer is {what:<10} after {}", spread(times));
    }
    Ok(())
}

async fn record(relay: Client, included: Included) -> Result<()> {
    let mut stream = relay.stream_best_blocks().await?;
    while let Some(block) = stream.next().await {
        for candidate in candidates(&block?.at().await?).await? {
            if candidate.stage == Stage::Included {
                included
                    .lock()
                    .expect("no reader panicked")
                    .entry(candidate.hash)
                    .or_insert_with(Instant::now);
            }
        }
    }
    Ok(())
}

/// Median and worst.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort();
    match (times.get(times.len() / 2), times.last()) {
        (Some(median), Some(worst)) => {
            format!(
                "{:.1} s (median of {}; worst {:.1} s)",
                median.as_secs_f64(),
                times.len(),
                worst.as_secs_f64()
            )
        }
        _ => "nothing was seen".into(),
    }
}

/// What the processes of a network have used so far.
struct Usage {
    processes: usize,
    /// Bytes of memory.
    resident: u64,
    /// Of processor time.
    seconds: f64,
}

impl Usage {
    /// Of all processes in the groups of the nodes in `dir`, PVF workers among them.
    fn of(dir: &Path) -> Result<Self> {
        let mut groups = HashSet::new();
        for entry in fs::read_dir(dir)?.flatten() {
            if entry.path().extension().is_some_and(|extension| extension == "pid") {
                groups.insert(fs::read_to_string(entry.path())?.trim().to_string());
            }
        }
        let mut usage = Self { processes: 0, resident: 0, seconds: 0.0 };
        for process in fs::read_dir("/proc")?.flatten() {
            let Ok(stat) = fs::read_to_string(process.path().join("stat")) else { continue };
            // After the name, which may hold anything, in parentheses: see proc(5).
            let Some((_, fields)) = stat.rsplit_once(") ") else { continue };
            let fields: Vec<_> = fields.split(' ').collect();
            if groups.contains(fields[2]) {
                usage.processes += 1;
                usage.resident += fields[21].parse::<u64>()? * PAGE;
                usage.seconds += (fields[11].parse::<f64>()? + fields[12].parse::<f64>()?) / TICKS;
            }
        }
        Ok(usage)
    }
}

/// Bytes of a page and ticks of a second, on Linux on x86-64.
const PAGE: u64 = 4_096;
const TICKS: f64 = 100.0;

/// Sizes of the blobs that the node carries.
fn blobs() -> Result<()> {
    println!("blobs, as a network gets them: compact and compressed");
    for (cadence, chain) in [("asynchronous", "local"), ("synchronous", "local-synchronous")] {
        let node = Command::new(binaries().join("tandem-node"));
        let output = { node }.args(["export-genesis-wasm", "--chain", chain]).output()?;
        ensure!(output.status.success(), "tandem-node: {}", String::from_utf8_lossy(&output.stderr));
        println!("  {cadence:<13} {:>4} KiB", output.stdout.len() / 2 / 1024);
    }
    Ok(())
}
