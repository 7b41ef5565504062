//! Governance: referenda on tracks, votes with conviction, and the technical committee with its brakes.
//!
//! Every period is written in time. A network can run all periods faster by one factor on chain,
//! [`Speedup`]. The local network does; on a public network the factor is 1. Every price is written for
//! Astar. A network whose token is worth more divides all prices by another number, [`PriceDivisor`].

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod brakes;
mod committee;
pub mod ensure;
pub mod periods;
mod referenda;
mod schedule;
pub mod state;
mod tracks;
mod weights;

pub use brakes::{is_essential, is_never_stopped, AllowedCalls};
pub use schedule::ATTEMPTS;
pub use state::*;
