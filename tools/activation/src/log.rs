//! The steps of a run, as they are printed.

use std::{cell::RefCell, time::Instant};

/// What a run prints, with the seconds since its start.
pub struct Log {
    started: Instant,
    steps: RefCell<Vec<String>>,
    print: Box<dyn Fn(&str)>,
}

impl Log {
    /// Lines go to `print`, without their line feed.
    pub fn new(print: impl Fn(&str) + 'static) -> Self {
        Self { started: Instant::now(), steps: RefCell::default(), print: Box::new(print) }
    }

    /// When the run began.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// Prints a step of the run, with its time.
    pub fn step(&self, text: impl Into<String>) {
        let text = text.into();
        self.line(&format!("{:>6.1} s  {text}", self.started.elapsed().as_secs_f32()));
        self.steps.borrow_mut().push(text);
    }

    /// Prints a step, unless it was printed before.
    pub(crate) fn once(&self, text: String) {
        if !self.has(&text) {
            self.step(text);
        }
    }

    /// Prints a line that is no step.
    pub(crate) fn line(&self, text: &str) {
        (self.print)(text);
    }

    pub(crate) fn has(&self, text: &str) -> bool {
        self.steps.borrow().iter().any(|step| step == text)
    }

    /// The newest step.
    pub(crate) fn last(&self) -> String {
        self.steps.borrow().last().cloned().unwrap_or_default()
    }
}
