//! `tandem watch` beside a network, and whether what it printed is what happened.

use crate::{
    chain::{candidates, Client, Stage},
    tandem,
};
use anyhow::{bail, ensure, Context, Result};
use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Stdio},
    time::{Duration, Instant},
};
use subxt::utils::H256;
use tokio::time::sleep;

/// How long one node may be behind another: what is final spreads through the network, a node that has just
/// started catches up, and its metrics are of every five seconds.
const CATCHES_UP: Duration = Duration::from_secs(180);

/// A running `tandem watch`.
pub struct Watcher {
    tandem: Child,
    dir: PathBuf,
}

impl Watcher {
    /// Watches the network in `dir`: prints JSON, records, and serves its page.
    pub fn start(dir: &Path) -> Result<Self> {
        let watcher = |tandem| Self { tandem, dir: dir.into() };
        let output = |kind| File::create(dir.with_extension(kind));
        let _ = fs::remove_file(dir.with_extension("recording"));
        // With no path in its arguments that would make it look like a node of the network.
        let name = Path::new(dir.file_name().context("a folder has a name")?);
        let tandem = tandem()
            .current_dir(dir.parent().context("a folder")?)
            .args(["watch", "--json", "--serve", "127.0.0.1:0", "--dir"])
            .arg(name)
            .arg("--record")
            .arg(name.with_extension("recording"))
            .stdin(Stdio::null())
            .stdout(output("json")?)
            .stderr(output("err")?)
            .spawn()?;
        Ok(watcher(tandem))
    }

    /// Where its page is, once it is served.
    pub async fn page(&mut self) -> Result<String> {
        let since = Instant::now();
        loop {
            let said = fs::read_to_string(self.dir.with_extension("err"))?;
            if let Some(url) = said.split_whitespace().find_map(|word| word.strip_suffix(",")) {
                return Ok(url.into());
            }
            if let Some(status) = self.tandem.try_wait()? {
                bail!("tandem watch ended ({status}): {said}");
            }
            ensure!(since.elapsed() < Duration::from_secs(30), "no page: {said}");
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Waits until it has printed that block `number` is final.
    ///
    /// # Errors
    /// If it has not after [`CATCHES_UP`].
    pub async fn reaches(&self, number: u64) -> Result<()> {
        let since = Instant::now();
        loop {
            let text = fs::read_to_string(self.dir.with_extension("json"))?;
            // The last line may be half written.
            let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
            let line = whole.lines().rev().find(|line| line.starts_with("{\"block\":"));
            let last = line.map(serde_json::from_str::<Value>).transpose()?;
            let last = last.and_then(|line| line["block"]["number"].as_u64());
            if last >= Some(number) {
                return Ok(());
            }
            ensure!(
                since.elapsed() < CATCHES_UP,
                "tandem watch is at {last:?}, its node's final is #{number}"
            );
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Stops it as Ctrl-C does. Returns what it printed, and where it recorded.
    pub fn stop(mut self) -> Result<(Vec<Value>, PathBuf)> {
        kill(Pid::from_raw(self.tandem.id() as i32), Signal::SIGINT)?;
        let status = self.tandem.wait()?;
        ensure!(status.success(), "tandem watch ended with {status}");
        let printed = fs::read_to_string(self.dir.with_extension("json"))?;
        let printed = printed.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        Ok((printed, self.dir.with_extension("recording")))
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.tandem.kill();
        let _ = self.tandem.wait();
    }
}

/// Checks what the watch printed, one JSON object a line, against the chains, and against the collator's log and
/// the metrics that it serves at the URL `metrics`.
///
/// # Errors
/// If a parablock is missing, is another, or came another way.
pub async fn agrees(
    printed: &[Value],
    relay: &Client,
    para: &Client,
    log: &Path,
    metrics: &str,
) -> Result<()> {
    let blocks: Vec<_> = printed.iter().filter_map(|line| line.get("block")).collect();
    let (first, last) = (blocks.first().context("no blocks")?, blocks.last().context("no blocks")?);
    let number = |value: &Value| value.as_u64().with_context(|| format!("a number, not {value}"));

    // The last block is final for the collator too, which may learn of it later.
    let (newest, since) = (number(&last["number"])?, Instant::now());
    loop {
        let height = final_height(metrics)?;
        if height >= newest {
            break;
        }
        ensure!(since.elapsed() < CATCHES_UP, "#{newest} is printed as final, #{height} is for its node");
        sleep(Duration::from_secs(1)).await;
    }

    // The way of each candidate, from the relay chain's own blocks.
    let (mut backed, mut included) = (HashMap::new(), BTreeMap::new());
    for at in number(&first["backed"]["relay"])?..=number(&last["included"]["relay"])? {
        for candidate in candidates(&relay.at_block(at).await?).await? {
            match candidate.stage {
                Stage::Backed => backed.insert(candidate.hash, at),
                Stage::Included => included.insert(candidate.number, (candidate.hash, at)).map(|(_, at)| at),
            };
        }
    }
    let begin = number(&first["number"])?;
    let expected: Vec<_> =
        included.range(begin..).map(|(number, (hash, at))| (*number, *hash, *at)).collect();
    ensure!(expected.len() == blocks.len(), "{} blocks are printed of {}", blocks.len(), expected.len());
    for (block, (number_of, hash, at)) in blocks.iter().zip(expected) {
        let printed: H256 = block["hash"].as_str().context("a hash")?.parse()?;
        ensure!(
            printed == hash && number(&block["number"])? == number_of,
            "#{number_of} is printed as {block}"
        );
        ensure!(number(&block["included"]["relay"])? == at, "#{number_of} was included in {at}: {block}");
        let backed = backed.get(&hash).copied();
        ensure!(
            backed == block["backed"]["relay"].as_u64(),
            "#{number_of} was backed in {backed:?}: {block}"
        );
        ensure!(para.at_block(number_of).await?.block_hash() == hash, "#{number_of} is another for its node");
    }

    // Every slot between the first and the last block has a block, or is printed as missed.
    let slots = number(&last["slot"])? - number(&first["slot"])?;
    let missed = printed.iter().filter_map(|line| line.get("missed"));
    let missed = missed.map(|missed| number(&missed["count"])).sum::<Result<u64>>()?;
    ensure!(
        slots + 1 == blocks.len() as u64 + missed,
        "{} blocks, {missed} missed, {slots} slots",
        blocks.len()
    );

    // What was seen as it came was seen when the collator's log says that it was imported.
    let log = fs::read_to_string(log)?;
    let mut late = Vec::new();
    for block in &blocks {
        let hash = block["hash"].as_str().context("a hash")?;
        // As logs have it: the first four digits and the last.
        let short = format!("0x{}…{}", &hash[2..6], &hash[62..]);
        let line = log.lines().find(|line| line.contains("mported #") && line.contains(&short));
        if let (Some(seen), Some(line)) = (block["seen"].as_u64(), line) {
            late.push(seen as i64 / 1_000 % DAY - time_of_day(line).context("the time of a line")?);
        }
    }
    late.sort_unstable();
    println!("  {} blocks, {missed} missed", blocks.len());
    ensure!(late.len() * 2 > blocks.len(), "the log has only {} of {} blocks", late.len(), blocks.len());
    let median = late[late.len() / 2];
    ensure!((0..=2).contains(&median), "blocks were seen {median} s after their import");
    Ok(())
}

/// The number of the newest block that is final for a node, by the metrics that it serves at the URL `metrics`.
pub fn final_height(metrics: &str) -> Result<u64> {
    let text = get(metrics)?;
    let is_ours =
        |line: &&str| line.starts_with("substrate_block_height{") && line.contains("status=\"finalized\"");
    let height = text.lines().find(is_ours).and_then(|line| line.rsplit(' ').next()).context("a height")?;
    Ok(height.parse()?)
}

/// What is served at `url`, of a server on this machine.
fn get(url: &str) -> Result<String> {
    let (host, path) = url.strip_prefix("http://").and_then(|rest| rest.split_once('/')).context("a URL")?;
    let mut stream = TcpStream::connect(host)?;
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    ensure!(answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"), "{url}: {answer}");
    Ok(answer)
}

/// In seconds.
const DAY: i64 = 86_400;

/// Seconds from midnight to the time that a line of a log begins with, in UTC as `tandem` has all logs.
fn time_of_day(line: &str) -> Option<i64> {
    let mut parts = line.split_whitespace().nth(1)?.split(':').map(str::parse::<i64>);
    let mut next = || parts.next()?.ok();
    Some((next()? * 60 + next()?) * 60 + next()?)
}
