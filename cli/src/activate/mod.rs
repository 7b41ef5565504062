//! `tandem activate`: takes a living chain from twelve-second blocks to six-second ones, and checks
//! that nothing has moved.
//!
//! In order: a network is started at the synchronous cadence, as by [`up`](crate::up); accounts and
//! governance are given what a live chain has under way ([`life`], [`vote`]); a referendum authorises
//! the asynchronous code, anyone applies it, and the relay chain checks it and gives the go-ahead
//! ([`switch`]). Meanwhile transfers are sent ([`traffic`]). Then everything that the chain promised
//! is read before the switch and after it ([`rows`], [`economy`]), and put side by side ([`table`],
//! [`report`]).

mod economy;
mod life;
mod report;
mod rows;
mod switch;
mod table;
mod traffic;
pub mod vote;

pub use rows::ALWAYS as ROWS;

use crate::{
    output::say,
    para::{call, Para},
    stop::Stops,
    up::{
        binaries::Binaries, nodes::Nodes, processes::Processes, run_folder::RunFolder, specs, until_stopped,
        watch, Cadence, Shape,
    },
};
use anyhow::{bail, ensure, Context, Result};
use clap::Args;
use life::Life;
use sp_crypto_hashing::blake2_256;
use std::{
    cell::{Cell, RefCell},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};
use subxt::dynamic::{self, Value};
use subxt_signer::sr25519::dev;
use switch::{Switch, ACCEPTED};
use tokio::time::sleep;

/// How many times faster than written governance runs: the decision of a referendum takes eight
/// minutes, so that it is open over the switch, and an undisputed one at most two.
const SPEEDUP: u32 = 2_520;
/// What remembers its beginning begins at this block. The switch comes some twenty blocks later, and
/// a beginning longer ago than half of the chain's age could not be told in blocks half as long.
const BEGIN: u64 = 24;
/// Blocks after the switch with which transfers stop.
const TRAFFIC: u64 = 10;
/// How long the chain may take for a handful of blocks.
const BLOCKS: Duration = Duration::from_secs(10 * 60);

/// Examples, below the options.
const EXAMPLES: &str = "Examples:
  tandem activate               the whole switch, in some fifteen minutes
  tandem activate --after 50    watch fifty blocks after it";

/// Start a local network with twelve-second blocks, vote it to six-second ones, and check that nothing moved
///
/// The chain gets vesting schedules, scheduled calls, referenda, locks, stakes and more before the switch.
/// Afterwards each of their moments and amounts is compared with what the chain promised before.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub struct Options {
    /// Folder for chain specs, databases and logs
    #[arg(long, default_value = "run-activation", value_name = "FOLDER")]
    dir: PathBuf,
    /// Use this port and the ones after it [default: free ports]
    #[arg(long, value_name = "FIRST")]
    ports: Option<u16>,
    /// Watch N blocks after the switch
    #[arg(long, default_value = "20", value_name = "N", value_parser = clap::value_parser!(u32).range(1..=200))]
    after: u32,
    /// Restart a node that died after this many seconds, instead of stopping the network; give up if it
    /// dies five times in ten minutes, or if it is relay-alice or para-alice
    #[arg(long, value_name = "SECONDS")]
    restart_after: Option<u64>,
    /// Folder with the binaries of the nodes [default: that of this binary]
    #[arg(long, value_name = "FOLDER")]
    binaries: Option<PathBuf>,
}

/// The network that is switched.
const SHAPE: Shape = Shape::at(Cadence::Synchronous);

/// Runs the switch as `options` say.
///
/// # Errors
/// In one line that names what is wrong, such as the rows that have moved, after every process has
/// been stopped.
pub async fn run(options: Options) -> Result<ExitCode> {
    let stops = Stops::new()?;
    let binaries = Binaries::find(options.binaries.as_deref())?;
    let folder = RunFolder::take(&options.dir, false)?;
    say!("From twelve-second blocks to six-second ones, in {}", folder.path().display());

    let stopped = until_stopped(stops, &folder, options.restart_after, async |processes| {
        network(&options, &binaries, &folder, processes).await
    });
    Ok(stopped.await?.map_or(ExitCode::SUCCESS, |stop| stop.short_of("the switch was checked")))
}

/// The runtime at the asynchronous cadence, as the collator in `binaries` has it, or the one beside
/// the running binary.
///
/// # Errors
/// If there is no collator, or if it does not export the code.
pub async fn new_code(binaries: Option<&Path>) -> Result<Vec<u8>> {
    specs::code(Cadence::Asynchronous, &Binaries::find(binaries)?.collator).await
}

/// The network from its chain specs to its end.
async fn network(
    options: &Options,
    binaries: &Binaries,
    folder: &RunFolder,
    processes: &mut Processes,
) -> Result<()> {
    say!("making chain specs");
    specs::make(&SHAPE, binaries, folder, Some(SPEEDUP)).await?;
    let code = specs::code(Cadence::Asynchronous, &binaries.collator).await?;
    let nodes = Nodes::plan(&SHAPE, binaries, folder, options.ports).await?;
    folder.keep(&SHAPE, &nodes)?;
    for node in nodes.all() {
        processes.start(node)?;
    }
    tokio::select! {
        done = activation(options, &nodes, folder, &code) => done,
        died = processes.watch() => died.map(|never| match never {}),
    }
}

/// What is said, with the seconds since the start.
struct Log {
    started: Instant,
    said: RefCell<Vec<String>>,
}

impl Log {
    fn new() -> Self {
        Self { started: Instant::now(), said: RefCell::default() }
    }

    /// Says `text`.
    fn say(&self, text: impl Into<String>) {
        let text = text.into();
        say!("{:>6.1} s  {text}", self.started.elapsed().as_secs_f32());
        self.said.borrow_mut().push(text);
    }

    /// Says `text`, unless it was said before.
    fn once(&self, text: String) {
        if !self.has(&text) {
            self.say(text);
        }
    }

    fn has(&self, text: &str) -> bool {
        self.said.borrow().iter().any(|said| said == text)
    }

    /// What was said last.
    fn last(&self) -> String {
        self.said.borrow().last().cloned().unwrap_or_default()
    }
}

/// The switch, on a network whose nodes have been started.
async fn activation(options: &Options, nodes: &Nodes, folder: &RunFolder, code: &[u8]) -> Result<()> {
    say!("starting {} nodes", nodes.all().count());
    let log = Log::new();
    let relay = watch::connect(&nodes.validators[0], log.started).await?;
    log.say("relay chain answers");
    watch::connect(&nodes.collators[0], log.started).await?;
    let para = Para::connect(&nodes.collators[0].rpc).await?;
    folder.write_network(nodes)?;
    log.say("parachain answers");
    watch::endpoints(nodes);
    tokio::select! {
        done = steps(options, &para, code, &log) => done,
        never = switch::follow(&relay, &para, &log) => match never {},
    }
}

async fn steps(options: &Options, para: &Para, code: &[u8], log: &Log) -> Result<()> {
    para.reaches(1, BLOCKS).await.context("waiting for the first parablock")?;
    let newest = para.newest().await?;
    ensure!(
        newest.metadata_ref().pallet_by_name("Cadence").is_some(),
        "the chain has no pallet Cadence: build the node again with `make build`"
    );
    let root = life::plant(para, log).await?;
    vote::enacted(para, root, 1).await?;
    log.say(format!("referendum {root} is enacted"));
    life::settle(para, log, root).await?;
    authorise(para, code, log).await?;

    let newest = para.newest().await?.block_number();
    if newest < BEGIN {
        log.say(format!(
            "waiting for parablock #{BEGIN}: what begins before half of the chain's age cannot be told in \
             shorter blocks; now #{newest}"
        ));
        para.reaches(BEGIN, BLOCKS).await?;
    }
    let life = life::begin(para, log).await?;

    let stop = Cell::new(false);
    let (fates, switch) =
        tokio::try_join!(traffic::run(para, &stop), under_way(options, para, code, &life, log, &stop))?;
    let last = checked_until(options, &switch);
    report::report(para, &life, &switch, last, &fates, log).await
}

/// Votes for the authorisation of `code`, and waits until it is there.
async fn authorise(para: &Para, code: &[u8], log: &Log) -> Result<()> {
    let from = para.newest().await?.block_number();
    let authorise = call("System", "authorize_upgrade", vec![Value::from_bytes(blake2_256(code))]);
    let index = vote::propose_as_root(para, &authorise).await?;
    log.say(format!("referendum {index}: five accounts vote for the new code"));
    vote::enacted(para, index, from).await?;
    log.say(format!("referendum {index} is enacted: the new code is authorised"));
    Ok(())
}

/// Applies the authorised `code`, as anyone may.
///
/// # Errors
/// If the chain refuses it.
pub async fn apply(para: &Para, code: &[u8]) -> Result<()> {
    let apply = dynamic::transaction("System", "apply_authorized_upgrade", (code.to_vec(),));
    para.call(&apply, &dev::dave()).await.map(drop)
}

/// Applies the code and waits until the switch is over, final, and ten blocks behind.
async fn under_way(
    options: &Options,
    para: &Para,
    code: &[u8],
    life: &Life,
    log: &Log,
    stop: &Cell<bool>,
) -> Result<Switch> {
    let from = para.newest().await?.block_number();
    apply(para, code).await.context("applying the new code")?;
    log.say(format!(
        "the new code is applied, {:.1} KiB; transfers are under way",
        code.len() as f64 / 1024.0
    ));

    let (confirmed, switch) = tokio::join!(confirm(para, life, log), switch::done(para, log, from));
    let switch = switch?;
    if let Err(error) = confirmed {
        log.say(format!("no referendum confirms over the switch: {error:#}"));
    }
    para.reaches(switch.at + 1 + TRAFFIC, BLOCKS).await?;
    stop.set(true);
    log.say(format!("{TRAFFIC} blocks after the switch: transfers stop"));
    let last = checked_until(options, &switch);
    while para.newest_final().await?.block_number() < last {
        ensure!(log.started.elapsed() < 5 * BLOCKS, "parablock #{last} is not final after {:?}", 5 * BLOCKS);
        sleep(Duration::from_secs(2)).await;
    }
    Ok(switch)
}

/// The last block that is watched.
fn checked_until(options: &Options, switch: &Switch) -> u64 {
    switch.completed.max(switch.at + u64::from(options.after))
}

/// Once the relay chain's validators have accepted the code, starts a confirmation that is still
/// running when the switch comes.
async fn confirm(para: &Para, life: &Life, log: &Log) -> Result<()> {
    let since = Instant::now();
    while !log.has(ACCEPTED) {
        ensure!(since.elapsed() < BLOCKS, "the relay chain has not accepted the code after {BLOCKS:?}");
        if switch::history(&para.newest().await?).await?.len() > 1 {
            bail!("the switch came unforeseen");
        }
        sleep(Duration::from_secs(1)).await;
    }
    life::confirm(para, life).await
}
