//! `tandem load`: drives a parachain with transactions, and reports what users get.

use crate::{
    follow,
    output::{self, say, Format},
    stop::{Stop, Stops, CHECK_FAILED},
};
use anyhow::{anyhow, bail, Context, Result};
use clap::Args;
use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::{stderr, stdout, IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    str::FromStr,
    time::Duration,
};
use subxt_signer::{
    sr25519::{dev, Keypair},
    SecretUri,
};
use tandem_load::{
    page::page,
    report::{Quantiles, Report},
    run, End, Options as RunOptions, Progress, Workload,
};
use tandem_watch::source::FollowOptions;
use tokio::{pin, sync::Notify};

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem load                                the network in ./run: transfers, as many as the chain takes
  tandem load --rate 200 --for 120           200 transfers a second for two minutes
  tandem load --batch 10                     batches of ten transfers
  tandem load --call stake.json              any call; docs/load.md describes the file
  tandem load --page load.html               also write the report as a page
  tandem load --para wss://PARA --key-file KEY    another chain, paid for by this key";

/// Drive a parachain with transactions, and report what users get and what keeps its blocks from being full
///
/// Exits with 3 if a transaction that was accepted is in no final block, or in two.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Run folder of a local network
    #[arg(long, default_value = "run", value_name = "FOLDER", conflicts_with = "para")]
    dir: PathBuf,
    /// RPC endpoint of a parachain node; repeat it to spread the load [default: all collators of the first
    /// parachain of the network in --dir]
    #[arg(long, value_name = "URL", requires = "key_file")]
    para: Vec<String>,
    /// RPC endpoint of a relay-chain node, to see when blocks are included
    #[arg(long, value_name = "URL", requires = "para")]
    relay: Vec<String>,
    /// File with the secret of the account that pays, such as a seed phrase [default: Alice, on a local
    /// network]
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Offer N transactions per second [default: as many as the chain takes]
    #[arg(long, value_name = "N", value_parser = positive)]
    rate: Option<f64>,
    /// Stop offering after this time
    #[arg(long = "for", value_name = "SECONDS", default_value_t = 60, conflicts_with = "blocks")]
    seconds: u64,
    /// Stop offering once N blocks have transactions of the run
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    blocks: Option<u32>,
    /// Number of accounts that send; they are derived from the account that pays
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u32).range(2..))]
    senders: u32,
    /// Bring each sender up to so many whole tokens before the run
    #[arg(long, value_name = "TOKENS", default_value_t = 100)]
    fund: u64,
    /// Send the call that this file describes, instead of transfers
    #[arg(long, value_name = "FILE")]
    call: Option<PathBuf>,
    /// Put N calls into each transaction
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1,
        value_parser = clap::value_parser!(u32).range(1..1_001)
    )]
    batch: u32,
    /// The most transactions that may wait for a block; the pool of a collator holds 16384
    #[arg(
        long,
        value_name = "N",
        default_value_t = 5_000,
        value_parser = clap::value_parser!(u32).range(1..)
    )]
    in_flight: u32,
    /// Write the report as a page to this file
    #[arg(long, value_name = "FILE")]
    page: Option<PathBuf>,
    /// Print the report as JSON instead of text
    #[arg(long)]
    json: bool,
    /// Print errors only
    #[arg(long, conflicts_with = "json")]
    quiet: bool,
}

fn positive(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(rate) if rate > 0.0 && rate <= 1e6 => Ok(rate),
        _ => Err("expected a number above 0, at most a million".into()),
    }
}

/// Drives the chain, and prints the report.
///
/// # Errors
/// If the network does not run, or as [`run`].
pub async fn run_load(options: Options) -> Result<ExitCode> {
    output::set(options.json, options.quiet);
    if let Some(file) = &options.page {
        // Before the run, because the page is written after it.
        let opened = OpenOptions::new().append(true).create(true).open(file);
        opened.with_context(|| format!("writing '{}'", file.display()))?;
    }
    let run_options = run_options(&options)?;
    let mut stops = Stops::new()?;
    say!("funding {} senders", options.senders);
    let (mut line, stop, mut stopped) = (ProgressLine::default(), Notify::new(), None);
    let report = {
        let running = run(&run_options, |progress| line.show(&progress), stop.notified());
        pin!(running);
        loop {
            tokio::select! {
                report = &mut running => break report?,
                signal = stops.next() => {
                    if signal == Stop::Output || stopped.replace(signal).is_some() {
                        return Ok(signal.short_of("the report"));
                    }
                    let hint = "no more is offered; Ctrl-C again to leave without the report";
                    let _ = writeln!(stderr(), "\n{hint}");
                    stop.notify_one();
                }
            }
        }
    };
    line.clear();
    print(&report);
    output::json(&report);
    if let Some(file) = &options.page {
        fs::write(file, page(&report)).with_context(|| format!("writing '{}'", file.display()))?;
        say!("page           {}", file.display());
    }
    let totals = &report.totals;
    let (unfinished, double) = (totals.accepted.saturating_sub(totals.finalized), totals.double);
    if unfinished + double > 0 {
        let _ = writeln!(
            stderr(),
            "{unfinished} accepted transactions are not final, and {double} are in two blocks"
        );
        return Ok(ExitCode::from(CHECK_FAILED));
    }
    Ok(stopped.map_or(ExitCode::SUCCESS, |stop| stop.short_of("the end of the load")))
}

fn run_options(options: &Options) -> Result<RunOptions> {
    let (nodes, follow) = if options.para.is_empty() {
        let network = tandem_network::manifest(&options.dir)
            .map_err(|error| anyhow!("{error:#}, or give --para and --key-file"))?;
        let follow = follow::options(&network);
        (follow.paras.first().cloned().unwrap_or_default(), Some(follow))
    } else {
        let (relay, paras) = (options.relay.clone(), vec![options.para.clone()]);
        let follow = FollowOptions { relay, paras, ..FollowOptions::default() };
        (options.para.clone(), Some(follow).filter(|follow| !follow.relay.is_empty()))
    };
    let end = match options.blocks {
        Some(blocks) => End::Blocks(blocks),
        None => End::After(Duration::from_secs(options.seconds)),
    };
    Ok(RunOptions {
        nodes,
        follow,
        root: match &options.key_file {
            Some(path) => key(path, options.para.is_empty())?,
            None => dev::alice(),
        },
        senders: options.senders,
        tokens: options.fund,
        workload: Workload::new(options.call.as_deref(), options.batch)?,
        rate: options.rate,
        in_flight: options.in_flight as usize,
        end,
    })
}

/// The key whose secret a file has. It can be that of a development account on a `local` network only. The
/// errors do not show the secret.
fn key(path: &Path, local: bool) -> Result<Keypair> {
    let shown = path.display();
    let secret = fs::read_to_string(path).with_context(|| format!("reading '{shown}'"))?;
    // An empty text, or a path alone, is a development account to the library.
    let secret = secret.trim();
    let public = secret.is_empty() || secret.starts_with('/');
    let uri = SecretUri::from_str(secret).ok().filter(|_| local || !public);
    match uri.and_then(|uri| Keypair::from_uri(&uri).ok()) {
        Some(key) => Ok(key),
        None => {
            bail!("'{shown}' has no secret of an sr25519 account: expected a seed phrase or 0x and 64 digits")
        }
    }
}

/// The line that shows how far a run is.
#[derive(Default)]
struct ProgressLine {
    before: Option<Progress>,
}

impl ProgressLine {
    /// On a terminal every second, in the same place; elsewhere a line every ten seconds.
    fn show(&mut self, now: &Progress) {
        if output::format() != Format::Text {
            return;
        }
        let terminal = stdout().is_terminal();
        let due = self.before.is_none_or(|before| (now.elapsed - before.elapsed).as_secs_f64() > 9.5);
        if !terminal && !due {
            return;
        }
        let seconds = self.before.map_or(now.elapsed, |before| now.elapsed - before.elapsed).as_secs_f64();
        let rate = |count: fn(&Progress) -> u64| {
            let before = self.before.as_ref().map_or(0, count);
            count(now).saturating_sub(before) as f64 / seconds.max(0.001)
        };
        let state = if now.ending { "ending" } else { "" };
        let text = format!(
            "{:>4} s  offered {:>6} {:>4.0}/s  in blocks {:>6}  final {:>6}  waiting {:>5} {state}",
            now.elapsed.as_secs(),
            now.offered,
            rate(|progress| progress.offered),
            now.in_blocks,
            now.finalized,
            now.waiting,
        );
        match terminal {
            true => output::text(format_args!("\r\x1b[K{}", text.trim_end())),
            false => say!("{}", text.trim_end()),
        }
        self.before = Some(*now);
    }

    fn clear(&self) {
        if self.before.is_some() && stdout().is_terminal() {
            output::text(format_args!("\r\x1b[K"));
        }
    }
}

/// Prints a report as text.
fn print(report: &Report) {
    let Report { totals, throughput, latency, .. } = report;
    let seconds = report.stopped_at.saturating_sub(report.started_at) as f64 / 1_000.0;
    let rate = report.rate.map_or("as many as the chain takes".into(), |rate| format!("{rate} per second"));
    say!("{}: {}, {rate}, for {seconds:.0} s\n", report.chain, report.workload);
    say!(
        "{:<12} {:>12} {:>8} {:>8} {:>8} {:>8} {:>8}",
        "",
        "transactions",
        "per s",
        "p50",
        "p90",
        "p99",
        "worst"
    );
    let included = throughput.included.map(|rate| (totals.included, rate));
    let steps = [
        ("offered", Some((totals.offered, throughput.offered)), None),
        ("accepted", Some((totals.accepted, throughput.accepted)), latency.accepted),
        ("in blocks", Some((totals.in_blocks, throughput.in_blocks)), latency.in_block),
        ("included", included, latency.included),
        ("final", Some((totals.finalized, throughput.finalized)), latency.finalized),
    ];
    for (name, step, times) in steps {
        let Some((number, rate)) = step else { continue };
        let times = times.map_or([""; 4].map(String::from), |times| {
            let Quantiles { p50, p90, p99, worst } = times;
            [p50, p90, p99, worst].map(|millis| format!("{:.1} s", millis as f64 / 1_000.0))
        });
        let [p50, p90, p99, worst] = times;
        say!("{name:<12} {number:>12} {rate:>8.1} {p50:>8} {p90:>8} {p99:>8} {worst:>8}");
    }
    say!();
    let (lost, double, failed) = (totals.lost, totals.double, totals.failed);
    say!("lost {lost}, double {double}, failed {failed}, refused {}", totals.refused);
    say!("pool full {} times, resubmitted {}", totals.pool_full, totals.resubmitted);
    for (reason, times) in &totals.refusals {
        say!("refused {times} times: {reason}");
    }
    let mut held = BTreeMap::new();
    for block in &report.blocks {
        *held.entry(block.held_by.label()).or_insert(0) += 1;
    }
    let held: Vec<_> = held.iter().map(|(limit, blocks)| format!("{limit} {blocks}")).collect();
    say!("{} blocks, held by: {}\n", report.blocks.len(), held.join(", "));
    say!(
        "{:>9} {:>8} {:>12} {:>8} {:>8}  {}",
        "block",
        "after",
        "transactions",
        "weight",
        "proof",
        "held by"
    );
    for block in &report.blocks {
        let percent = |used: u64, limit: u64| format!("{:.1} %", used as f64 * 100.0 / limit.max(1) as f64);
        let after = block.interval.map_or("".into(), |millis| format!("{:.1} s", millis as f64 / 1_000.0));
        say!(
            "{:>9} {after:>8} {:>12} {:>8} {:>8}  {}",
            format!("#{}", block.number),
            block.transactions,
            percent(block.normal.ref_time, block.limit.ref_time),
            percent(block.normal.proof_size, block.limit.proof_size),
            block.held_by.label(),
        );
    }
    say!();
}
