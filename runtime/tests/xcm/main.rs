//! XCM on the real runtime, together with a relay chain, its Asset Hub and a sibling.

#[path = "../common/mod.rs"]
mod common;
mod network;
mod permissions;
mod system_chain;
mod transfers;
mod weights;
