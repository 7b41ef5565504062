//! What ends a command from outside: a signal, or nobody who reads what it prints.

use crate::output;
use anyhow::Result;
use std::{
    io::{stderr, Write},
    process::ExitCode,
};
use tokio::signal::unix::{signal, Signal, SignalKind};

/// Why a command is to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stop {
    /// SIGINT, as by Ctrl-C.
    Interrupt,
    /// SIGTERM.
    Terminate,
    /// SIGHUP: the terminal is gone.
    Hangup,
    /// What it prints goes nowhere.
    Output,
}

impl Stop {
    /// How a command ends that was to reach `goal` and has not: by a signal as shells tell it, 128 and the
    /// signal's number. Who reads no further has read enough.
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

/// Waits for what ends a command. From when it is made, signals do not kill the process.
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

    /// Waits until the command is to end.
    pub async fn next(&mut self) -> Stop {
        tokio::select! {
            stop = self.signal() => stop,
            () = output::failed() => Stop::Output,
        }
    }

    /// Waits for a signal.
    pub async fn signal(&mut self) -> Stop {
        tokio::select! {
            _ = self.interrupt.recv() => Stop::Interrupt,
            _ = self.terminate.recv() => Stop::Terminate,
            _ = self.hangup.recv() => Stop::Hangup,
        }
    }
}
