//! Local networks, seen and used from outside.
//!
//! A network takes half a minute to start, so a test is one network's life, step by step. It waits for
//! most of its time: all are in one binary, so that they run side by side. Each network serves as many
//! tests as it can: what only looks at it comes first, and what disturbs it comes last.
//!
//! Tests start in the order of their names, so the modules with the longest ones come first.

mod activation;
mod bad_input;
mod cadence;
mod candidate;
mod counted;

fn step(text: &str) {
    println!("  {text}");
}
