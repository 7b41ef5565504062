//! A local network: a relay chain and our parachain on loopback, each node a process of its own.
//!
//! To start one, in this order: find the [`Binaries`], take a [`RunFolder`], make the chain specs
//! ([`specs::make`]), plan the [`Nodes`], and start them as [`Processes`]. Nothing here prints; who starts a
//! network decides what is shown.

mod binaries;
mod nodes;
mod processes;
mod run_folder;
pub mod specs;

pub use binaries::Binaries;
pub use nodes::{Endpoints, NodeConfig, Nodes, PortChoice};
pub use processes::Processes;
pub use run_folder::{manifest, owner, Manifest, RunFolder, MANIFEST_FORMAT};

use clap::ValueEnum;
use serde::{Deserialize, Serialize};

/// The parachain's id, as in the runtime's preset of the local network.
pub const PARA_ID: u32 = 2000;

/// An hour in seconds.
pub const HOUR: u16 = 3_600;

/// The cadences that the runtime is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CadencePreset {
    Asynchronous,
    Synchronous,
}

impl CadencePreset {
    /// The name of the local network at this cadence on the node's command line.
    fn chain(self) -> &'static str {
        match self {
            CadencePreset::Asynchronous => "local",
            CadencePreset::Synchronous => "local-synchronous",
        }
    }
}

/// What distinguishes one network from another; kept in the run folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Topology {
    pub cadence: CadencePreset,
    pub validators: u8,
    pub collators: u8,
    /// Length of the collators' sessions, in seconds; divides an hour.
    pub session: u16,
}

impl Topology {
    /// Two validators, two collators, and sessions of an hour.
    pub const fn at(cadence: CadencePreset) -> Self {
        Self { cadence, validators: 2, collators: 2, session: HOUR }
    }
}
