//! Recordings: the observations as they came, one JSON object per line, after a line with the version of the
//! format.

use crate::observation::{Millis, Observation};
use anyhow::{ensure, Context, Result};
use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write},
    iter,
    path::{Path, PathBuf},
    time::Duration,
};
use tokio::{
    sync::mpsc::{self, Receiver},
    time::sleep,
};

/// The first line.
const HEADER: &str = "{\"tandem_recording\":2}";

pub struct Recording {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Recording {
    /// Begins a recording at `path`.
    ///
    /// # Errors
    /// If there is something there, which is not overwritten, or if it cannot be written.
    pub fn create(path: &Path) -> Result<Self> {
        let file = File::create_new(path).with_context(|| format!("recording to '{}'", path.display()))?;
        let mut recording = Self { path: path.into(), file: BufWriter::new(file) };
        recording.line(HEADER)?;
        Ok(recording)
    }

    /// Adds an observation.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, observation: &Observation) -> Result<()> {
        let text = serde_json::to_string(observation)?;
        self.line(&text)
    }

    fn line(&mut self, text: &str) -> Result<()> {
        // Whole lines at once, so that a recording that is cut off can be read up to there.
        let written = writeln!(self.file, "{text}").and_then(|()| self.file.flush());
        written.with_context(|| format!("recording to '{}'", self.path.display()))
    }
}

/// The observations of the recording at `path`.
///
/// # Errors
/// If there is no recording. An item is an error if its line is no observation; a last line that was cut off
/// is skipped.
pub fn read(path: &Path) -> Result<impl Iterator<Item = Result<Observation>>> {
    let shown = path.display().to_string();
    let file = File::open(path).with_context(|| format!("reading '{shown}'"))?;
    let mut lines = BufReader::new(file).lines();
    let first = lines.next().transpose().ok().flatten();
    ensure!(
        first.as_deref() == Some(HEADER),
        "'{shown}' is not a recording that this version of tandem can read: it does not begin with {HEADER}"
    );
    let cut_off = !ends_with_a_line(path);
    let mut lines = lines.zip(2..).peekable();
    Ok(iter::from_fn(move || {
        let (line, number) = lines.next()?;
        let observation = line.with_context(|| format!("reading '{shown}'")).and_then(|line| {
            serde_json::from_str(&line).with_context(|| format!("line {number} of '{shown}' cannot be read"))
        });
        // All before a line that was never written to its end can be looked at.
        let is_half = observation.is_err() && cut_off && lines.peek().is_none();
        (!is_half).then_some(observation)
    }))
}

/// Whether the last line was written to its end.
fn ends_with_a_line(path: &Path) -> bool {
    let mut last = [0];
    let read = File::open(path).and_then(|mut file| {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)
    });
    read.is_ok() && last == *b"\n"
}

/// The observations of the recording at `path`, `speed` times as fast as they came, or all at once.
///
/// # Errors
/// As [`read`].
pub fn replay(path: &Path, speed: Option<f64>) -> Result<Receiver<Result<Observation>>> {
    let observations = read(path)?;
    let (sender, receiver) = mpsc::channel(1_024);
    tokio::spawn(async move {
        let mut before: Option<Millis> = None;
        for observation in observations {
            if let (Some(speed), Ok(observation)) = (speed, &observation) {
                let gap = observation.at.saturating_sub(before.unwrap_or(observation.at));
                sleep(Duration::from_millis((gap as f64 / speed) as u64)).await;
                before = Some(observation.at);
            }
            if sender.send(observation).await.is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}
