//! The calendar of dApp staking: eras, periods and cycles.
//!
//! All eras of a cycle are equally long. A period has some *voting* eras, in which stakes are placed and
//! nobody earns, and then some *earning* eras. A cycle has some periods and one plan of inflation. Eras and
//! periods are numbered from one on, and the numbers never start again. Of the calendar, only
//! [`Calendar::next_era`] counts blocks.

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
    /// Stakes are placed, with a right to the bonus. Nobody earns yet.
    Voting,
    /// Stakers and dApps earn. dApp staking v3 calls it build and earn.
    Earning,
}

/// The longest unit of time that has ended with an era.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The era alone.
    Era,
    /// The era and its period.
    Period,
    /// The era, its period and its cycle.
    Cycle,
}

/// The chain's current era, period and cycle.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Calendar<BlockNumber> {
    /// The current era.
    pub era: Era,
    /// The current period.
    pub period: Period,
    /// The first era of this period.
    pub first_era: Era,
    /// The first period of this cycle.
    pub first_period: Period,
    /// The timetable of this cycle.
    pub timetable: Timetable,
    /// The block in which the next era begins.
    pub next_era: BlockNumber,
}

impl<BlockNumber> Calendar<BlockNumber> {
    /// The calendar in its first era.
    pub fn first(timetable: Timetable, next_era: BlockNumber) -> Self {
        Calendar { era: 1, period: 1, first_era: 1, first_period: 1, timetable, next_era }
    }

    /// The first earning era of this period.
    pub fn first_earning_era(&self) -> Era {
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

    /// The subperiod that this era belongs to.
    pub fn subperiod(&self) -> Subperiod {
        if self.era < self.first_earning_era() {
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
        self.era == self.first_era || self.era == self.first_earning_era()
    }

    /// The first era after this subperiod.
    pub fn subperiod_end(&self) -> Era {
        match self.subperiod() {
            Subperiod::Voting => self.first_earning_era(),
            Subperiod::Earning => self.period_end(),
        }
    }

    /// Advances to the next era, and returns what has ended. If a cycle begins, `next` is its timetable.
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
