//! Local networks, seen and used from outside.
//!
//! A network takes half a minute to start, so a test is one network's life, step by step. It waits for
//! most of its time: all are in one binary, so that they run side by side.

mod activation;
mod bad_input;
mod candidate;
mod economy;
mod life;

fn step(text: &str) {
    println!("  {text}");
}
