//! Checks whether the blocks of a parachain came at the pace of its cadence.

use serde::Serialize;
use tandem_watch::parachain::Record;

/// Blocks of a parachain that are final, in order, and what was missed between them.
pub struct PaceCheck {
    para: u32,
    /// Their timestamps, in milliseconds.
    moments: Vec<u64>,
    missed: u64,
}

impl PaceCheck {
    pub fn new(para: u32) -> Self {
        Self { para, moments: Vec::new(), missed: 0 }
    }

    /// Adds a final result, if it is one of this parachain.
    pub fn add(&mut self, record: &Record) {
        match record {
            Record::Block(row) if row.para == self.para => self.moments.extend(row.authored),
            // Slots before the first block do not count.
            Record::Missed(missed) if missed.para == self.para && !self.moments.is_empty() => {
                self.missed += missed.count;
            }
            _ => (),
        }
    }

    pub fn blocks(&self) -> u32 {
        self.moments.len() as u32
    }

    /// More than one slot in five without a block, and more than one at all. One in ten goes to the
    /// relay chain's change of session, which backs nothing.
    pub fn missed(&self) -> bool {
        self.missed > 1 && self.missed * 5 > self.missed + self.moments.len() as u64
    }

    pub fn figures(&self) -> Figures {
        let gaps: Vec<_> = self.moments.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        Figures {
            para: self.para,
            blocks: self.blocks(),
            mean_millis: gaps.iter().sum::<u64>() as f64 / gaps.len().max(1) as f64,
            longest_millis: gaps.iter().max().copied().unwrap_or_default(),
            missed_slots: self.missed,
            kept: !self.missed(),
        }
    }

    pub fn summary(&self) -> String {
        let Figures { para, blocks, mean_millis, longest_millis, missed_slots, .. } = self.figures();
        format!(
            "parachain {para}: {blocks} blocks included and final: one every {:.2} s, worst {:.1} s, \
             {missed_slots} slots missed",
            mean_millis / 1_000.0,
            longest_millis as f64 / 1_000.0,
        )
    }
}

/// The pace over some blocks. Times are from one block to the next.
#[derive(Serialize)]
pub struct Figures {
    pub para: u32,
    pub blocks: u32,
    pub mean_millis: f64,
    pub longest_millis: u64,
    pub missed_slots: u64,
    /// Whether the pace was kept.
    pub kept: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use subxt::utils::H256;
    use tandem_watch::parachain::{BlockProgress, Missed, Reason};

    fn pace(slots: impl IntoIterator<Item = u64>) -> PaceCheck {
        let millis = u64::from(cadence::ASYNCHRONOUS.slot_millis);
        let (mut pace, mut next) = (PaceCheck::new(1), None);
        for slot in slots {
            for slot in next.unwrap_or(slot)..slot {
                let reason = Reason::NoCollation;
                let missed = Missed { para: 1, slot, count: 1, moment: slot * millis, author: None, reason };
                pace.add(&Record::Missed(missed));
            }
            let row =
                BlockProgress { authored: Some(slot * millis), ..BlockProgress::new(1, slot, H256::zero()) };
            pace.add(&Record::Block(row));
            next = Some(slot + 1);
        }
        pace
    }

    #[test]
    fn one_missed_slot_is_not_a_missed_pace() {
        let pace = pace([1, 2, 4, 5]);
        assert_eq!(pace.missed, 1);
        assert!(!pace.missed());
        assert!(pace.summary().contains("one every 8.00 s, worst 12.0 s, 1 slots missed"));
    }

    #[test]
    fn blocks_of_another_parachain_do_not_count() {
        let mut pace = pace([1, 2]);
        let row = BlockProgress { authored: Some(0), ..BlockProgress::new(2, 3, H256::zero()) };
        pace.add(&Record::Block(row));
        let reason = Reason::NoCollation;
        pace.add(&Record::Missed(Missed { para: 2, slot: 1, count: 1, moment: 0, author: None, reason }));
        assert_eq!((pace.blocks(), pace.missed), (2, 0));
    }

    #[test]
    fn more_than_one_slot_in_five_is() {
        assert!(!pace((1..=20).filter(|slot| ![3, 5, 10, 15].contains(slot))).missed());
        assert!(pace((1..=20).filter(|slot| ![3, 5, 10, 12, 15].contains(slot))).missed());
    }
}
