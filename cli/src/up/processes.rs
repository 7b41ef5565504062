//! The processes of a network: started with their logs, watched, restarted or stopped together.
//!
//! Each leads a process group of its own, which takes a validator's PVF workers with it, and is
//! killed by the kernel if `tandem` itself is killed.

use super::nodes::Node;
use anyhow::{bail, Context, Result};
use nix::{
    sys::{
        prctl,
        signal::{killpg, Signal},
    },
    unistd::Pid,
};
use std::{
    convert::Infallible,
    fs::{self, OpenOptions},
    path::Path,
    process::Stdio,
    time::Duration,
};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout, Instant},
};

/// How long a node may take to close its database before it is killed.
const GRACE: Duration = Duration::from_secs(15);
/// How much of a log is shown when a node dies.
const LAST_LINES: usize = 12;

pub struct Processes {
    running: Vec<Process>,
    restart_after: Option<Duration>,
}

struct Process {
    node: Node,
    group: Pid,
    child: Child,
    /// When to start it again, once it is dead.
    restart: Option<Instant>,
}

impl Process {
    fn start(node: Node) -> Result<Self> {
        let child = spawn(&node)?;
        let group = Pid::from_raw(child.id().context("a process that just started has an id")? as i32);
        node.write_pid(group)?;
        Ok(Self { node, group, child, restart: None })
    }
}

impl Processes {
    pub fn new(restart_after: Option<Duration>) -> Self {
        Self { running: Vec::new(), restart_after }
    }

    /// Starts `node`, its output appended to its log; writes the process's id beside it.
    pub fn start(&mut self, node: &Node) -> Result<()> {
        self.running.push(Process::start(node.clone())?);
        Ok(())
    }

    /// Watches over the processes, for ever, starting those again that die where that was asked for.
    ///
    /// # Errors
    /// If one died that is not to be started again, with the end of its log.
    pub async fn watch(&mut self) -> Result<Infallible> {
        loop {
            for process in &mut self.running {
                match process.restart {
                    Some(at) if at > Instant::now() => (),
                    Some(_) => {
                        println!("{} starts again", process.node.name);
                        *process = Process::start(process.node.clone())?;
                    }
                    None => {
                        let Some(status) = process.child.try_wait()? else { continue };
                        let name = &process.node.name;
                        let Some(after) = self.restart_after else {
                            bail!(
                                "{name} died ({status}); its log {} ends:\n{}",
                                process.node.log.display(),
                                tail(&process.node.log)
                            );
                        };
                        println!("{name} died ({status}), starts again in {} s", after.as_secs());
                        let _ = killpg(process.group, Signal::SIGKILL);
                        process.restart = Some(Instant::now() + after);
                    }
                }
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Stops every process: asks first, then kills.
    pub async fn stop(mut self) {
        // What waits to be started again is dead, and its group's number may be another's by now.
        self.running.retain(|process| process.restart.is_none());
        for process in &self.running {
            let _ = killpg(process.group, Signal::SIGTERM);
        }
        let end = Instant::now() + GRACE;
        for process in &mut self.running {
            let _ = timeout(end.saturating_duration_since(Instant::now()), process.child.wait()).await;
            let _ = killpg(process.group, Signal::SIGKILL);
            let _ = process.child.wait().await;
        }
    }
}

fn spawn(node: &Node) -> Result<Child> {
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&node.log)
        .with_context(|| format!("log '{}' cannot be written", node.log.display()))?;
    let mut command = Command::new(&node.program);
    command
        .args(&node.args)
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        .process_group(0)
        .kill_on_drop(true);
    // SAFETY: prctl is async-signal-safe, and nothing else runs between fork and exec.
    unsafe {
        command.pre_exec(|| Ok(prctl::set_pdeathsig(Signal::SIGKILL)?));
    }
    command
        .spawn()
        .with_context(|| format!("{} cannot be started from '{}'", node.name, node.program.display()))
}

/// The last lines of a log.
fn tail(log: &Path) -> String {
    let text = fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(LAST_LINES)..].iter().map(|line| format!("  | {line}\n")).collect()
}
