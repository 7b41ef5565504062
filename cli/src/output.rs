//! Standard output, whose reader may go away at any time, as in `tandem watch | head`.
//!
//! Printing returns nothing and does not panic. If it fails, [`failed`] ends the command, so that a network
//! is stopped in order, and [`result`] says why.

use anyhow::{Context, Result};
use std::{
    fmt,
    io::{stdout, Error, ErrorKind, Write},
    sync::OnceLock,
};
use tokio::sync::Notify;

/// Why the first of what could not be printed could not be.
static ERROR: OnceLock<Error> = OnceLock::new();
static FAILED: Notify = Notify::const_new();

/// Prints a line on standard output.
#[macro_export]
macro_rules! say {
    () => { $crate::output::print(format_args!("\n")) };
    ($($argument:tt)*) => { $crate::output::print(format_args!("{}\n", format_args!($($argument)*))) };
}
pub use say;

/// Prints `text` on standard output.
pub fn print(text: fmt::Arguments<'_>) {
    let mut out = stdout().lock();
    if let Err(error) = out.write_fmt(text).and_then(|()| out.flush()) {
        if ERROR.set(error).is_ok() {
            FAILED.notify_one();
        }
    }
}

/// Waits until something cannot be printed.
pub async fn failed() {
    while ERROR.get().is_none() {
        FAILED.notified().await;
    }
}

/// Whether all could be printed for which there was a reader.
///
/// # Errors
/// If something could not be printed for another reason than that nobody reads it any more.
pub fn result() -> Result<()> {
    match ERROR.get() {
        Some(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Error::new(error.kind(), error.to_string())).context("printing")
        }
        _ => Ok(()),
    }
}
