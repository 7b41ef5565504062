//! State of every kind on both sides of a change, at random and at its edges.
mod behaviour;
mod checks;
mod moments;
