//! Whether blocks came when they should.

use crate::watch::para::Record;

/// Blocks that are final, in order, and what was missed between them.
#[derive(Default)]
pub struct Pace {
    /// Their timestamps, in milliseconds.
    moments: Vec<u64>,
    missed: u64,
}

impl Pace {
    /// Adds what is known for good.
    pub fn add(&mut self, record: &Record) {
        match record {
            Record::Block(row) => self.moments.extend(row.authored),
            // What lies before the first block is no gap.
            Record::Missed(missed) if !self.moments.is_empty() => self.missed += missed.count,
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

    pub fn summary(&self) -> String {
        let gaps: Vec<_> = self.moments.windows(2).map(|pair| pair[1].saturating_sub(pair[0])).collect();
        let mean = gaps.iter().sum::<u64>() as f64 / gaps.len().max(1) as f64;
        format!(
            "{} blocks included and final: one every {:.2} s, worst {:.1} s, {} slots missed",
            self.moments.len(),
            mean / 1_000.0,
            gaps.iter().max().copied().unwrap_or_default() as f64 / 1_000.0,
            self.missed,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::para::{Missed, Reason, Row};
    use subxt::utils::H256;

    fn pace(slots: impl IntoIterator<Item = u64>) -> Pace {
        let millis = u64::from(cadence::ASYNCHRONOUS.slot_millis);
        let (mut pace, mut next) = (Pace::default(), None);
        for slot in slots {
            for slot in next.unwrap_or(slot)..slot {
                let reason = Reason::NoCollation;
                let missed = Missed { para: 1, slot, count: 1, moment: slot * millis, author: None, reason };
                pace.add(&Record::Missed(missed));
            }
            let row = Row { authored: Some(slot * millis), ..Row::new(1, slot, H256::zero()) };
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
    fn more_than_one_slot_in_five_is() {
        assert!(!pace((1..=20).filter(|slot| ![3, 5, 10, 15].contains(slot))).missed());
        assert!(pace((1..=20).filter(|slot| ![3, 5, 10, 12, 15].contains(slot))).missed());
    }
}
