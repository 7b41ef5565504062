//! A sum of stakes, of which part counts only from the next era on.
//!
//! What is staked during an era counts from the next era on. What is unstaked stops counting at once. The
//! amount of the era before must still be known during an era, because dApps are ranked by it in the blocks
//! after that era's end. So there are three amounts: of the last era, of the current one and of the next one.
//! They are brought up to date when one of them changes. Nothing has to be done when an era or a period ends.

use crate::calendar::{Calendar, Era, Period};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use pallet_inflation::Balance;
use scale_info::TypeInfo;

/// The amounts of three successive eras. All stakes end with their period.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct Staked {
    period: Period,
    era: Era,
    /// The amount in the era before `era`, which may belong to the period before.
    past: Balance,
    /// The amount in `era`.
    current: Balance,
    /// The amount from the era after `era` to the end of the period.
    next: Balance,
}

impl Staked {
    /// The amount in `era` of `period`. `era` must not be earlier than the era before the last change.
    pub fn at(&self, era: Era, period: Period) -> Balance {
        let before = era.saturating_add(1) == self.era;
        if before && (period == self.period || period.saturating_add(1) == self.period) {
            self.past
        } else if period != self.period {
            0
        } else if era == self.era {
            self.current
        } else {
            self.next
        }
    }

    /// The amount from the next era on, until the period ends.
    pub fn next<BlockNumber>(&self, calendar: &Calendar<BlockNumber>) -> Balance {
        if self.period == calendar.period {
            self.next
        } else {
            0
        }
    }

    /// Replaces the part of one holder. `before` and `after` have the amount in the current era and the
    /// amount from the next era on.
    pub fn change<BlockNumber>(
        &mut self,
        calendar: &Calendar<BlockNumber>,
        before: (Balance, Balance),
        after: (Balance, Balance),
    ) {
        self.advance_to(calendar);
        self.current = self.current.saturating_sub(before.0).saturating_add(after.0);
        self.next = self.next.saturating_sub(before.1).saturating_add(after.1);
    }

    /// Brings the amounts up to date with the current era.
    fn advance_to<BlockNumber>(&mut self, calendar: &Calendar<BlockNumber>) {
        let (era, period) = (calendar.era, calendar.period);
        let last = era.saturating_sub(1);
        let period_of_last = if last < calendar.first_era { period.saturating_sub(1) } else { period };
        *self = Staked {
            period,
            era,
            past: self.at(last, period_of_last),
            current: self.at(era, period),
            next: self.next(calendar),
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parameters::Timetable;
    use pallet_inflation::Shape;
    use proptest::prelude::*;

    proptest! {
        /// Compares the amounts with a list that has the amount of each era.
        #[test]
        fn amounts_are_those_of_a_list(
            changes in prop::collection::vec((0u32..5, 0u128..100, 0u128..100), 1..40),
        ) {
            let shape = Shape { periods: 2, voting_eras: 1, earning_eras: 2 };
            let timetable = Timetable { shape, ..Timetable::default() };
            let mut calendar = Calendar::first(timetable, 0u32);
            let mut staked = Staked::default();
            let mut list = vec![0u128; 2];
            let mut next = 0u128;
            for (eras, stake, unstake) in changes {
                for _ in 0..eras {
                    let period = calendar.period;
                    calendar.advance(timetable);
                    if calendar.period != period {
                        next = 0;
                    }
                    list.push(next);
                    let ended = calendar.era - 1;
                    let period = calendar.period - u32::from(ended < calendar.first_era);
                    prop_assert_eq!(staked.at(ended, period), list[ended as usize]);
                }
                let before = (list[calendar.era as usize], next);
                let unstake = unstake.min(next);
                next = next - unstake + stake;
                let current = before.0.min(before.1 - unstake);
                list[calendar.era as usize] = current;
                staked.change(&calendar, before, (current, next));
                prop_assert_eq!(staked.at(calendar.era, calendar.period), current);
                prop_assert_eq!(staked.next(&calendar), next);
                let last = calendar.era - 1;
                let period = calendar.period - u32::from(last < calendar.first_era);
                prop_assert_eq!(staked.at(last, period), list[last as usize]);
            }
        }
    }
}
