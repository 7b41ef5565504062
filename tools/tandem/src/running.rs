//! `tandem status`, `logs` and `down`: a network that runs in a folder, seen and stopped from another terminal.

use crate::{
    output::{self, say},
    stop::Stops,
};
use anyhow::{bail, ensure, Context, Result};
use clap::Args;
use futures_util::future::join_all;
use nix::sys::signal::{kill, Signal};
use serde::Serialize;
use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Read, Seek, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    process::ExitCode,
    time::{Duration, Instant},
};
use subxt::{
    config::RpcConfigFor,
    rpcs::{LegacyRpcMethods, RpcClient},
    PolkadotConfig,
};
use tandem_network::{manifest, owner, NodeConfig};
use tandem_rpc::in_time;
use tokio::time::sleep;

/// How long a network may take to stop.
const STOPPING: Duration = Duration::from_secs(60);
/// Time between two looks at a log, or at a network that is stopping.
const PERIOD: Duration = Duration::from_millis(200);

/// Run folder of the network.
#[derive(Args)]
struct Folder {
    /// Run folder of the network
    #[arg(long, default_value = "run", value_name = "FOLDER")]
    dir: PathBuf,
}

/// Show the nodes of a running network, and how far their chains are
///
/// Exits with 1 if no network runs, or if a node does not answer.
#[derive(Args)]
#[command(after_help = "Examples:
  tandem status                  the network in ./run
  tandem status --json           the same for scripts")]
pub struct Status {
    #[command(flatten)]
    folder: Folder,
    /// Print JSON, one object per line, instead of text
    #[arg(long)]
    json: bool,
}

/// A node of a running network.
#[derive(Serialize)]
struct NodeStatus<'a> {
    name: &'a str,
    rpc: &'a str,
    /// Numbers of its best and its final block; `None` if it does not answer.
    best: Option<u64>,
    #[serde(rename = "final")]
    last_final: Option<u64>,
    peers: Option<u64>,
}

impl<'a> NodeStatus<'a> {
    async fn of(node: &'a NodeConfig) -> Self {
        let NodeConfig { name, rpc, .. } = node;
        let (best, last_final, peers) = match in_time(numbers(rpc)).await {
            Ok((best, last_final, peers)) => (Some(best), Some(last_final), Some(peers)),
            Err(_) => (None, None, None),
        };
        Self { name, rpc, best, last_final, peers }
    }
}

/// The best and the final block of the node at `url`, and the number of its peers.
async fn numbers(url: &str) -> Result<(u64, u64, u64)> {
    let client = RpcClient::from_insecure_url(url).await?;
    let rpc = LegacyRpcMethods::<RpcConfigFor<PolkadotConfig>>::new(client);
    let best = rpc.chain_get_header(None).await?.context("no best block")?;
    let hash = rpc.chain_get_finalized_head().await?;
    let last_final = rpc.chain_get_header(Some(hash)).await?.context("no final block")?;
    Ok((best.number, last_final.number, rpc.system_health().await?.peers as u64))
}

/// Prints the nodes of the network.
///
/// # Errors
/// If no network runs in the folder, or if a node does not answer.
pub async fn status(options: Status) -> Result<ExitCode> {
    output::set(options.json, false);
    let network = manifest(&options.folder.dir)?;
    let nodes = join_all(network.all().map(NodeStatus::of)).await;
    let width = nodes.iter().map(|node| node.name.len()).fold(14, usize::max);
    say!("{:<width$} {:>8} {:>8} {:>5}  {}", "node", "best", "final", "peers", "RPC");
    for node in &nodes {
        output::json(node);
        let shown = |number: Option<u64>, sign| number.map_or("-".into(), |number| format!("{sign}{number}"));
        say!(
            "{:<width$} {:>8} {:>8} {:>5}  {}",
            node.name,
            shown(node.best, "#"),
            shown(node.last_final, "#"),
            shown(node.peers, ""),
            node.rpc,
        );
    }
    let silent = nodes.iter().filter(|node| node.best.is_none()).map(|node| node.name);
    let silent: Vec<_> = silent.collect();
    ensure!(silent.is_empty(), "no answer from {}", silent.join(", "));
    Ok(ExitCode::SUCCESS)
}

/// Print the last lines of a node's log, of a network that runs or has ended
#[derive(Args)]
#[command(after_help = "Examples:
  tandem logs para-alice               its last 40 lines
  tandem logs para-alice -f            and those that follow, until the network stops or Ctrl-C
  tandem logs relay-bob --lines 1000   more of them")]
pub struct Logs {
    /// Name of the node, as in `tandem status`
    node: String,
    #[command(flatten)]
    folder: Folder,
    /// Print the last N lines
    #[arg(long, short = 'n', default_value = "40", value_name = "N")]
    lines: usize,
    /// Also print the lines that follow
    #[arg(long, short)]
    follow: bool,
}

/// Prints the end of a node's log, and follows it if asked to, for as long as the network runs.
///
/// # Errors
/// If the folder has no such log.
pub async fn logs(options: Logs) -> Result<ExitCode> {
    let dir = &options.folder.dir;
    let path = dir.join(format!("{}.log", options.node));
    let shown = || format!("reading '{}'", path.display());
    if !path.is_file() {
        let names = logs_in(dir).join(", ");
        ensure!(!names.is_empty(), "there are no logs in '{}'", dir.display());
        bail!("there is no log of a node '{}': expected one of {names}", options.node);
    }
    let mut stops = Stops::new()?;
    let mut log = File::open(&path).with_context(shown)?;
    log.seek(SeekFrom::Start(start_of_last(&log, options.lines).with_context(shown)?))?;
    loop {
        // Before the last look at the log, which then has all.
        let goes_on = options.follow && owner(dir).is_ok();
        let mut text = Vec::new();
        log.read_to_end(&mut text).with_context(shown)?;
        output::text(format_args!("{}", String::from_utf8_lossy(&text)));
        if !goes_on {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            _ = stops.next() => return Ok(ExitCode::SUCCESS),
            () = sleep(PERIOD) => (),
        }
        // A new run has a new log.
        let new = path.metadata().is_ok_and(|new| log.metadata().is_ok_and(|old| new.ino() != old.ino()));
        if new {
            log = File::open(&path).with_context(shown)?;
        }
    }
}

/// Names of the nodes that have a log in the folder.
fn logs_in(dir: &Path) -> Vec<String> {
    let files = fs::read_dir(dir).into_iter().flatten().flatten().map(|file| file.path());
    let logs = files.filter(|path| path.extension().is_some_and(|extension| extension == "log"));
    let mut names: Vec<_> =
        logs.filter_map(|path| path.file_stem().map(|name| name.to_string_lossy().into_owned())).collect();
    names.sort();
    names
}

/// Where the last `lines` lines of a file begin.
fn start_of_last(file: &File, lines: usize) -> std::io::Result<u64> {
    let mut starts = std::collections::VecDeque::from([0]);
    let (mut reader, mut position, mut line) = (BufReader::new(file), 0, Vec::new());
    loop {
        line.clear();
        match reader.read_until(b'\n', &mut line)? {
            0 => break,
            read => position += read as u64,
        }
        starts.push_back(position);
        if starts.len() > lines + 1 {
            starts.pop_front();
        }
    }
    Ok(starts[0])
}

/// Stop a running network, as Ctrl-C in its terminal does
#[derive(Args)]
#[command(after_help = "Examples:
  tandem down                          the network in ./run
  tandem down --dir run-activation     another one")]
pub struct Down {
    #[command(flatten)]
    folder: Folder,
}

/// Stops the network, and waits until it has stopped.
///
/// # Errors
/// If no network runs in the folder, or if it does not stop within a minute.
pub async fn down(options: Down) -> Result<ExitCode> {
    let pid = owner(&options.folder.dir)?;
    // Not SIGINT: if the network is stopping already, that would kill it.
    kill(pid, Signal::SIGTERM).with_context(|| format!("stopping process {pid}"))?;
    let since = Instant::now();
    while owner(&options.folder.dir).is_ok_and(|now| now == pid) {
        ensure!(since.elapsed() < STOPPING, "process {pid} has not stopped after {STOPPING:?}");
        sleep(PERIOD).await;
    }
    say!("stopped");
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_last_lines_of_a_file_are_found() {
        let path = std::env::temp_dir().join(format!("tandem-log-{}", std::process::id()));
        File::create(&path).unwrap().write_all(b"one\ntwo\nthree").unwrap();
        let start = |lines| start_of_last(&File::open(&path).unwrap(), lines).unwrap();
        assert_eq!([0, 1, 2, 3, 4].map(start), [13, 8, 4, 0, 0]);
        std::fs::remove_file(path).unwrap();
    }
}
