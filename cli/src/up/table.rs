//! The table of parablocks: on a terminal the newest rows are drawn again as the relay chain gets
//! on with them; elsewhere each row is printed once, when its block is final.

use std::{
    io::{stdout, IsTerminal, Write},
    time::Duration,
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

/// What stands above the rows.
pub fn header() -> String {
    columns(
        ["block", "author", "after", "weight", "proof", "unincl.", "backed", "included", "finalised"]
            .map(Into::into),
    )
}

pub struct Table {
    terminal: bool,
    /// Rows on the screen that may be drawn again.
    drawn: usize,
}

impl Table {
    pub fn new() -> Self {
        Self { terminal: stdout().is_terminal(), drawn: 0 }
    }

    /// Prints the row of a block that is final, and so does not change any more.
    pub fn done(&mut self, row: &Row) {
        self.clear();
        println!("{}", line(row));
    }

    /// Draws the rows that may still change.
    pub fn draw<'a>(&mut self, rows: impl Iterator<Item = &'a Row>) {
        if !self.terminal {
            return;
        }
        self.clear();
        for row in rows {
            println!("{}", line(row));
            self.drawn += 1;
        }
        let _ = stdout().flush();
    }

    /// Leaves the table as it is, with what may still change taken away.
    pub fn finish(&mut self) {
        self.clear();
    }

    fn clear(&mut self) {
        if self.drawn > 0 {
            print!("\x1b[{}A\x1b[J", self.drawn);
            self.drawn = 0;
        }
    }
}

fn line(row: &Row) -> String {
    let seconds =
        |time: Option<Duration>| time.map_or("-".into(), |time| format!("{:.1} s", time.as_secs_f32()));
    let relay = |block: Option<u64>| block.map_or("-".into(), |block| format!("#{block}"));
    columns([
        format!("#{}", row.number),
        row.author.clone(),
        seconds(row.after),
        format!("{:.1} %", row.weight_percent),
        format!("{:.1} KiB", row.proof_kib),
        row.unincluded.to_string(),
        relay(row.backed),
        relay(row.included),
        seconds(row.finalised),
    ])
}

fn columns(
    [block, author, after, weight, proof, unincluded, backed, included, finalised]: [String; 9],
) -> String {
    format!(
        "{block:>7} {author:<7} {after:>6} {weight:>7} {proof:>10} {unincluded:>7} {backed:>7} {included:>8} {finalised:>9}"
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
        assert_eq!(line.chars().count(), header().chars().count());
        assert!(line.chars().count() <= 80);
        assert!(line.ends_with("-    24.0 s"), "{line}");
    }
}
