//! Parablocks as a table of plain lines: each is printed once, when it is closed. On a terminal the
//! newest ones are drawn below it, again and again, as the relay chain gets on with them. Times of day are
//! UTC, which stands above them.

use super::{
    fact::{Millis, ParaId},
    para::{Missed, Record, Row, State},
    pipeline::Pipeline,
};
use crate::{
    output::{print, say},
    up::name,
};
use std::{
    collections::VecDeque,
    io::{stdout, IsTerminal},
};

/// What stands above the first time of day.
const TIMES: &str = "times of day are UTC";

/// What stands above the lines.
fn header() -> String {
    columns(
        ["block", "author", "after", "weight", "proof", "unincl.", "backed", "included", "finalised"]
            .map(Into::into),
    )
}

pub struct Lines {
    terminal: bool,
    /// Lines on the screen that may be drawn again.
    drawn: usize,
    /// Whether there is more than one parachain to tell apart.
    several: bool,
    begun: bool,
    /// The newest missed slots, whose lost blocks need no line of their own.
    missed: VecDeque<(ParaId, u64)>,
}

/// Missed slots that are remembered.
const MISSED: usize = 32;

impl Default for Lines {
    fn default() -> Self {
        Self {
            terminal: stdout().is_terminal(),
            drawn: 0,
            several: false,
            begun: false,
            missed: VecDeque::new(),
        }
    }
}

impl Lines {
    /// Prints what is known for good.
    pub fn print(&mut self, record: &Record, pipeline: &Pipeline) {
        if !self.wants(record) {
            return;
        }
        self.begin(pipeline);
        self.clear();
        let (para, line) = match record {
            Record::Block(row) => (Some(row.para), line(row)),
            Record::Lost(row) => (Some(row.para), lost(row)),
            Record::Missed(missed) => (Some(missed.para), miss(missed)),
            Record::Link { node, lost: Some(why) } => (None, format!("{node} does not answer: {why}")),
            Record::Link { node, lost: None } => (None, format!("{node} answers again")),
            Record::Cadence { para, span } => {
                let seconds = span.block_millis() as f64 / 1_000.0;
                (
                    Some(*para),
                    format!(
                        "{:>7} a block every {seconds} s from the next one on",
                        format!("#{}", span.since)
                    ),
                )
            }
        };
        match para.filter(|_| self.several) {
            Some(para) => say!("{para:>6} {line}"),
            None => say!("{line}"),
        }
    }

    /// Whether a record has a line: a lost block has none whose slot was told to be missed, for the same
    /// reason.
    fn wants(&mut self, record: &Record) -> bool {
        match record {
            Record::Lost(row) => row.slot.is_none_or(|slot| !self.missed.contains(&(row.para, slot))),
            Record::Missed(missed) => {
                self.missed.push_back((missed.para, missed.slot));
                self.missed.drain(..self.missed.len().saturating_sub(MISSED));
                true
            }
            _ => true,
        }
    }

    /// Draws what may still change, on a terminal.
    pub fn draw(&mut self, pipeline: &Pipeline) {
        if !self.terminal {
            return;
        }
        let open: Vec<_> = pipeline.paras.values().map(|para| para.open(&pipeline.relay)).collect();
        if open.iter().all(|open| open.chain.is_empty()) {
            return;
        }
        self.begin(pipeline);
        self.clear();
        for row in open.iter().flat_map(|open| &open.chain) {
            match self.several {
                true => say!("{:>6} {}", row.para, line(row)),
                false => say!("{}", line(row)),
            }
            self.drawn += 1;
        }
    }

    fn begin(&mut self, pipeline: &Pipeline) {
        if !self.begun {
            self.begun = true;
            self.several = pipeline.paras.len() > 1;
            say!("{TIMES}");
            say!("{}{}", if self.several { "  para " } else { "" }, header());
        }
    }

    /// Takes away what may still change.
    pub fn clear(&mut self) {
        if self.drawn > 0 {
            print(format_args!("\x1b[{}A\x1b[J", self.drawn));
            self.drawn = 0;
        }
    }
}

/// Seconds, or nothing known.
pub fn seconds(millis: Option<u64>) -> String {
    millis.map_or("-".into(), |millis| format!("{:.1} s", millis as f64 / 1_000.0))
}

/// The share of the weight that a block may use, in percent, and its proof in KiB.
pub fn used(row: &Row) -> (String, String) {
    let share = row.weight.zip(row.limit).filter(|(_, limit)| limit.time > 0);
    let percent = share.map(|(weight, limit)| weight.time as f64 * 100.0 / limit.time as f64);
    (
        percent.map_or("-".into(), |percent| format!("{percent:.1} %")),
        row.weight.map_or("-".into(), |weight| format!("{:.1} KiB", weight.proof as f64 / 1024.0)),
    )
}

/// The name of the author.
pub fn author(row: &Row) -> String {
    row.author.map_or("-".into(), |key| name(key.0))
}

/// Relay block `number`, if it is known.
pub fn block(number: Option<u64>) -> String {
    number.map_or("-".into(), |number| format!("#{number}"))
}

fn line(row: &Row) -> String {
    let (weight, proof) = used(row);
    columns([
        format!("#{}", row.number),
        author(row),
        seconds(row.interval),
        weight,
        proof,
        row.depth.map_or("-".into(), |depth| depth.to_string()),
        block(row.backed.map(|step| step.relay)),
        block(row.included.map(|step| step.relay)),
        seconds(row.finality()),
    ])
}

/// A block that is not part of the chain, and why.
pub fn lost(row: &Row) -> String {
    let why = match row.state {
        State::Lost(reason) => reason.text(),
        _ => "on a fork",
    };
    let when = row.authored.map_or(String::new(), |moment| format!(" at {}", clock(moment)));
    format!("{:>7} #{} of {}{when}: {why}", "lost", row.number, author(row))
}

/// A missed slot.
pub fn miss(missed: &Missed) -> String {
    let whose = missed.author.map_or(String::new(), |key| format!(" of {}", name(key.0)));
    let more = if missed.count > 1 { format!(", {} blocks", missed.count) } else { String::new() };
    format!(
        "{:>7} slot {}{whose} at {}: {}{more}",
        "missed",
        missed.slot,
        clock(missed.moment),
        missed.reason.text()
    )
}

/// The time of day, in hours, minutes and seconds of UTC.
pub fn clock(moment: Millis) -> String {
    let seconds = moment / 1_000 % 86_400;
    format!("{:02}:{:02}:{:02}", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}

fn columns(
    [block, author, after, weight, proof, unincluded, backed, included, finalised]: [String; 9],
) -> String {
    format!(
        "{block:>7} {author:<8} {after:>6} {weight:>7} {proof:>10} {unincluded:>7} {backed:>7} {included:>8} {finalised:>9}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::{
        fact::Weight,
        para::{Reason, Step},
    };
    use subxt::utils::H256;

    fn row() -> Row {
        Row {
            author: Some(H256([0xab; 32])),
            authored: Some(1_000),
            interval: Some(6_012),
            depth: Some(2),
            weight: Some(Weight { time: 3_755, proof: 1_264_128 }),
            limit: Some(Weight { time: 10_000, proof: 10_000_000 }),
            backed: Some(Step { relay: 123_456, moment: 0, seen: None }),
            finalised: Some(26_000),
            ..Row::new(2_000, 123_456, H256::zero())
        }
    }

    #[test]
    fn a_slot_that_is_missed_is_told_once() {
        let missed =
            Missed { para: 2_000, slot: 5, count: 1, moment: 0, author: None, reason: Reason::NotBacked };
        let lost = |para, slot| Record::Lost(Row { para, slot: Some(slot), ..row() });
        let mut lines = Lines::default();
        assert!(lines.wants(&lost(2_000, 5)) && lines.wants(&Record::Missed(missed)));
        assert!(!lines.wants(&lost(2_000, 5)));
        assert!(lines.wants(&lost(2_000, 6)) && lines.wants(&lost(2_001, 5)));
    }

    #[test]
    fn lines_stand_under_the_header_and_fit_a_terminal() {
        let line = line(&row());
        assert_eq!(line.chars().count(), header().chars().count());
        assert!(line.chars().count() <= 80);
        assert!(line.starts_with("#123456 abababab  6.0 s  37.5 % 1234.5 KiB"), "{line}");
        assert!(line.ends_with("2 #123456        -    25.0 s"), "{line}");
    }

    #[test]
    fn a_missed_slot_says_whose_it_was_and_why() {
        let missed = Missed {
            para: 2_000,
            slot: 291_000_000,
            count: 1,
            moment: 1_746_000_000_000,
            author: None,
            reason: Reason::SessionChange,
        };
        assert_eq!(miss(&missed), " missed slot 291000000 at 08:00:00: session change");
    }
}
