//! Follows a network that was just started, until enough blocks are included and final.

use crate::{
    network::print_endpoints,
    output::{self, say},
    pace::PaceCheck,
};
use anyhow::{bail, Context, Result};
use std::{
    io::{stderr, Write},
    path::Path,
    time::{Duration, Instant},
};
use tandem_network::{Nodes, RunFolder};
use tandem_watch::{
    plain::PlainView,
    snapshot::FORMAT,
    source::{FollowOptions, LogFile},
    Watch, ADDRESS,
};
use tokio::time::{interval, sleep};

/// How long the nodes may take until they can be followed.
const START: Duration = Duration::from_secs(240);
/// How long the next block that counts may take.
const STILL: Duration = Duration::from_secs(10 * 60);
/// Time between two drawings.
const PERIOD: Duration = Duration::from_millis(250);

/// A network that answers and is watched.
pub struct Followed {
    watch: Watch,
    started: Instant,
    /// One for each parachain.
    paces: Vec<PaceCheck>,
}

/// Waits until the nodes answer. Then writes the manifest, prints the endpoints, and serves the page.
///
/// # Errors
/// If the relay chain or a parachain does not answer.
pub async fn start(nodes: &Nodes, folder: &RunFolder) -> Result<Followed> {
    let started = Instant::now();
    nodes.validators[0].connect(started).await?;
    say!("{:>6.1} s  relay chain answers", started.elapsed().as_secs_f32());
    for parachain in &nodes.parachains {
        parachain.collators[0].connect(started).await?;
    }
    folder.write_manifest(nodes)?;
    let answer = if nodes.parachains.len() == 1 { "parachain answers" } else { "parachains answer" };
    say!("{:>6.1} s  {answer}", started.elapsed().as_secs_f32());
    let mut watch = follow(nodes).await?;
    print_endpoints(nodes);
    // Another run may serve its page there.
    let page = match watch.serve(ADDRESS.parse()?).await {
        Ok(address) => address,
        Err(_) => watch.serve(([127, 0, 0, 1], 0).into()).await?,
    };
    say!("page           http://{page}\n");
    output::json(&serde_json::json!({
        "format": FORMAT,
        "network": { "folder": folder.path(), "page": format!("http://{page}") },
    }));
    let paces = nodes.parachains.iter().map(|parachain| PaceCheck::new(parachain.id)).collect();
    Ok(Followed { watch, started, paces })
}

/// Shows the parablocks for ever, or until `blocks` of each parachain are included and final. Returns whether
/// every parachain kept its pace.
///
/// # Errors
/// If the watch ends, or if the parachain with the fewest blocks has no more of them for ten minutes.
pub async fn show(followed: Followed, blocks: Option<u32>) -> Result<bool> {
    let Followed { mut watch, started, mut paces } = followed;
    let fewest = |paces: &[PaceCheck]| paces.iter().map(PaceCheck::blocks).min().unwrap_or_default();
    let mut plain = PlainView::default();
    let (mut ticks, mut built, mut last) = (interval(PERIOD), false, (0, Instant::now()));
    loop {
        tokio::select! {
            records = watch.next() => {
                for record in records?.context("the watch has ended")? {
                    output::json(&record);
                    output::text(format_args!("{}", plain.record(&record, &watch.pipeline)));
                    paces.iter_mut().for_each(|pace| pace.add(&record));
                    if blocks.is_some_and(|n| fewest(&paces) >= n) {
                        output::text(format_args!("{}", plain.clear()));
                        paces.iter().for_each(report);
                        return Ok(!paces.iter().any(PaceCheck::missed));
                    }
                }
            }
            _ = ticks.tick() => {
                let snapshot = watch.snapshot();
                let mut paras = snapshot.paras.iter();
                let newest = paras.find_map(|para| Some((para.info.id, para.built_number?)));
                if let Some((id, number)) = newest.filter(|_| !built) {
                    built = true;
                    let of = if paces.len() > 1 { format!(" of parachain {id}") } else { String::new() };
                    say!("{:>6.1} s  parablock #{number}{of}\n", started.elapsed().as_secs_f32());
                }
                output::text(format_args!("{}", plain.open(&watch.pipeline)));
                if fewest(&paces) > last.0 {
                    last = (fewest(&paces), Instant::now());
                }
                if blocks.is_some() && last.1.elapsed() > STILL {
                    let minutes = STILL.as_secs() / 60;
                    let stuck = paces.iter().filter(|pace| pace.blocks() == last.0);
                    let ids: Vec<_> = stuck.map(|pace| pace.figures().para.to_string()).collect();
                    let ids = ids.join(" or ");
                    bail!("no block of parachain {ids} was included and final for {minutes} minutes");
                }
            }
        }
    }
}

/// Prints the pace of a parachain.
fn report(pace: &PaceCheck) {
    say!("{}", pace.summary());
    output::json(&serde_json::json!({ "pace": pace.figures() }));
    if pace.missed() {
        let _ = writeln!(stderr(), "the pace was missed: {}", pace.summary());
    }
}

/// What to follow of a local network: its nodes, and the logs of its collators.
pub fn options(nodes: &Nodes) -> FollowOptions {
    let (relay, paras) = nodes.endpoints();
    let log = |(id, path): (u32, &Path)| LogFile { para: Some(id), path: path.into() };
    let logs = nodes.collator_logs().map(log).collect();
    FollowOptions { relay, paras, logs, ..FollowOptions::default() }
}

/// Follows the network on any of its nodes. A node that has died may be coming back.
async fn follow(nodes: &Nodes) -> Result<Watch> {
    let options = options(nodes);
    let since = Instant::now();
    loop {
        match Watch::follow(options.clone(), true).await {
            Err(_) if since.elapsed() < START => sleep(Duration::from_secs(1)).await,
            watch => return watch,
        }
    }
}
