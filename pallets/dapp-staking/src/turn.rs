//! The turn of an era: the end of one era and the beginning of the next, over several blocks.
//!
//! The first block of an era ends the era before. It allots the stakers' rewards, which depend on one sum
//! alone, and the bonus if a period ends. If the era that ended was an earning era, the next blocks assign
//! its tiers: each ranks [`CHUNK`] dApps until all are ranked, and then each credits as many. The next era
//! cannot begin before that is done. So a network accepts only as many dApps as fit into its shortest era
//! ([`max_dapps_in_era`]).

use crate::*;
use alloc::vec::Vec;
use core::time::Duration;
use frame_support::{
    traits::{fungible::Inspect, Get},
    weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::{Saturating, UniqueSaturatedInto};

/// The number of dApps that are ranked, or credited, in one block.
pub const CHUNK: u32 = 50;

/// The most dApps that an era of `blocks` blocks can rank, and [`MAX_DAPPS`] at most. The era's first block
/// ranks none, and neither do the blocks that credit [`tiers::MAX_SLOTS`] slots.
pub(crate) const fn max_dapps_in_era(blocks: u32) -> u32 {
    let ranking = blocks.saturating_sub(1 + tiers::MAX_SLOTS.div_ceil(CHUNK));
    // The last of these blocks has to find that no dApp is left, so its chunk is not full.
    let dapps = ranking.saturating_mul(CHUNK).saturating_sub(1);
    if dapps < MAX_DAPPS {
        dapps
    } else {
        MAX_DAPPS
    }
}

/// How far the tiers of an era are assigned.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub enum Phase<Dapp> {
    /// The dApps up to this one, in the order of the storage map, are ranked. `None` if no dApp is.
    Ranking(Option<Dapp>),
    /// This number of the best dApps are credited.
    Crediting(u32),
}

/// The assignment of an era's tiers, which takes several blocks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, MaxEncodedLen, TypeInfo)]
pub struct Turn<Dapp> {
    /// The era, which has ended.
    pub era: Era,
    /// The era's period.
    pub period: Period,
    /// The reward for dApps if all slots are filled.
    pub pool: Balance,
    /// The number of slots when the era ended.
    pub slots: u32,
    /// The tiers when the era ended, best first.
    pub tiers: [tiers::Tier; tiers::TIERS],
    /// The stake that each tier requires.
    pub thresholds: [Balance; tiers::TIERS],
    /// How far the assignment has come.
    pub phase: Phase<Dapp>,
}

impl<T: Config> Pallet<T> {
    /// Converts the end of the era to another block time. It keeps its moment.
    pub fn rescale(change: &cadence::Change) {
        CurrentCalendar::<T>::mutate_extant(|calendar| {
            let next = change.deadline(calendar.next_era.unique_saturated_into());
            calendar.next_era = next.unwrap_or(change.to.origin).into();
        });
    }

    /// Does in block `now` what is to be done about eras, and returns its weight. Not called in maintenance.
    pub(crate) fn advance_eras(now: BlockNumberFor<T>) -> Weight {
        let Some(calendar) = CurrentCalendar::<T>::get() else {
            Self::begin_first_era(now);
            return <T as Config>::WeightInfo::turn_era();
        };
        match CurrentTurn::<T>::get() {
            Some(turn) => {
                let (turn, weight) = match turn.phase {
                    Phase::Ranking(ref after) => {
                        let after = after.clone();
                        // The benchmark measures the last chunk. A full chunk writes one dApp more.
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

    /// Begins the first cycle, the first period and the first era of the chain.
    fn begin_first_era(now: BlockNumberFor<T>) {
        let calendar = Calendar::first(NextTimetable::<T>::take().unwrap_or_default(), now);
        OldestPeriod::<T>::put(calendar.period);
        Self::begin_cycle(&calendar);
        Self::begin_period(&calendar);
        Self::begin_era(now, calendar);
    }

    /// Begins a cycle with the calendar's timetable.
    fn begin_cycle(calendar: &Calendar<BlockNumberFor<T>>) {
        Inflation::<T>::begin_cycle(calendar.timetable.shape);
        Self::deposit_event(Event::TimetableInForce { timetable: calendar.timetable });
    }

    /// Begins the calendar's period, with empty pools.
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

    /// Begins the calendar's era in block `now`, and stores the calendar.
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

    /// Ends the current era and begins the next, in block `now`.
    fn turn_era(now: BlockNumberFor<T>, mut calendar: Calendar<BlockNumberFor<T>>) {
        let (ended, period) = (calendar.era, calendar.period);
        let mut earned = EarnedPerUnit::<T>::get(ended.saturating_sub(1));
        if calendar.subperiod() == Subperiod::Earning {
            let staked = TotalStaked::<T>::get().at(ended, period);
            let rewards = Inflation::<T>::end_earning_era(staked);
            let per_unit = points_per_unit(rewards.stakers, staked);
            earned = earned.saturating_add(per_unit);
            Periods::<T>::mutate_extant(period, |period| {
                period.stakers.add(rewards.stakers, per_unit.saturating_mul(staked.into()));
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
        Self::prune(&calendar);
        Self::begin_era(now, calendar);
    }

    /// Removes the oldest period if its rewards have expired, and up to two of the oldest eras on which no
    /// reward depends any more.
    fn prune(calendar: &Calendar<BlockNumberFor<T>>) {
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
        // The first era of a period is measured against the era before it.
        let needed = rewards.map_or(0, |rewards| rewards.first_era.saturating_sub(1));
        let from = OldestEra::<T>::get();
        let to = needed.min(from.saturating_add(2));
        for era in from..to {
            EarnedPerUnit::<T>::remove(era);
        }
        OldestEra::<T>::put(to.max(from));
    }

    /// Ranks the next [`CHUNK`] dApps. After the last dApp, gives the best ones their tiers.
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
            let expired = record.remove_expired(oldest);
            Self::expire_dapp_rewards(&dapp, expired);
            if record.is_obsolete(period) {
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
            let earned =
                tiers::assign_rewards(&mut ranking, &turn.tiers, &turn.thresholds, turn.slots, turn.pool);
            Inflation::<T>::allot(Recipient::Dapps, earned);
            turn.phase = Phase::Crediting(0);
        }
        Ranking::<T>::put(ranking);
        turn
    }

    /// Credits the next [`CHUNK`] of the best dApps. Returns `None` after the last one.
    fn credit(turn: Turn<AddressOf<T>>, from: u32) -> Option<Turn<AddressOf<T>>> {
        let ranking = Ranking::<T>::get();
        for ranked in ranking.iter().skip(from as usize).take(CHUNK as usize) {
            let Some((tier, reward)) = ranked.reward else { continue };
            // A ranked dApp has a record, with room for the rewards of each period that is kept.
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
                Self::expire_dapp_rewards(&ranked.dapp, reward);
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
