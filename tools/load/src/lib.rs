//! Load: drives a parachain with signed transactions, and reports what users get.
//!
//! [`run`](run::run) derives senders and funds them ([`accounts`]), signs what the [`workload`] says, and
//! submits it to the nodes ([`submit`]). It follows the best and the final blocks ([`blocks`]), and enters
//! everything in the [`ledger`]. The [`report`] is made from the ledger ([`summary`]), and the [`page`] shows
//! it. Nothing here prints.

mod accounts;
mod blocks;
mod ledger;
pub mod page;
pub mod report;
mod run;
mod submit;
mod summary;
pub mod workload;

pub use report::Report;
pub use run::{run, End, Options, Progress};
pub use workload::Workload;
