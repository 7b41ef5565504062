//! Rococo's runtime with one-minute sessions. On wasm this crate is the runtime itself, and on the host it
//! has the blob.

#![cfg_attr(not(feature = "std"), no_std)]

#[cfg(target_family = "wasm")]
pub use rococo_runtime::*;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));
