//! Who may do what on the real runtime, how long it takes, how it ends, and how much it costs.

mod common;

#[path = "powers/brakes.rs"]
mod brakes;
#[path = "powers/calls.rs"]
mod calls;
#[path = "powers/collators.rs"]
mod collators;
#[path = "powers/prices.rs"]
mod prices;
#[path = "powers/proxies.rs"]
mod proxies;
#[path = "powers/tracks.rs"]
mod tracks;

/// The page that documents all this.
const PAGE: &str = include_str!("../../docs/powers.md");
