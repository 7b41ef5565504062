//! Eras, periods and cycles.
//!
//! All eras are equally long. A period is some *voting* eras, in which stakes are placed and nobody
//! earns, then some *earning* eras; a cycle is some periods, and has one plan of inflation. Eras and
//! periods count from one and never start again. [`Calendar::next_era`] is the only number in the
//! whole of dApp staking that counts blocks.

use crate::parameters::Timetable;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// The number of an era.
pub type Era = u32;
/// The number of a period.
pub type Period = u32;

/// The two parts of a period.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub enum Subperiod {
    /// Stakes are placed; they count for the bonus, and nobody earns yet.
    Voting,
    /// Stakers and dApps earn: build and earn.
    Earning,
}

/// What ends together with an era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Era,
    Period,
    Cycle,
}

/// Where the chain is in eras, periods and cycles.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Calendar<BlockNumber> {
    pub era: Era,
    pub period: Period,
    /// The first era of this period.
    pub first_era: Era,
    /// The first period of this cycle.
    pub first_period: Period,
    /// Of this cycle.
    pub timetable: Timetable,
    /// The block in which the next era begins.
    pub next_era: BlockNumber,
}

impl<BlockNumber> Calendar<BlockNumber> {
    /// The calendar on its first day.
    pub fn first(timetable: Timetable, next_era: BlockNumber) -> Self {
        Calendar { era: 1, period: 1, first_era: 1, first_period: 1, timetable, next_era }
    }

    /// The first earning era of this period.
    pub fn earning_from(&self) -> Era {
        self.first_era.saturating_add(self.timetable.shape.voting_eras)
    }

    /// The first era after this period.
    pub fn period_end(&self) -> Era {
        self.first_era.saturating_add(self.timetable.shape.period_eras())
    }

    /// The first era after this cycle.
    pub fn cycle_end(&self) -> Era {
        let periods =
            self.first_period.saturating_add(self.timetable.shape.periods).saturating_sub(self.period);
        self.first_era.saturating_add(self.timetable.shape.period_eras().saturating_mul(periods))
    }

    /// The part of the period that this era belongs to.
    pub fn subperiod(&self) -> Subperiod {
        if self.era < self.earning_from() {
            Subperiod::Voting
        } else {
            Subperiod::Earning
        }
    }

    /// Whether the next era belongs to another period.
    pub fn is_last_era(&self) -> bool {
        self.era.saturating_add(1) >= self.period_end()
    }

    /// Whether this era is the first of a subperiod.
    pub fn begins_subperiod(&self) -> bool {
        self.era == self.first_era || self.era == self.earning_from()
    }

    /// The first era after this subperiod.
    pub fn subperiod_end(&self) -> Era {
        match self.subperiod() {
            Subperiod::Voting => self.earning_from(),
            Subperiod::Earning => self.period_end(),
        }
    }

    /// Turns to the next era. If it begins a cycle, `next` is the timetable from then on.
    pub fn advance(&mut self, next: Timetable) -> Ended {
        let period_end = self.period_end();
        self.era = self.era.saturating_add(1);
        if self.era < period_end {
            return Ended::Era;
        }
        self.period = self.period.saturating_add(1);
        self.first_era = self.era;
        if self.period < self.first_period.saturating_add(self.timetable.shape.periods) {
            return Ended::Period;
        }
        self.first_period = self.period;
        self.timetable = next;
        Ended::Cycle
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pallet_inflation::Shape;

    #[test]
    fn a_year_of_eras_is_a_cycle() {
        let mut calendar = Calendar::first(Timetable::default(), 0u32);
        let (mut voting, mut periods) = (0, 0);
        let shape = Shape { periods: 1, voting_eras: 1, earning_eras: 1 };
        let next = Timetable { shape, ..Timetable::default() };
        assert_eq!(calendar.cycle_end(), 367);
        loop {
            voting += u32::from(calendar.subperiod() == Subperiod::Voting);
            assert_eq!(calendar.is_last_era(), calendar.era % 122 == 0);
            match calendar.advance(next) {
                Ended::Era => (),
                Ended::Period => periods += 1,
                Ended::Cycle => break,
            }
        }
        assert_eq!((calendar.era, calendar.period, voting, periods), (367, 4, 33, 2));
        assert_eq!((calendar.timetable, calendar.first_period, calendar.cycle_end()), (next, 4, 369));
        assert_eq!(calendar.advance(next), Ended::Era);
        assert_eq!(calendar.advance(next), Ended::Cycle);
    }
}
