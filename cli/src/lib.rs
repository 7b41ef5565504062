//! Local networks of a relay chain and our parachain, and what happens on them and on others.

pub mod activate;
pub mod chain;
pub mod output;
pub mod para;
pub mod stop;
pub mod up;
pub mod watch;
