//! Follows a network by its RPC alone, until its blocks are enough.

use super::{
    nodes::{Node, Nodes, NAMES},
    pace::Pace,
    run_folder::RunFolder,
    specs::dev_accounts,
};
use crate::{
    chain::{in_time, Client},
    output::say,
    watch::{lines::Lines, source::Endpoints, Watch, ADDRESS},
};
use anyhow::{bail, Context, Result};
use std::time::{Duration, Instant};
use tokio::time::{interval, sleep};

/// How long a node may take until its RPC answers.
const START: Duration = Duration::from_secs(240);
/// How long blocks that are counted may take to come.
const STILL: Duration = Duration::from_secs(10 * 60);
/// Between two drawings.
const PERIOD: Duration = Duration::from_millis(250);

/// Shows the network's parablocks for ever, or until `blocks` of them are included and final.
///
/// # Errors
/// If no node answers, or if the pace of the `blocks` was missed.
pub async fn watch(nodes: &Nodes, folder: &RunFolder, blocks: Option<u32>) -> Result<()> {
    say!("starting {} nodes", nodes.validators.len() + nodes.collators.len());
    let started = Instant::now();
    connect(&nodes.validators[0], started).await?;
    say!("{:>6.1} s  relay chain answers", started.elapsed().as_secs_f32());
    connect(&nodes.collators[0], started).await?;
    folder.write_network(nodes)?;
    say!("{:>6.1} s  parachain answers", started.elapsed().as_secs_f32());
    let mut watch = follow(nodes).await?;
    endpoints(nodes);
    // If another run serves its page there already, anywhere.
    let page = match watch.serve(ADDRESS.parse()?).await {
        Ok(address) => address,
        Err(_) => watch.serve(([127, 0, 0, 1], 0).into()).await?,
    };
    say!("page           http://{page}\n");

    let (mut lines, mut pace) = (Lines::default(), Pace::default());
    let (mut ticks, mut built, mut last) = (interval(PERIOD), false, (0, Instant::now()));
    loop {
        tokio::select! {
            records = watch.next() => {
                for record in records?.context("nothing more is told of the blocks")? {
                    lines.print(&record, &watch.pipeline);
                    pace.add(&record);
                    if let Some(n) = blocks.filter(|n| pace.blocks() >= *n) {
                        lines.clear();
                        say!("{}", pace.summary());
                        if pace.missed() {
                            bail!("the pace was missed over {n} blocks: see the summary above");
                        }
                        return Ok(());
                    }
                }
            }
            _ = ticks.tick() => {
                let newest = watch.snapshot().paras.first().and_then(|para| para.best);
                if let Some(number) = newest.filter(|_| !built) {
                    built = true;
                    say!("{:>6.1} s  parablock #{number}\n", started.elapsed().as_secs_f32());
                }
                lines.draw(&watch.pipeline);
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

/// Follows the network on any of its nodes. One that has died may be coming back.
async fn follow(nodes: &Nodes) -> Result<Watch> {
    let urls = |nodes: &[Node]| nodes.iter().map(|node| node.rpc.clone()).collect();
    let endpoints =
        Endpoints { relay: urls(&nodes.validators), paras: urls(&nodes.collators), ..Endpoints::default() };
    let since = Instant::now();
    loop {
        match Watch::follow(endpoints.clone()).await {
            Err(_) if since.elapsed() < START => sleep(Duration::from_secs(1)).await,
            watch => return watch,
        }
    }
}

/// A client of `node`, once it answers; it may take [`START`] from `since` on.
pub(crate) async fn connect(node: &Node, since: Instant) -> Result<Client> {
    loop {
        match in_time(Client::from_insecure_url(&node.rpc)).await {
            Ok(client) => return Ok(client),
            Err(error) if since.elapsed() > START => {
                return Err(error).with_context(|| {
                    format!(
                        "{} does not answer at {}; its log is {}",
                        node.name,
                        node.rpc,
                        node.log.display()
                    )
                })
            }
            Err(_) => sleep(Duration::from_millis(250)).await,
        }
    }
}

/// Prints where the nodes answer, and who has money.
pub(crate) fn endpoints(nodes: &Nodes) {
    say!();
    for node in nodes.validators.iter().chain(&nodes.collators) {
        say!("{:<14} {}", node.name, node.rpc);
    }
    let rpc = &nodes.collators[0].rpc;
    say!("\nwallet         https://polkadot.js.org/apps/?rpc={rpc}#/explorer");
    say!("accounts       each holds a sixth of the issuance; the seed is the name, as //Alice");
    for (name, account) in NAMES.iter().zip(dev_accounts()) {
        say!("{name:>14} {account}");
    }
    say!();
}
