//! `tandem watch` beside a network.

use crate::binaries;
use anyhow::{bail, ensure, Result};
use nix::{
    sys::signal::{kill, Signal},
    unistd::Pid,
};
use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio::time::sleep;

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
        let tandem = Command::new(binaries().join("tandem"))
            .args(["watch", "--json", "--serve", "127.0.0.1:0", "--dir"])
            .arg(dir)
            .arg("--record")
            .arg(dir.with_extension("recording"))
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

    /// Stops it as Ctrl-C does.
    pub fn stop(mut self) -> Result<()> {
        kill(Pid::from_raw(self.tandem.id() as i32), Signal::SIGINT)?;
        let status = self.tandem.wait()?;
        ensure!(status.success(), "tandem watch ended with {status}");
        Ok(())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let _ = self.tandem.kill();
        let _ = self.tandem.wait();
    }
}
