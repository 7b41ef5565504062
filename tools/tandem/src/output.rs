//! Standard output: text for people, or JSON for machines, or nothing.
//!
//! The reader may go away at any time, as in `tandem watch | head`. Printing returns nothing and does not
//! panic. If it fails, [`failed`] ends the command, so that a network is stopped in order, and [`result`]
//! returns the error.

use anyhow::{Context, Result};
use serde::Serialize;
use std::{
    fmt,
    future::Future,
    io::{stderr, stdout, Error, ErrorKind, IsTerminal, Write},
    sync::OnceLock,
    time::{Duration, Instant},
};
use tokio::{sync::Notify, time::interval};

/// What is printed on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Text,
    /// One object per line.
    Json,
    Quiet,
}

static FORMAT: OnceLock<Format> = OnceLock::new();
/// The first error of printing.
static ERROR: OnceLock<Error> = OnceLock::new();
static FAILED: Notify = Notify::const_new();

/// Sets what is printed. Text is the default.
pub fn set(json: bool, quiet: bool) {
    let format = match (json, quiet) {
        (true, _) => Format::Json,
        (_, true) => Format::Quiet,
        _ => Format::Text,
    };
    FORMAT.get_or_init(|| format);
}

pub fn format() -> Format {
    *FORMAT.get().unwrap_or(&Format::Text)
}

/// Prints a line of text, unless JSON or nothing is to be printed.
#[macro_export]
macro_rules! say {
    () => { $crate::output::text(format_args!("\n")) };
    ($($argument:tt)*) => { $crate::output::text(format_args!("{}\n", format_args!($($argument)*))) };
}
pub use say;

/// Prints `text`, unless JSON or nothing is to be printed.
pub fn text(text: fmt::Arguments<'_>) {
    if format() == Format::Text {
        print(text);
    }
}

/// Prints `value` as one line of JSON, if JSON is to be printed.
pub fn json(value: &impl Serialize) {
    if format() == Format::Json {
        match serde_json::to_string(value) {
            Ok(line) => print(format_args!("{line}\n")),
            Err(error) => fail(error.into()),
        }
    }
}

/// Prints what happens to a node: as text, or else on standard error.
pub fn notice(notice: &str) {
    match format() {
        Format::Text => say!("{notice}"),
        _ => drop(writeln!(stderr(), "{notice}")),
    }
}

fn print(text: fmt::Arguments<'_>) {
    let mut out = stdout().lock();
    if let Err(error) = out.write_fmt(text).and_then(|()| out.flush()) {
        fail(error);
    }
}

fn fail(error: Error) {
    if ERROR.set(error).is_ok() {
        FAILED.notify_one();
    }
}

/// Waits for `work`, which takes a while: on a terminal, counts its seconds.
pub async fn busy<T>(what: &str, work: impl Future<Output = T>) -> T {
    let shows = format() == Format::Text && stdout().is_terminal();
    if !shows {
        say!("{what}");
        return work.await;
    }
    /// Removes the count, also if the work is interrupted.
    struct Count;
    impl Drop for Count {
        fn drop(&mut self) {
            text(format_args!("\r\x1b[K"));
        }
    }
    tokio::pin!(work);
    let count = Count;
    let (since, mut ticks) = (Instant::now(), interval(Duration::from_secs(1)));
    let done = loop {
        tokio::select! {
            done = &mut work => break done,
            _ = ticks.tick() => text(format_args!("\r{what} … {} s", since.elapsed().as_secs())),
        }
    };
    drop(count);
    say!("{what}");
    done
}

/// Waits until something cannot be printed.
pub async fn failed() {
    while ERROR.get().is_none() {
        FAILED.notified().await;
    }
}

/// Whether everything was printed for which there was a reader.
///
/// # Errors
/// If printing failed for another reason than that nobody reads any more.
pub fn result() -> Result<()> {
    match ERROR.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::new(error.kind(), error.to_string())).context("printing")
        }
        _ => Ok(()),
    }
}
