//! The processes of a network: started with their logs, watched, restarted or stopped together.
//!
//! Each leads a process group of its own, which takes a validator's PVF workers with it, and is
//! killed by the kernel if `tandem` itself is killed. Times in logs are UTC.

use crate::NodeConfig;
use anyhow::{bail, Context, Result};
use nix::{
    sys::{
        prctl,
        signal::{killpg, Signal},
    },
    unistd::Pid,
};
use std::{
    collections::VecDeque,
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
/// A node that dies so often while it runs for less than [`WINDOW`] is not started again.
const DEATHS: usize = 5;
const WINDOW: Duration = Duration::from_secs(10 * 60);

/// The processes of a network; they are killed when this is dropped.
pub struct Processes {
    running: Vec<Process>,
    restart_after: Option<Duration>,
    notify: Box<dyn Fn(&str)>,
}

struct Process {
    node: NodeConfig,
    group: Pid,
    child: Child,
    started: Instant,
    deaths: Deaths,
    /// When to start it again, once it is dead.
    restart: Option<Instant>,
}

/// How long a node had run in all at each of its last deaths. How long it waited to be started again does
/// not count.
#[derive(Default)]
struct Deaths {
    ran: Duration,
    last: VecDeque<Duration>,
}

impl Deaths {
    /// Adds the death of a node that ran for `life` since it was started. Whether it dies too often.
    fn add(&mut self, life: Duration) -> bool {
        self.ran += life;
        self.last.push_back(self.ran);
        if self.last.len() > DEATHS {
            self.last.pop_front();
        }
        self.last.len() == DEATHS && self.ran - self.last[0] < WINDOW
    }
}

impl Process {
    fn start(node: NodeConfig) -> Result<Self> {
        let child = spawn(&node)?;
        let group = Pid::from_raw(child.id().context("a process that just started has an id")? as i32);
        node.write_pid(group)?;
        Ok(Self { node, group, child, started: Instant::now(), deaths: Deaths::default(), restart: None })
    }

    fn start_again(&mut self) -> Result<()> {
        let deaths = std::mem::take(&mut self.deaths);
        *self = Self { deaths, ..Self::start(self.node.clone())? };
        Ok(())
    }

    /// Kills it, and what it has started, unless it is dead and buried: its group's number may be another's
    /// by then.
    fn kill(&self) {
        if self.child.id().is_some() {
            let _ = killpg(self.group, Signal::SIGKILL);
        }
    }
}

impl Processes {
    /// Nodes that die are started again after `restart_after`, or else end the network. `notify` gets a
    /// sentence for each death and restart.
    pub fn new(restart_after: Option<Duration>, notify: impl Fn(&str) + 'static) -> Self {
        Self { running: Vec::new(), restart_after, notify: Box::new(notify) }
    }

    /// Starts `node`, its output appended to its log; writes the process's id beside it.
    pub fn start(&mut self, node: &NodeConfig) -> Result<()> {
        self.running.push(Process::start(node.clone())?);
        Ok(())
    }

    /// Watches over the processes, for ever, starting those again that die where that was asked for.
    ///
    /// # Errors
    /// If one died that is not to be started again, or dies again and again; with the end of its log.
    pub async fn watch(&mut self) -> Result<Infallible> {
        loop {
            for process in &mut self.running {
                match process.restart {
                    Some(at) if at > Instant::now() => (),
                    Some(_) => {
                        (self.notify)(&format!("{} starts again", process.node.name));
                        process.start_again()?;
                    }
                    None => {
                        let Some(status) = process.child.try_wait()? else { continue };
                        // What it has started does not end with it.
                        let _ = killpg(process.group, Signal::SIGKILL);
                        process.node.remove_pid();
                        let too_often = process.deaths.add(process.started.elapsed());
                        let name = &process.node.name;
                        let Some(after) = self.restart_after.filter(|_| !too_often) else {
                            let often = if too_often {
                                format!(", {DEATHS} times in {} minutes of running", WINDOW.as_secs() / 60)
                            } else {
                                String::new()
                            };
                            bail!(
                                "{name} died ({status}){often}; its log {} ends:\n{}",
                                process.node.log.display(),
                                tail(&process.node.log).trim_end()
                            );
                        };
                        (self.notify)(&format!(
                            "{name} died ({status}), starts again in {} s",
                            after.as_secs()
                        ));
                        process.restart = Some(Instant::now() + after);
                    }
                }
            }
            sleep(Duration::from_millis(200)).await;
        }
    }

    /// Asks every process to end, and waits for as long as it may take; then kills it, and what it has
    /// started.
    pub async fn stop(&mut self) {
        // What is dead already, and waits to be started again, has no id.
        let alive = |process: &&mut Process| process.child.id().is_some();
        for process in self.running.iter_mut().filter(alive) {
            let _ = killpg(process.group, Signal::SIGTERM);
        }
        let end = Instant::now() + GRACE;
        for process in self.running.iter_mut().filter(alive) {
            let _ = timeout(end.saturating_duration_since(Instant::now()), process.child.wait()).await;
            let _ = killpg(process.group, Signal::SIGKILL);
            let _ = process.child.wait().await;
            process.node.remove_pid();
        }
    }

    /// Kills every process at once.
    pub async fn kill(&mut self) {
        self.running.iter().for_each(Process::kill);
        for process in &mut self.running {
            let _ = process.child.wait().await;
            process.node.remove_pid();
        }
    }
}

fn spawn(node: &NodeConfig) -> Result<Child> {
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
        .env("TZ", "UTC")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_dies_too_often_if_it_hardly_runs() {
        let mut deaths = Deaths::default();
        let often: Vec<_> = (0..6).map(|_| deaths.add(Duration::from_secs(100))).collect();
        assert_eq!(often, [false, false, false, false, true, true]);
    }

    #[test]
    fn a_node_that_runs_in_between_may_die_for_ever() {
        let mut deaths = Deaths::default();
        assert!((0..100).all(|_| !deaths.add(WINDOW / (DEATHS as u32 - 1))));
    }
}
