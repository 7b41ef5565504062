//! How a command ends: exit codes, and what stops it from outside, which is a signal, or that nobody reads its
//! output any more.

use crate::output;
use anyhow::Result;
use std::{
    io::{stderr, Write},
    process::ExitCode,
};
use tokio::signal::unix::{signal, Signal, SignalKind};

/// The exit code if a check failed: the pace was missed, or a change of cadence has moved something.
pub const CHECK_FAILED: u8 = 3;

/// Why a command has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// SIGINT, as by Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    Hangup,
    /// Nobody reads its output any more.
    Output,
}

impl Stop {
    /// The exit code of a command that was stopped before it reached `goal`: 128 and the signal's number, as in
    /// shells. If nobody reads its output any more, the reader has read enough, and it is a success.
    pub fn short_of(self, goal: &str) -> ExitCode {
        let (signal, kind) = match self {
            Stop::Interrupt => ("SIGINT", SignalKind::interrupt()),
            Stop::Terminate => ("SIGTERM", SignalKind::terminate()),
            Stop::Hangup => ("SIGHUP", SignalKind::hangup()),
            Stop::Output => return ExitCode::SUCCESS,
        };
        let _ = writeln!(stderr(), "stopped by {signal} before {goal}");
        ExitCode::from(128 + kind.as_raw_value() as u8)
    }
}

/// Waits for what stops a command. While it exists, signals do not kill the process.
pub struct Stops {
    interrupt: Signal,
    terminate: Signal,
    hangup: Signal,
}

impl Stops {
    /// # Errors
    /// If signals cannot be handled.
    pub fn new() -> Result<Self> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
        })
    }

    /// Waits until the command has to end.
    pub async fn next(&mut self) -> Stop {
        tokio::select! {
            stop = self.signal() => stop,
            () = output::failed() => Stop::Output,
        }
    }

    /// Waits for SIGINT alone.
    pub async fn interrupt(&mut self) {
        self.interrupt.recv().await;
    }

    /// Waits for a signal.
    async fn signal(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.terminate.recv() => Stop::Terminate,
            _ = self.hangup.recv() => Stop::Hangup,
        }
    }
}
