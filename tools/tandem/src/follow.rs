//! Follows a network that was just started, until enough blocks are included and final.

use crate::{
    output::{self, say},
    pace::PaceCheck,
};
use anyhow::{bail, Context, Result};
use std::{
    io::{stderr, Write},
    time::{Duration, Instant},
};
use tandem_network::{Nodes, RunFolder};
use tandem_watch::{plain::PlainView, snapshot::FORMAT, source::Endpoints, Watch, ADDRESS};
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
}

/// Waits until the nodes answer; then writes the manifest, and serves the page. `print` prints the endpoints.
///
/// # Errors
/// If no node answers.
pub async fn start(nodes: &Nodes, folder: &RunFolder, print: impl Fn(&Nodes)) -> Result<Followed> {
    say!("starting {} nodes", nodes.all().count());
    let started = Instant::now();
    nodes.validators[0].connect(started).await?;
    say!("{:>6.1} s  relay chain answers", started.elapsed().as_secs_f32());
    nodes.collators[0].connect(started).await?;
    folder.write_manifest(nodes)?;
    say!("{:>6.1} s  parachain answers", started.elapsed().as_secs_f32());
    let mut watch = follow(nodes).await?;
    print(nodes);
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
    Ok(Followed { watch, started })
}

/// Shows the parablocks for ever, or until `blocks` of them are included and final. Returns whether the pace was
/// kept.
///
/// # Errors
/// If the watch ends, or if no block that counts comes for ten minutes.
pub async fn show(Followed { mut watch, started }: Followed, blocks: Option<u32>) -> Result<bool> {
    let (mut plain, mut pace) = (PlainView::default(), PaceCheck::default());
    let (mut ticks, mut built, mut last) = (interval(PERIOD), false, (0, Instant::now()));
    loop {
        tokio::select! {
            records = watch.next() => {
                for record in records?.context("the watch has ended")? {
                    output::json(&record);
                    output::text(format_args!("{}", plain.record(&record, &watch.pipeline)));
                    pace.add(&record);
                    if blocks.is_some_and(|n| pace.blocks() >= n) {
                        output::text(format_args!("{}", plain.clear()));
                        say!("{}", pace.summary());
                        output::json(&serde_json::json!({ "pace": pace.figures() }));
                        if pace.missed() {
                            let _ = writeln!(stderr(), "the pace was missed: {}", pace.summary());
                        }
                        return Ok(!pace.missed());
                    }
                }
            }
            _ = ticks.tick() => {
                let newest = watch.snapshot().paras.first().and_then(|para| para.built_number);
                if let Some(number) = newest.filter(|_| !built) {
                    built = true;
                    say!("{:>6.1} s  parablock #{number}\n", started.elapsed().as_secs_f32());
                }
                output::text(format_args!("{}", plain.open(&watch.pipeline)));
                if pace.blocks() > last.0 {
                    last = (pace.blocks(), Instant::now());
                }
                if blocks.is_some() && last.1.elapsed() > STILL {
                    bail!("no block was included and final for {} minutes", STILL.as_secs() / 60);
                }
            }
        }
    }
}

/// Follows the network on any of its nodes. A node that has died may be coming back.
async fn follow(nodes: &Nodes) -> Result<Watch> {
    let tandem_network::Endpoints { relay, parachain } = nodes.endpoints();
    let endpoints = Endpoints { relay, paras: parachain, ..Endpoints::default() };
    let since = Instant::now();
    loop {
        match Watch::follow(endpoints.clone(), true).await {
            Err(_) if since.elapsed() < START => sleep(Duration::from_secs(1)).await,
            watch => return watch,
        }
    }
}
