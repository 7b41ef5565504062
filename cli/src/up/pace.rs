//! Whether blocks came when they should.

use std::time::{Duration, Instant};

/// The slots that final blocks were authored in, and when the blocks were seen.
pub struct Pace {
    slot: Duration,
    slots: Vec<u64>,
    seen: Vec<Instant>,
}

impl Pace {
    pub fn new(slot: Duration) -> Self {
        Self { slot, slots: Vec::new(), seen: Vec::new() }
    }

    /// Adds the next final block.
    pub fn add(&mut self, slot: u64, seen: Instant) {
        self.slots.push(slot);
        self.seen.push(seen);
    }

    pub fn blocks(&self) -> u32 {
        self.slots.len() as u32
    }

    /// Slots between the first block's and the last one's that no block was authored in.
    fn missed_slots(&self) -> u64 {
        let (Some(first), Some(last)) = (self.slots.first(), self.slots.last()) else { return 0 };
        (last - first + 1).saturating_sub(self.slots.len() as u64)
    }

    /// More than one slot in five without a block, and more than one at all. One in ten goes to the
    /// relay chain's change of session, which backs nothing.
    pub fn missed(&self) -> bool {
        let missed = self.missed_slots();
        missed > 1 && missed * 5 > missed + self.slots.len() as u64
    }

    pub fn summary(&self) -> String {
        let gaps: Vec<_> =
            self.seen.windows(2).map(|pair| pair[1].saturating_duration_since(pair[0])).collect();
        let mean = gaps.iter().sum::<Duration>().as_secs_f64() / gaps.len().max(1) as f64;
        let worst = gaps.iter().max().copied().unwrap_or_default().as_secs_f64();
        format!(
            "{} blocks included and final: one every {mean:.2} s (slot {} s), worst {worst:.1} s, {} slots missed",
            self.slots.len(),
            self.slot.as_secs_f64(),
            self.missed_slots(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pace(slots: impl IntoIterator<Item = u64>) -> Pace {
        let mut pace = Pace::new(Duration::from_secs(6));
        let start = Instant::now();
        for slot in slots {
            pace.add(slot, start + Duration::from_secs(6 * slot));
        }
        pace
    }

    #[test]
    fn one_missed_slot_is_not_a_missed_pace() {
        let pace = pace([1, 2, 4, 5]);
        assert_eq!(pace.missed_slots(), 1);
        assert!(!pace.missed());
        assert!(pace.summary().contains("one every 8.00 s (slot 6 s), worst 12.0 s, 1 slots missed"));
    }

    #[test]
    fn more_than_one_slot_in_five_is() {
        assert!(!pace((1..=20).filter(|slot| ![3, 5, 10, 15].contains(slot))).missed());
        assert!(pace((1..=20).filter(|slot| ![3, 5, 10, 12, 15].contains(slot))).missed());
    }
}
