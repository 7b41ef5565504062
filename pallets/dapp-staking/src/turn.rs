//! The turn of an era.
//!
//! The first block of an era ends the last one: stakers' rewards, which depend on one sum alone, and
//! where a period ends, its bonus. If dApps earn, the blocks after it deal out the tiers: [`CHUNK`]
//! dApps are ranked a block, then as many are credited a block. The next era waits for that, so a
//! network takes no more dApps than fit into its shortest era ([`dapps_for`]).

use crate::*;
use alloc::vec::Vec;
use core::time::Duration;
use frame_support::{
    traits::{fungible::Inspect, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Saturating, UniqueSaturatedInto};

/// dApps that are ranked, or credited, in one block.
pub const CHUNK: u32 = 50;

/// As many dApps as an era of so many blocks can rank, besides its first block and those that credit
/// all slots that there can be.
pub(crate) const fn dapps_for(blocks: u32) -> u32 {
    let ranking = blocks.saturating_sub(1 + tiers::MAX_SLOTS.div_ceil(CHUNK));
    // The last of these blocks finds that there are no more, so its chunk is not full.
    let dapps = ranking.saturating_mul(CHUNK).saturating_sub(1);
    if dapps < MAX_DAPPS {
        dapps
    } else {
        MAX_DAPPS
    }
}

/// How far the tiers of an era are dealt out.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Phase<Dapp> {
    /// The dApps up to this one, in the order of the map, are ranked.
    Ranking(Option<Dapp>),
    /// So many of the best are credited.
    Crediting(u32),
}

/// The dealing out of an era's tiers.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Turn<Dapp> {
    /// The era, which has ended.
    pub era: Era,
    /// The era's period.
    pub period: Period,
    /// What it is worth if all slots are filled.
    pub pool: Balance,
    /// Slots and tiers as the era ended.
    pub slots: u32,
    pub tiers: [tiers::Tier; tiers::TIERS],
    /// The stakes that the tiers take.
    pub thresholds: [Balance; tiers::TIERS],
    pub phase: Phase<Dapp>,
}

impl<T: Config> Pallet<T> {
    /// Goes on with the era over the same time, in blocks of another clock.
    pub fn rescale(change: &cadence::Change) {
        CurrentCalendar::<T>::mutate_extant(|calendar| {
            let next = change.deadline(calendar.next_era.unique_saturated_into());
            calendar.next_era = next.unwrap_or(change.to.origin).into();
        });
    }

    /// Ends maintenance, and the rest after it, at the same moment, in blocks of another clock.
    pub fn rescale_maintenance(change: &cadence::Change) {
        let moved = |block: BlockNumberFor<T>| change.deadline(block.unique_saturated_into());
        Maintenance::<T>::mutate_extant(|until| *until = moved(*until).unwrap_or(change.to.origin).into());
        // A rest that is long over would be before block zero.
        NextMaintenance::<T>::mutate_extant(|next| *next = moved(*next).unwrap_or(0).into());
    }

    /// What is to be done about eras in block `now`.
    pub(crate) fn turn(now: BlockNumberFor<T>) -> Weight {
        let Some(until) = Maintenance::<T>::get() else { return Self::turn_on(now) };
        if now < until {
            return <T as Config>::WeightInfo::idle();
        }
        Maintenance::<T>::kill();
        Self::deposit_event(Event::Resumed);
        // In this very block, or its transactions would be of an era that is over.
        <T as Config>::WeightInfo::resume().saturating_add(Self::turn_on(now))
    }

    /// As [`Pallet::turn`], where nothing stands still.
    fn turn_on(now: BlockNumberFor<T>) -> Weight {
        let Some(calendar) = CurrentCalendar::<T>::get() else {
            Self::begin(now);
            return <T as Config>::WeightInfo::turn_era();
        };
        match CurrentTurn::<T>::get() {
            Some(turn) => {
                let (turn, weight) = match turn.phase {
                    Phase::Ranking(ref after) => {
                        let after = after.clone();
                        // A full chunk has a dApp more to write than the last one, which is measured.
                        let weight = <T as Config>::WeightInfo::rank();
                        let weight =
                            weight.saturating_add(<T as frame_system::Config>::DbWeight::get().writes(1));
                        (Some(Self::rank(turn, after)), weight)
                    }
                    Phase::Crediting(from) => (Self::credit(turn, from), <T as Config>::WeightInfo::credit()),
                };
                CurrentTurn::<T>::set(turn);
                weight
            }
            None if now >= calendar.next_era => {
                Self::turn_era(now, calendar);
                <T as Config>::WeightInfo::turn_era()
            }
            None => <T as Config>::WeightInfo::idle(),
        }
    }

    /// The first era of all begins.
    fn begin(now: BlockNumberFor<T>) {
        let calendar = Calendar::first(NextTimetable::<T>::take().unwrap_or_default(), now);
        OldestPeriod::<T>::put(calendar.period);
        Self::begin_cycle(&calendar);
        Self::begin_period(&calendar);
        Self::begin_era(now, calendar);
    }

    fn begin_cycle(calendar: &Calendar<BlockNumberFor<T>>) {
        Inflation::<T>::begin_cycle(calendar.timetable.shape);
        Self::deposit_event(Event::TimetableInForce { timetable: calendar.timetable });
    }

    fn begin_period(calendar: &Calendar<BlockNumberFor<T>>) {
        let period = PeriodRewards {
            first_era: calendar.era,
            end: calendar.period_end(),
            kept_through: calendar.period.saturating_add(calendar.timetable.retention),
            stakers: Pool::default(),
            bonus: Pool::default(),
        };
        Periods::<T>::insert(calendar.period, period);
    }

    fn begin_era(now: BlockNumberFor<T>, mut calendar: Calendar<BlockNumberFor<T>>) {
        let time = Duration::from_millis(calendar.timetable.era_millis);
        let blocks: BlockNumberFor<T> = T::Cadence::get().blocks(time).into();
        calendar.next_era = now.saturating_add(blocks);
        Inflation::<T>::begin_era(now, calendar.next_era);
        let (era, period, subperiod) = (calendar.era, calendar.period, calendar.subperiod());
        if calendar.begins_subperiod() {
            let end = calendar.subperiod_end();
            Self::deposit_event(Event::SubperiodBegun { era, period, subperiod, end });
        }
        Self::deposit_event(Event::EraBegun { era, period, subperiod });
        CurrentCalendar::<T>::put(calendar);
    }

    /// Ends the era and begins the next.
    fn turn_era(now: BlockNumberFor<T>, mut calendar: Calendar<BlockNumberFor<T>>) {
        let (ended, period) = (calendar.era, calendar.period);
        let mut earned = EarnedPerUnit::<T>::get(ended.saturating_sub(1));
        if calendar.subperiod() == Subperiod::Earning {
            let staked = TotalStaked::<T>::get().at(ended, period);
            let rewards = Inflation::<T>::end_earning_era(staked);
            let rate = rate(rewards.stakers, staked);
            earned = earned.saturating_add(rate);
            Periods::<T>::mutate_extant(period, |period| {
                period.stakers.add(rewards.stakers, rate.saturating_mul(staked.into()));
            });
            let stakers = rewards.stakers;
            Self::deposit_event(Event::EraEnded { era: ended, period, staked, stakers });
            let issuance = <T as pallet_inflation::Config>::Currency::total_issuance();
            let Parameters { slots, tiers, .. } = CurrentParameters::<T>::get();
            CurrentTurn::<T>::put(Turn {
                era: ended,
                period,
                pool: rewards.dapps,
                slots,
                tiers,
                thresholds: tiers::thresholds(&tiers, issuance),
                phase: Phase::Ranking(None),
            });
            Ranking::<T>::kill();
        }
        EarnedPerUnit::<T>::insert(ended, earned);

        let ends = calendar.advance(NextTimetable::<T>::get().unwrap_or(calendar.timetable));
        if ends != Ended::Era {
            let voting = TotalVoting::<T>::take();
            let bonus = Inflation::<T>::end_period(voting > 0);
            Periods::<T>::mutate_extant(period, |period| period.bonus.add(bonus, voting.into()));
            Self::deposit_event(Event::PeriodEnded { period, voting, bonus });
            Self::begin_period(&calendar);
        }
        if ends == Ended::Cycle {
            NextTimetable::<T>::kill();
            Self::begin_cycle(&calendar);
        }
        Self::forget(&calendar);
        Self::begin_era(now, calendar);
    }

    /// Lets the oldest period go if its rewards have expired, and a few of the oldest eras that
    /// nobody's rewards depend on any more.
    fn forget(calendar: &Calendar<BlockNumberFor<T>>) {
        let mut oldest = OldestPeriod::<T>::get();
        let mut rewards = Periods::<T>::get(oldest);
        if let Some(over) = rewards.as_ref().filter(|rewards| rewards.kept_through < calendar.period) {
            Inflation::<T>::expire(Recipient::Stakers, over.stakers.unpaid);
            Inflation::<T>::expire(Recipient::Bonus, over.bonus.unpaid);
            Self::deposit_event(Event::PeriodExpired { period: oldest });
            Periods::<T>::remove(oldest);
            oldest = oldest.saturating_add(1);
            OldestPeriod::<T>::put(oldest);
            rewards = Periods::<T>::get(oldest);
        }
        // The era before a period's first is what its eras are reckoned from.
        let needed = rewards.map_or(0, |rewards| rewards.first_era.saturating_sub(1));
        let from = OldestEra::<T>::get();
        let to = needed.min(from.saturating_add(2));
        for era in from..to {
            EarnedPerUnit::<T>::remove(era);
        }
        OldestEra::<T>::put(to.max(from));
    }

    /// Ranks some dApps; after the last, the best are given their tiers.
    fn rank(mut turn: Turn<AddressOf<T>>, after: Option<AddressOf<T>>) -> Turn<AddressOf<T>> {
        let rest = match &after {
            Some(dapp) => Dapps::<T>::iter_from(Dapps::<T>::hashed_key_for(dapp)),
            None => Dapps::<T>::iter(),
        };
        let chunk: Vec<_> = rest.take(CHUNK as usize).collect();
        let last = chunk.last().map(|(dapp, _)| dapp.clone());
        let is_last = chunk.len() < CHUNK as usize;

        let (oldest, period) =
            (OldestPeriod::<T>::get(), CurrentCalendar::<T>::get().map_or(0, |calendar| calendar.period));
        let mut ranking = Ranking::<T>::get();
        for (dapp, mut record) in chunk {
            let kept = record.rewards.len();
            let expired = record.take_expired(oldest);
            Self::expire_of(&dapp, expired);
            if record.is_over(period) {
                Dapps::<T>::remove(&dapp);
                continue;
            }
            if record.rewards.len() != kept {
                Dapps::<T>::insert(&dapp, &record);
            }
            let stake = record.stake.at(turn.era, turn.period);
            let reaches = turn.thresholds.iter().any(|threshold| stake >= *threshold);
            if record.is_ranked_for(turn.era) && stake > 0 && reaches {
                let ranked = tiers::Ranked { dapp, number: record.number, stake, reward: None };
                tiers::insert(&mut ranking, ranked, turn.slots);
            }
        }
        turn.phase = Phase::Ranking(last.or(after));
        if is_last {
            let earned = tiers::reward(&mut ranking, &turn.tiers, &turn.thresholds, turn.slots, turn.pool);
            Inflation::<T>::allot(Recipient::Dapps, earned);
            turn.phase = Phase::Crediting(0);
        }
        Ranking::<T>::put(ranking);
        turn
    }

    /// Credits some of the best dApps; none is left to do after the last.
    fn credit(turn: Turn<AddressOf<T>>, from: u32) -> Option<Turn<AddressOf<T>>> {
        let ranking = Ranking::<T>::get();
        for ranked in ranking.iter().skip(from as usize).take(CHUNK as usize) {
            let Some((tier, reward)) = ranked.reward else { continue };
            // Who is ranked has a record, with room for every period that counts.
            let credited = Dapps::<T>::mutate_exists(&ranked.dapp, |record| {
                let Some(record) = record else { return false };
                record.tier = Some((turn.era, tier));
                match record.rewards.iter_mut().find(|(period, _)| *period == turn.period) {
                    Some((_, amount)) => {
                        *amount = amount.saturating_add(reward);
                        true
                    }
                    None => record.rewards.try_push((turn.period, reward)).is_ok(),
                }
            });
            if !credited {
                Self::expire_of(&ranked.dapp, reward);
                continue;
            }
            Self::deposit_event(Event::TierReached {
                dapp: ranked.dapp.clone(),
                era: turn.era,
                tier,
                reward,
            });
        }
        let done = from.saturating_add(CHUNK);
        (done < ranking.len() as u32).then_some(Turn { phase: Phase::Crediting(done), ..turn })
    }
}
