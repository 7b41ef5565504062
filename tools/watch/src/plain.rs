//! The plain view: a table of text, one line for each final result. On a terminal, the parablocks that are not
//! final yet are drawn below it, and drawn again as they progress. Times of day are UTC.
//!
//! Nothing here prints: each method returns the text to print.

use crate::{
    observation::{Millis, ParaId},
    parachain::{BlockProgress, BlockState, Missed, Record},
    pipeline::Pipeline,
};
use std::{
    collections::VecDeque,
    io::{stdout, IsTerminal},
};
use tandem_rpc::keys::name;

/// The first line.
const TIMES: &str = "times of day are UTC";

/// The heads of the columns.
fn header() -> String {
    columns(
        ["block", "author", "after", "weight", "proof", "unincl.", "backed", "included", "final"]
            .map(Into::into),
    )
}

pub struct PlainView {
    terminal: bool,
    /// Lines on the screen that are replaced by the next ones.
    drawn: usize,
    /// Whether there is more than one parachain to tell apart.
    several: bool,
    begun: bool,
    /// The newest missed slots; their lost blocks need no line of their own.
    missed: VecDeque<(ParaId, u64)>,
}

/// Missed slots that are remembered.
const MISSED: usize = 32;

impl Default for PlainView {
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

impl PlainView {
    /// The text for a final result.
    pub fn record(&mut self, record: &Record, pipeline: &Pipeline) -> String {
        if !self.wants(record) {
            return String::new();
        }
        let mut text = self.begin(pipeline);
        text += &self.clear();
        let (para, line) = match record {
            Record::Block(row) => (Some(row.para), line(row)),
            Record::Lost(row) => (Some(row.para), lost(row)),
            Record::Missed(missed) => (Some(missed.para), miss(missed)),
            Record::Link { node, error: Some(why) } => (None, format!("{node} does not answer: {why}")),
            Record::Link { node, error: None } => (None, format!("{node} answers again")),
            Record::Cadence { para, cadence } => {
                let seconds = cadence.block_millis() as f64 / 1_000.0;
                (
                    Some(*para),
                    format!(
                        "{:>7} a block every {seconds} s from the next one on",
                        format!("#{}", cadence.since)
                    ),
                )
            }
        };
        text += &match para.filter(|_| self.several) {
            Some(para) => format!("{para:>6} {line}\n"),
            None => format!("{line}\n"),
        };
        text
    }

    /// Whether a record gets a line. A lost block gets none if its slot was reported as missed, which has the
    /// same reason.
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

    /// The text that redraws what may still change; empty if standard output is no terminal.
    pub fn open(&mut self, pipeline: &Pipeline) -> String {
        if !self.terminal {
            return String::new();
        }
        let open: Vec<_> = pipeline.paras.values().map(|para| para.open(&pipeline.relay)).collect();
        if open.iter().all(|open| open.chain.is_empty()) {
            return String::new();
        }
        let mut text = self.begin(pipeline);
        text += &self.clear();
        for row in open.iter().flat_map(|open| &open.chain) {
            text += &match self.several {
                true => format!("{:>6} {}\n", row.para, line(row)),
                false => format!("{}\n", line(row)),
            };
            self.drawn += 1;
        }
        text
    }

    /// What stands above the first line.
    fn begin(&mut self, pipeline: &Pipeline) -> String {
        if std::mem::replace(&mut self.begun, true) {
            return String::new();
        }
        self.several = pipeline.paras.len() > 1;
        format!("{TIMES}\n{}{}\n", if self.several { "  para " } else { "" }, header())
    }

    /// The text that removes what may still change.
    pub fn clear(&mut self) -> String {
        match std::mem::take(&mut self.drawn) {
            0 => String::new(),
            drawn => format!("\x1b[{drawn}A\x1b[J"),
        }
    }
}

/// A time in seconds, or a dash if it is not known.
pub fn seconds(millis: Option<u64>) -> String {
    millis.map_or("-".into(), |millis| format!("{:.1} s", millis as f64 / 1_000.0))
}

/// The share of the weight that a block may use, in percent, and its proof in KiB.
pub fn used(row: &BlockProgress) -> (String, String) {
    let share = row.weight.zip(row.limit).filter(|(_, limit)| limit.ref_time > 0);
    let percent = share.map(|(weight, limit)| weight.ref_time as f64 * 100.0 / limit.ref_time as f64);
    (
        percent.map_or("-".into(), |percent| format!("{percent:.1} %")),
        row.weight.map_or("-".into(), |weight| format!("{:.1} KiB", weight.proof_size as f64 / 1024.0)),
    )
}

/// The name of the author.
pub fn author(row: &BlockProgress) -> String {
    row.author.map_or("-".into(), |key| name(key.0))
}

/// A block number, or a dash if it is not known.
pub fn block(number: Option<u64>) -> String {
    number.map_or("-".into(), |number| format!("#{number}"))
}

fn line(row: &BlockProgress) -> String {
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
pub fn lost(row: &BlockProgress) -> String {
    let why = match row.state {
        BlockState::Lost(reason) => reason.text(),
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
    [block, author, after, weight, proof, unincluded, backed, included, finalized]: [String; 9],
) -> String {
    format!(
        "{block:>7} {author:<8} {after:>6} {weight:>7} {proof:>10} {unincluded:>7} {backed:>7} {included:>8} {finalized:>9}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parachain::{Reason, Step};
    use subxt::utils::H256;
    use tandem_rpc::read::Weight;

    fn row() -> BlockProgress {
        BlockProgress {
            author: Some(H256([0xab; 32])),
            authored: Some(1_000),
            interval: Some(6_012),
            depth: Some(2),
            weight: Some(Weight { ref_time: 3_755, proof_size: 1_264_128 }),
            limit: Some(Weight { ref_time: 10_000, proof_size: 10_000_000 }),
            backed: Some(Step { relay: 123_456, moment: 0, seen: None }),
            final_at: Some(26_000),
            ..BlockProgress::new(2_000, 123_456, H256::zero())
        }
    }

    #[test]
    fn a_missed_slot_is_reported_once() {
        let missed =
            Missed { para: 2_000, slot: 5, count: 1, moment: 0, author: None, reason: Reason::NotBacked };
        let lost = |para, slot| Record::Lost(BlockProgress { para, slot: Some(slot), ..row() });
        let mut lines = PlainView::default();
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
