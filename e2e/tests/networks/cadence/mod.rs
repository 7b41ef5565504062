//! Networks at both cadences.

mod asynchronous;
mod economy;
mod looks;
mod synchronous;
