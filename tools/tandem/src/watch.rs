//! `tandem watch`: shows the parablocks of a network or of a recording, until it is left or the recording ends.

use crate::{
    follow,
    output::{self, say},
    stop::Stops,
};
use anyhow::{anyhow, ensure, Context, Result};
use clap::Args;
use std::{
    fs,
    io::{stderr, stdout, IsTerminal, Write},
    net::SocketAddr,
    path::PathBuf,
    process::ExitCode,
    time::Duration,
};
use subxt::utils::H256;
use tandem_watch::{
    plain::PlainView,
    snapshot::FORMAT,
    source::{FollowOptions, LogFile},
    terminal::{self, View},
    Watch, ADDRESS,
};
use tokio::time::{interval, MissedTickBehavior};

/// Time between two drawings.
const PERIOD: Duration = Duration::from_millis(100);

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem watch                                     the local network in ./run
  tandem watch --relay wss://RELAY --para wss://PARA
  tandem watch --since 5000                        from parablock 5000 on
  tandem watch --tx 0xHASH                         also where this transaction is
  tandem watch --serve                             also a page and metrics, at 127.0.0.1:9617
  tandem watch --record FILE                       also record
  tandem watch --replay FILE --speed 10            a recording, ten times as fast";

/// Watch parablocks from authored to finalized, on a local network or any other
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// RPC endpoint of a relay-chain node; repeat it for fallbacks [default: those of the network in --dir]
    #[arg(long, value_name = "URL", requires = "para")]
    relay: Vec<String>,
    /// RPC endpoint of a parachain node; repeat it for fallbacks and for other parachains [default: those of
    /// the network in --dir]
    #[arg(long, value_name = "URL", requires = "relay")]
    para: Vec<String>,
    /// Log of a collator on this machine, to see why its blocks are not full; repeat it for other collators.
    /// With several parachains, write ID=FILE with the parachain's id [default: the logs in --dir]
    #[arg(long, value_name = "FILE", requires = "para", value_parser = log_file)]
    collator_log: Vec<LogFile>,
    /// Run folder of a local network
    #[arg(long, default_value = "run", value_name = "FOLDER", conflicts_with_all = ["relay", "replay"])]
    dir: PathBuf,
    /// Start at parablock N, or as far back as the nodes still have its state. A parachain that has no block N
    /// yet is followed from its best block on
    #[arg(long, value_name = "N", conflicts_with = "replay")]
    since: Option<u64>,
    /// Also find the transaction with this hash, and show where it is
    #[arg(long, value_name = "HASH", conflicts_with = "replay")]
    tx: Option<H256>,
    /// Print final results only (included blocks, lost blocks, missed slots), one JSON object per line
    #[arg(long)]
    json: bool,
    /// Also serve a web page, and metrics for Prometheus, at 127.0.0.1:9617 if you give no address
    #[arg(long, value_name = "ADDRESS", num_args = 0..=1, default_missing_value = ADDRESS)]
    serve: Option<SocketAddr>,
    /// Record everything that the nodes report, in a new file
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    record: Option<PathBuf>,
    /// Show a recording instead of a network
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
    /// Replay this many times as fast as it happened [default: all at once]
    #[arg(long, value_name = "TIMES", requires = "replay", value_parser = speed)]
    speed: Option<f64>,
}

fn log_file(text: &str) -> Result<LogFile, String> {
    let named = text.split_once('=').and_then(|(id, path)| Some((id.parse::<u32>().ok()?, path)));
    let (para, path) = named.map_or((None, text), |(id, path)| (Some(id), path));
    if path.is_empty() {
        return Err("expected a file".into());
    }
    Ok(LogFile { para, path: path.into() })
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (0.01..=1e6).contains(&speed) => Ok(speed),
        _ => Err("expected a number between 0.01 and 1000000".into()),
    }
}

/// Watches as `options` say.
///
/// # Errors
/// In one line that names what is wrong.
pub async fn run(options: Options) -> Result<ExitCode> {
    output::set(options.json, false);
    let mut stops = Stops::new()?;
    let mut watch = tokio::select! {
        biased;
        stop = stops.next() => return Ok(stop.short_of("the nodes answered")),
        watch = open(&options) => watch?,
    };
    let shows = !options.json && stdout().is_terminal();
    let mut page = None;
    if let Some(address) = options.serve {
        let address = watch.serve(address).await?;
        page = Some(address);
        if !shows {
            let _ = writeln!(stderr(), "page at http://{address}, metrics at http://{address}/metrics");
        }
    }
    // Last of what can fail, so that a failed start leaves no empty recording.
    if let Some(file) = &options.record {
        watch.record(file)?;
    }
    output::json(&serde_json::json!({ "format": FORMAT }));
    let mut view = shows.then(|| View::open(page)).transpose()?;
    let mut plain = PlainView::default();
    let mut ticks = interval(PERIOD);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut ended, mut stopped) = (false, None);
    loop {
        tokio::select! {
            // First: the observations of a recording come all at once.
            biased;
            stop = stops.next() => {
                stopped = Some(stop);
                break;
            }
            left = key(view.as_mut()) => if left { break },
            _ = ticks.tick() => {
                let snapshot = watch.snapshot();
                if let Some(view) = &mut view {
                    view.draw(&snapshot)?;
                }
            }
            records = watch.next(), if !ended => match records? {
                Some(records) => for record in &records {
                    output::json(record);
                    if view.is_none() {
                        output::text(format_args!("{}", plain.record(record, &watch.pipeline)));
                    }
                },
                None => {
                    ended = true;
                    watch.snapshot();
                    // A view or a page stays at the end of a recording, to be looked at.
                    if view.is_none() && options.serve.is_none() {
                        break;
                    }
                }
            },
        }
    }
    drop(view);
    if let Some(found) = &watch.snapshot().transaction {
        say!("{}", terminal::transaction(found));
    }
    // A network, and a view, have no end of their own.
    let has_end = options.replay.is_some() && !shows;
    Ok(match stopped.filter(|_| has_end && !ended) {
        Some(stop) => stop.short_of("the end of the recording"),
        None => ExitCode::SUCCESS,
    })
}

/// What to watch: a recording, the nodes that are given, or the network in the run folder.
async fn open(options: &Options) -> Result<Watch> {
    if let Some(file) = &options.replay {
        return Watch::replay(file, options.speed);
    }
    let local = options.relay.is_empty();
    let chains = if local {
        let nodes = tandem_network::manifest(&options.dir)
            .map_err(|error| anyhow!("{error:#}, or give --relay and --para"))?;
        follow::options(&nodes)
    } else {
        for LogFile { path, .. } in &options.collator_log {
            let reading = || format!("reading '{}'", path.display());
            ensure!(
                fs::metadata(path).with_context(reading)?.is_file(),
                "'{}' is not a file",
                path.display()
            );
        }
        FollowOptions {
            relay: options.relay.clone(),
            // One group, because the user does not say which nodes belong to the same parachain.
            paras: vec![options.para.clone()],
            logs: options.collator_log.clone(),
            ..FollowOptions::default()
        }
    };
    Watch::follow(FollowOptions { since: options.since, transaction: options.tx, ..chains }, local).await
}

/// Waits for a key of the view, if there is one. Returns whether it leaves the view.
async fn key(view: Option<&mut View>) -> bool {
    match view {
        Some(view) => view.key().await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_may_have_the_id_of_its_parachain() {
        let log = |para, path: &str| Ok(LogFile { para, path: path.into() });
        assert_eq!(log_file("a.log"), log(None, "a.log"));
        assert_eq!(log_file("2000=a.log"), log(Some(2_000), "a.log"));
        assert_eq!(log_file("day=1.log"), log(None, "day=1.log"));
        assert!(log_file("").is_err() && log_file("2000=").is_err());
    }
}
