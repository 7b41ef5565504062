//! A local network: a relay chain and its parachains on loopback, each node a process of its own.
//!
//! To start one, in this order: find the [`Binaries`], take a [`RunFolder`], make the chain specs of a
//! [`Topology`] ([`specs::make`]), plan the [`Nodes`], and start them as [`Processes`]. Nothing here prints;
//! who starts a network decides what is shown.

mod binaries;
mod nodes;
mod processes;
mod run_folder;
pub mod specs;
mod topology;

pub use binaries::Binaries;
pub use nodes::{NodeConfig, Nodes, ParachainNodes, PortChoice};
pub use processes::Processes;
pub use run_folder::{manifest, owner, RunFolder};
pub use topology::{
    session_length, CadencePreset, Parachain, Topology, COLLATORS, HOUR, PARA_ID, VALIDATORS,
};
