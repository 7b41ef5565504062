//! The table of parablocks: on a terminal the newest rows are drawn again as the relay chain gets
//! on with them; elsewhere each row is printed once, when its block is final.

use std::{
    io::{stdout, IsTerminal, Write},
    time::{Duration, Instant},
};

/// What is known of one parablock.
pub struct Row {
    pub number: u64,
    pub author: String,
    /// Time since the block before was seen.
    pub after: Option<Duration>,
    /// Of the most that a block may execute.
    pub weight_percent: f64,
    /// Proof of validity, by the runtime's account.
    pub proof_kib: f64,
    /// Blocks of the unincluded segment, this one among them, when it was built.
    pub unincluded: u64,
    /// Relay block that backed it.
    pub backed: Option<u64>,
    /// Relay block that included it.
    pub included: Option<u64>,
    /// Time from when it was seen to its finality.
    pub finalised: Option<Duration>,
}

const HEADER: &str = "  block  author    after  weight      proof  unincl.  backed  included  finalised";

pub struct Table {
    terminal: bool,
    started: Instant,
    /// Rows on the screen that may be drawn again.
    drawn: usize,
    begun: bool,
}

impl Table {
    pub fn new(started: Instant) -> Self {
        Self { terminal: stdout().is_terminal(), started, drawn: 0, begun: false }
    }

    /// Prints the row of a block that is final, and so does not change any more.
    pub fn done(&mut self, row: &Row) {
        self.clear();
        self.begin();
        println!("{}", line(row));
    }

    /// Draws the rows that may still change.
    pub fn draw<'a>(&mut self, rows: impl Iterator<Item = &'a Row>) {
        if !self.terminal {
            return;
        }
        self.clear();
        for row in rows {
            self.begin();
            println!("{}", line(row));
            self.drawn += 1;
        }
        let _ = stdout().flush();
    }

    /// Leaves the table as it is, with what may still change taken away.
    pub fn finish(&mut self) {
        self.clear();
    }

    fn begin(&mut self) {
        if !self.begun {
            self.begun = true;
            println!("first parablock after {:.1} s\n\n{HEADER}", self.started.elapsed().as_secs_f32());
        }
    }

    fn clear(&mut self) {
        if self.drawn > 0 {
            print!("\x1b[{}A\x1b[J", self.drawn);
            self.drawn = 0;
        }
    }
}

fn line(row: &Row) -> String {
    let seconds = |time: Option<Duration>| time.map_or("-".into(), |time| format!("{:.1} s", time.as_secs_f32()));
    let relay = |block: Option<u64>| block.map_or("-".into(), |block| format!("#{block}"));
    format!(
        "{:>7}  {:<7} {:>7}  {:>5.1} % {:>6.1} KiB  {:>7}  {:>6}  {:>8}  {:>9}",
        format!("#{}", row.number),
        row.author,
        seconds(row.after),
        row.weight_percent,
        row.proof_kib,
        row.unincluded,
        relay(row.backed),
        relay(row.included),
        seconds(row.finalised),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_under_the_header_and_fit_a_terminal() {
        let row = Row {
            number: 123_456,
            author: "charlie".into(),
            after: Some(Duration::from_millis(6_012)),
            weight_percent: 37.55,
            proof_kib: 1234.5,
            unincluded: 2,
            backed: Some(123_456),
            included: None,
            finalised: Some(Duration::from_secs(24)),
        };
        let line = line(&row);
        assert_eq!(line.chars().count(), HEADER.chars().count());
        assert!(line.chars().count() <= 80);
        assert!(line.ends_with("-     24.0 s"), "{line}");
    }
}
