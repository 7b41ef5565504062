//! XCM on the real runtime, among a relay chain, its Asset Hub and a sibling.

#[path = "../common/mod.rs"]
mod common;
mod doors;
mod network;
mod system_chain;
mod transfers;
mod weights;
