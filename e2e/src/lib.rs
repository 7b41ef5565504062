//! A local network as its users see it: `tandem` as a process, the chains by RPC.

pub mod chain;
pub mod watched;

use anyhow::{bail, ensure, Context, Result};
use chain::Client;
use nix::{
    sys::{
        prctl,
        signal::{kill, Signal},
    },
    unistd::Pid,
};
use serde_json::Value;
use std::{
    fs::{self, File},
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::{Duration, Instant},
};
use subxt::{
    dynamic,
    tx::{DynamicPayload, TransactionStatus},
    utils::{AccountId32, MultiAddress, H256},
};
use subxt_signer::sr25519::{dev, Keypair};
use tokio::{
    sync::{Mutex, MutexGuard},
    time::sleep,
};

/// One token.
pub const UNIT: u128 = 10u128.pow(18);

/// The folder that the binaries under test are in: that of the running one, or above.
pub fn binaries() -> PathBuf {
    let own = std::env::current_exe().expect("this process has a binary");
    own.ancestors().find(|folder| folder.join("tandem").is_file()).expect("tandem is built").to_path_buf()
}

/// An empty folder of its own for each `name`.
pub fn folder(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("tandem-e2e-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&path);
    path
}

/// A command that runs `tandem`, which is asked to end if this process is killed.
pub fn tandem() -> Command {
    let mut command = Command::new(binaries().join("tandem"));
    // SAFETY: prctl is async-signal-safe, and nothing else runs between fork and exec.
    unsafe {
        command.pre_exec(|| Ok(prctl::set_pdeathsig(Signal::SIGTERM)?));
    }
    command
}

/// Runs a script of this folder by Node.js, and returns what it prints. The clients of this process go on
/// meanwhile: one that answers no pings for two minutes loses its connection, and knows only old blocks.
pub async fn script(args: &[&str]) -> Result<String> {
    let running = tokio::process::Command::new("node").args(args).kill_on_drop(true).output();
    let output = running.await.context("running node")?;
    let printed = String::from_utf8_lossy(&output.stdout);
    ensure!(output.status.success(), "{args:?}: {printed}{}", String::from_utf8_lossy(&output.stderr));
    Ok(printed.into())
}

/// As long as it is held no other network starts, which keeps all cores busy for half a minute.
pub async fn quiet() -> MutexGuard<'static, ()> {
    static STARTING: Mutex<()> = Mutex::const_new(());
    STARTING.lock().await
}

/// A running `tandem up`, or `tandem activate`.
pub struct Network {
    tandem: Child,
    dir: PathBuf,
}

impl Network {
    /// Starts a network in `dir`, with the options `args`; it answers by then.
    pub async fn start(dir: &Path, args: &[&str]) -> Result<Self> {
        Self::run("up", dir, args).await
    }

    /// Starts the switch of a network in `dir`, with the options `args`.
    pub async fn activate(dir: &Path, args: &[&str]) -> Result<Self> {
        Self::run("activate", dir, args).await
    }

    async fn run(command: &str, dir: &Path, args: &[&str]) -> Result<Self> {
        let _starting = quiet().await;
        fs::create_dir_all(dir.parent().context("a folder")?)?;
        let output = File::create(dir.with_extension("out"))?;
        let tandem = tandem()
            .args([command, "--ports", "free", "--dir"])
            .arg(dir)
            .args(args)
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        let mut network = Self { tandem, dir: dir.to_path_buf() };
        // It prints the endpoints once all chains answer.
        network.says("\nwallet ", Duration::from_secs(600)).await?;
        Ok(network)
    }

    /// What `tandem` printed so far.
    pub fn output(&self) -> String {
        fs::read_to_string(self.dir.with_extension("out")).unwrap_or_default()
    }

    /// A client of the first node of `role`, "relay" or "parachain".
    pub async fn client(&self, role: &str) -> Result<Client> {
        let url = if role == "relay" { self.relay_rpc()? } else { self.rpc()? };
        Ok(Client::from_insecure_url(url).await?)
    }

    /// The RPC of the first validator.
    pub fn relay_rpc(&self) -> Result<String> {
        self.text("/relay/0/rpc")
    }

    /// The RPC of the first collator.
    pub fn rpc(&self) -> Result<String> {
        self.text("/parachains/0/collators/0/rpc")
    }

    /// The own metrics of the first collator.
    pub fn metrics(&self) -> Result<String> {
        self.text("/parachains/0/collators/0/metrics")
    }

    /// The text at `pointer` in `network.json`.
    pub fn text(&self, pointer: &str) -> Result<String> {
        let manifest = self.manifest()?;
        let text = manifest.pointer(pointer).and_then(Value::as_str);
        Ok(text.with_context(|| format!("network.json has no {pointer}"))?.into())
    }

    /// `network.json`.
    pub fn manifest(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&fs::read(self.dir.join("network.json"))?)?)
    }

    /// The process of the node called `name`.
    pub fn pid(&self, name: &str) -> Result<Pid> {
        let text = fs::read_to_string(self.dir.join(format!("{name}.pid")))?;
        Ok(Pid::from_raw(text.trim().parse()?))
    }

    /// Kills the node called `name`, without warning.
    pub fn kill(&self, name: &str) -> Result<()> {
        Ok(kill(self.pid(name)?, Signal::SIGKILL)?)
    }

    /// Kills everything, `tandem` first, without warning.
    pub fn kill_everything(mut self) -> Result<()> {
        self.tandem.kill()?;
        self.tandem.wait()?;
        self.leaves_no_process()
    }

    /// Stops the network as Ctrl-C does; fails if a process is left.
    pub fn stop(mut self) -> Result<()> {
        kill(Pid::from_raw(self.tandem.id() as i32), Signal::SIGINT)?;
        let status = self.tandem.wait()?;
        ensure!(status.success(), "tandem ended with {status}:\n{}", self.output());
        self.leaves_nothing()
    }

    /// Waits until `tandem` has printed `words`.
    pub async fn says(&mut self, words: &str, within: Duration) -> Result<()> {
        let since = Instant::now();
        while !self.output().contains(words) {
            if let Some(status) = self.tandem.try_wait()? {
                bail!("tandem ended ({status}) without \"{words}\", having printed:\n{}", self.output());
            }
            ensure!(since.elapsed() < within, "no \"{words}\" after {within:?}:\n{}", self.output());
            sleep(Duration::from_millis(200)).await;
        }
        Ok(())
    }

    /// As [`Network::wait`], but fails if it takes longer.
    pub async fn wait_within(mut self, within: Duration) -> Result<(ExitStatus, String)> {
        let since = Instant::now();
        while self.tandem.try_wait()?.is_none() {
            ensure!(since.elapsed() < within, "tandem still runs after {within:?}:\n{}", self.output());
            sleep(Duration::from_millis(200)).await;
        }
        self.wait()
    }

    /// Waits until `tandem` ends by itself; fails if a process is left.
    pub fn wait(mut self) -> Result<(ExitStatus, String)> {
        let status = self.tandem.wait()?;
        self.leaves_nothing()?;
        Ok((status, self.output()))
    }

    fn leaves_nothing(&self) -> Result<()> {
        ensure!(!self.dir.join("network.json").exists(), "network.json outlives the network");
        self.leaves_no_process()
    }

    fn leaves_no_process(&self) -> Result<()> {
        let since = Instant::now();
        while let Some(left) = processes_of(&self.dir).first() {
            ensure!(since.elapsed() < Duration::from_secs(60), "a process is left behind: {left}");
            std::thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // Its nodes die with it.
        let _ = self.tandem.kill();
        let _ = self.tandem.wait();
    }
}

/// Command lines of the processes that have `dir` in it; not of those that are dead already.
pub fn processes_of(dir: &Path) -> Vec<String> {
    let dir = dir.display().to_string();
    let Ok(processes) = fs::read_dir("/proc") else { return vec![] };
    processes
        .flatten()
        .filter(|process| process.file_name().to_string_lossy().parse::<u32>() != Ok(std::process::id()))
        .filter_map(|process| fs::read(process.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).replace('\0', " "))
        .filter(|line| line.contains(&dir))
        .collect()
}

/// A transfer to `to`.
pub fn transfer(to: &Keypair, amount: u128) -> DynamicPayload<(MultiAddress<AccountId32, ()>, u128)> {
    dynamic::transaction("Balances", "transfer_keep_alive", (to.public_key().to_address::<()>(), amount))
}

/// Where a transaction went, and how long after its submission.
#[derive(Debug)]
pub struct TransferTimes {
    pub in_block: (H256, Duration),
    pub finalized: (H256, Duration),
}

/// Sends one token from Ferdie to Bob, and follows it until it is final and successful.
pub async fn send(para: &Client) -> Result<TransferTimes> {
    let since = Instant::now();
    let mut progress = para
        .tx()
        .await?
        .sign_and_submit_then_watch_default(&transfer(&dev::bob(), UNIT), &dev::ferdie())
        .await?;
    let mut in_block = None;
    while let Some(status) = progress.next().await {
        match status? {
            TransactionStatus::InBestBlock(block) => in_block = Some((block.block_hash(), since.elapsed())),
            TransactionStatus::InFinalizedBlock(block) => {
                block.wait_for_success().await?;
                let finalized = (block.block_hash(), since.elapsed());
                return Ok(TransferTimes { in_block: in_block.unwrap_or(finalized), finalized });
            }
            TransactionStatus::Error { message }
            | TransactionStatus::Invalid { message }
            | TransactionStatus::Dropped { message } => bail!("the transfer was refused: {message}"),
            _ => (),
        }
    }
    bail!("nothing more was said of the transfer")
}
