//! Benchmarks of the hooks and the calls, each in its worst case. `scripts/weights` runs them.

use super::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
    assert_ok,
    traits::{
        fungible::{Inspect, Mutate},
        EnsureOrigin, Hooks,
    },
};
use frame_system::{pallet_prelude::BlockNumberFor, Pallet as System, RawOrigin};
use pallet_inflation::Shape;
use sp_runtime::traits::{One, Zero};

type AccountOf<T> = <T as frame_system::Config>::AccountId;

fn manager<T: Config>() -> T::RuntimeOrigin {
    T::ManagerOrigin::try_successful_origin().expect("there is a manager")
}

fn settings<T: Config>() -> T::RuntimeOrigin {
    T::SettingsOrigin::try_successful_origin().expect("somebody may set the timetable and the parameters")
}

/// An account with more tokens than a benchmark needs.
fn rich<T: Config>(name: &'static str) -> AccountOf<T> {
    let who = account(name, 0, 0);
    let amount = minimum::<T>() * 10_000;
    <T as pallet_inflation::Config>::Currency::mint_into(&who, amount).expect("an account can be endowed");
    who
}

/// The larger of the minimum lock and the minimum stake.
fn minimum<T: Config>() -> Balance {
    let parameters = CurrentParameters::<T>::get();
    parameters.minimum_lock.max(parameters.minimum_stake)
}

/// Begins era 1 of a calendar of this shape.
fn begin<T: Config>(shape: Shape) {
    CurrentParameters::<T>::mutate(|parameters| parameters.max_stakes = MAX_STAKES);
    let era_millis = CurrentLimits::<T>::get().era_millis.least;
    NextTimetable::<T>::put(Timetable { era_millis, shape, retention: 1 });
    CurrentCalendar::<T>::kill();
    System::<T>::set_block_number(One::one());
    Pallet::<T>::on_initialize(One::one());
}

/// Begins era 1 of a calendar with long periods.
fn begin_long<T: Config>() {
    begin::<T>(Shape { periods: 2, voting_eras: 2, earning_eras: 50 });
}

/// Goes on to the first block of the next era, but does not run its hook. Returns its number.
fn go_to_next_era<T: Config>() -> BlockNumberFor<T> {
    let mut now = System::<T>::block_number();
    while CurrentTurn::<T>::exists() {
        now += One::one();
        Pallet::<T>::on_initialize(now);
    }
    now = CurrentCalendar::<T>::get().expect("the calendar has begun").next_era.max(now + One::one());
    System::<T>::set_block_number(now);
    now
}

fn next_era<T: Config>() {
    let now = go_to_next_era::<T>();
    Pallet::<T>::on_initialize(now);
    // On a chain, no block has the events of many eras.
    System::<T>::reset_events();
}

fn next_period<T: Config>() {
    let period = CurrentCalendar::<T>::get().map(|calendar| calendar.period);
    while CurrentCalendar::<T>::get().map(|calendar| calendar.period) == period {
        next_era::<T>();
    }
}

fn dapp<T: Config>(i: u32) -> AddressOf<T> {
    DappAddress::Account(account("dapp", i, 0))
}

fn register<T: Config>(i: u32) -> AddressOf<T> {
    assert_ok!(Pallet::<T>::register(manager::<T>(), dapp::<T>(i), account("owner", 0, 0)));
    dapp::<T>(i)
}

/// An account with a full ledger. It has voting stake on as many dApps as it can, and is unlocking as many
/// chunks as it can, none of which is free soon.
fn staker<T: Config>() -> (AccountOf<T>, Vec<AddressOf<T>>) {
    let who = rich::<T>("staker");
    let dapps: Vec<_> = (0..MAX_STAKES).map(register::<T>).collect();
    let amount = minimum::<T>();
    assert_ok!(Pallet::<T>::lock(RawOrigin::Signed(who.clone()).into(), amount * 1_000));
    for dapp in &dapps {
        assert_ok!(Pallet::<T>::stake(RawOrigin::Signed(who.clone()).into(), dapp.clone(), amount * 4));
    }
    let mut ledger = Ledgers::<T>::get(&who);
    for i in 0..MAX_UNLOCKING {
        assert_ok!(ledger.unlocking.try_push(Unlocking { amount, era: 1_000 + i }).map_err(|_| "full"));
    }
    assert_ok!(Pallet::<T>::freeze(&who, &ledger));
    Pallet::<T>::store(&who, ledger);
    (who, dapps)
}

/// Registers `n` dApps. Each has enough stake for the best tier in the current era, and rewards of `periods`
/// periods.
fn big_dapps<T: Config>(n: u32, periods: Period) {
    let calendar = CurrentCalendar::<T>::get().expect("the calendar has begun");
    for i in 0..n {
        let address = register::<T>(i);
        Dapps::<T>::mutate(&address, |record| {
            let record = record.as_mut().expect("it was just registered");
            record.stake.change(&calendar, (0, 0), (Balance::MAX / 2, Balance::MAX / 2));
            record.rewards =
                (0..periods).map(|period| (period, 1)).collect::<Vec<_>>().try_into().expect("it fits");
        });
    }
}

/// Raises the rewards of a dApp so that its payee's account can hold them.
fn raise_rewards<T: Config>(i: u32) {
    Dapps::<T>::mutate(dapp::<T>(i), |record| {
        for (_, amount) in record.as_mut().expect("it is there").rewards.iter_mut() {
            *amount = minimum::<T>();
        }
    });
}

/// Marks a dApp as unregistered in an earlier period.
fn mark_as_unregistered<T: Config>(i: u32) {
    Dapps::<T>::mutate(dapp::<T>(i), |record| {
        record.as_mut().expect("it is there").unregistered = Some((0, 0));
    });
}

fn ranked<T: Config>(i: u32, reward: Option<(u8, Balance)>) -> tiers::Ranked<AddressOf<T>> {
    tiers::Ranked { dapp: dapp::<T>(i), number: i, stake: Balance::MAX / 4, reward }
}

/// Puts the turn of the current era into this phase.
fn set_turn<T: Config>(phase: Phase<AddressOf<T>>) {
    let calendar = CurrentCalendar::<T>::get().expect("the calendar has begun");
    CurrentTurn::<T>::put(Turn {
        era: calendar.era,
        period: calendar.period,
        pool: 1_000_000_007,
        slots: tiers::MAX_SLOTS,
        tiers: Parameters::default().tiers,
        thresholds: [1; tiers::TIERS],
        phase,
    });
}

#[benchmarks]
mod benchmarks {
    use super::*;

    /// A block in which there is nothing to do.
    #[benchmark]
    fn idle() {
        begin_long::<T>();
        #[block]
        {
            Pallet::<T>::on_initialize(2u32.into());
        }
    }

    /// Maintenance ends.
    #[benchmark]
    fn resume() {
        begin_long::<T>();
        Maintenance::<T>::put(BlockNumberFor::<T>::from(2u32));
        #[block]
        {
            Pallet::<T>::on_initialize(2u32.into());
        }
        assert!(!Maintenance::<T>::exists());
    }

    /// The last era of a cycle ends, a new timetable and new parameters of inflation come into force, and the
    /// rewards of a period expire.
    #[benchmark]
    fn turn_era() {
        begin::<T>(Shape { periods: 1, voting_eras: 1, earning_eras: 1 });
        let (..) = staker::<T>();
        // There are stakes of the second period, and nothing of the first is claimed.
        next_period::<T>();
        let who = account("staker", 0, 0);
        assert_ok!(Pallet::<T>::stake(RawOrigin::Signed(who).into(), dapp::<T>(0), minimum::<T>()));
        next_era::<T>();
        let now = go_to_next_era::<T>();
        let oldest = OldestPeriod::<T>::get();
        NextTimetable::<T>::put(Timetable::default());
        pallet_inflation::NextParameters::<T>::put(pallet_inflation::Parameters::default());
        #[block]
        {
            Pallet::<T>::on_initialize(now);
        }
        assert_eq!(OldestPeriod::<T>::get(), oldest + 1);
        assert!(CurrentTurn::<T>::exists());
    }

    /// The last dApps are ranked. Each has rewards that expire. All but one are among the best. The record of
    /// that one is removed, which changes the number of dApps. The tiers are assigned.
    #[benchmark]
    fn rank() {
        begin_long::<T>();
        big_dapps::<T>(CHUNK - 1, MAX_RETENTION + 2);
        mark_as_unregistered::<T>(1);
        OldestPeriod::<T>::put(MAX_RETENTION + 2);
        let others: Vec<_> = (0..tiers::MAX_SLOTS).map(|i| ranked::<T>(CHUNK + i, None)).collect();
        Ranking::<T>::put(tiers::Ranking::<AddressOf<T>>::truncate_from(others));
        set_turn::<T>(Phase::Ranking(None));
        #[block]
        {
            Pallet::<T>::on_initialize(2u32.into());
        }
        assert!(matches!(CurrentTurn::<T>::get(), Some(Turn { phase: Phase::Crediting(0), .. })));
        assert!(Ranking::<T>::get().iter().all(|ranked| ranked.reward.is_some()));
        assert!(Dapps::<T>::get(dapp::<T>(0)).is_some_and(|record| record.rewards.is_empty()));
        assert!(!Dapps::<T>::contains_key(dapp::<T>(1)));
    }

    /// As many dApps are credited as a block can credit. One of them has no record, which never happens on a
    /// chain.
    #[benchmark]
    fn credit() {
        begin_long::<T>();
        big_dapps::<T>(CHUNK, 1);
        Dapps::<T>::remove(dapp::<T>(0));
        let best: Vec<_> = (0..CHUNK).map(|i| ranked::<T>(i, Some((0, 1_000)))).collect();
        Ranking::<T>::put(tiers::Ranking::<AddressOf<T>>::truncate_from(best));
        set_turn::<T>(Phase::Crediting(0));
        #[block]
        {
            Pallet::<T>::on_initialize(2u32.into());
        }
        assert!(!CurrentTurn::<T>::exists());
        assert!(Dapps::<T>::get(dapp::<T>(CHUNK - 1)).is_some_and(|record| record.rewards.len() == 2));
    }

    #[benchmark]
    fn set_maintenance() {
        let guard = T::EmergencyOrigin::try_successful_origin().expect("somebody may stop dApp staking");
        #[extrinsic_call]
        _(guard as T::RuntimeOrigin, true);
        assert!(Maintenance::<T>::exists());
        assert!(NextMaintenance::<T>::exists());
    }

    #[benchmark]
    fn set_parameters() {
        let parameters = Parameters { slots: 7, ..CurrentParameters::<T>::get() };
        #[extrinsic_call]
        _(settings::<T>(), parameters);
        assert_eq!(CurrentParameters::<T>::get(), parameters);
    }

    #[benchmark]
    fn set_timetable() {
        begin_long::<T>();
        NextTimetable::<T>::put(Timetable::default());
        let era_millis = CurrentLimits::<T>::get().era_millis.least;
        let any = Range { least: 1, most: u64::MAX };
        let limits = Limits { cycle_millis: any, period_millis: any, ..CurrentLimits::<T>::get() };
        CurrentLimits::<T>::put(limits);
        let timetable = Timetable { era_millis, ..Timetable::default() };
        #[extrinsic_call]
        _(settings::<T>(), Some(timetable));
        assert_eq!(NextTimetable::<T>::get(), Some(timetable));
    }

    /// A dApp that was unregistered is registered again. Its payee, whose account does not exist yet, is paid
    /// for some periods, and the rewards of others have expired.
    #[benchmark]
    fn register() {
        begin_long::<T>();
        big_dapps::<T>(1, MAX_RETENTION + 2);
        raise_rewards::<T>(0);
        assert_ok!(Pallet::<T>::unregister(manager::<T>(), dapp::<T>(0)));
        OldestPeriod::<T>::put(2);
        let calendar = CurrentCalendar::<T>::get().expect("the calendar has begun");
        set_turn::<T>(Phase::Crediting(0));
        CurrentTurn::<T>::mutate_extant(|turn| turn.era = calendar.era);
        #[extrinsic_call]
        _(manager::<T>(), dapp::<T>(0), account("new", 0, 0));
        assert!(Dapps::<T>::get(dapp::<T>(0)).is_some_and(|record| record.number == 1));
        let owner: AccountOf<T> = account("owner", 0, 0);
        assert!(!<T as pallet_inflation::Config>::Currency::total_balance(&owner).is_zero());
    }

    #[benchmark]
    fn unregister() {
        begin_long::<T>();
        big_dapps::<T>(1, MAX_RETENTION + 2);
        #[extrinsic_call]
        _(manager::<T>(), dapp::<T>(0));
        assert!(Dapps::<T>::get(dapp::<T>(0)).is_some_and(|record| record.unregistered.is_some()));
    }

    #[benchmark]
    fn set_owner() {
        begin_long::<T>();
        big_dapps::<T>(1, MAX_RETENTION + 2);
        let new: AccountOf<T> = account("new", 0, 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(account("owner", 0, 0)), dapp::<T>(0), new.clone());
        assert!(Dapps::<T>::get(dapp::<T>(0)).is_some_and(|record| record.owner == new));
    }

    #[benchmark]
    fn set_beneficiary() {
        begin_long::<T>();
        big_dapps::<T>(1, MAX_RETENTION + 2);
        let new: AccountOf<T> = account("new", 0, 0);
        #[extrinsic_call]
        _(RawOrigin::Signed(account("owner", 0, 0)), dapp::<T>(0), Some(new.clone()));
        assert!(Dapps::<T>::get(dapp::<T>(0)).is_some_and(|record| record.payee() == new));
    }

    #[benchmark]
    fn lock() {
        begin_long::<T>();
        let (who, _) = staker::<T>();
        let before = Ledgers::<T>::get(&who).locked;
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), minimum::<T>());
        assert_eq!(Ledgers::<T>::get(&who).locked, before + minimum::<T>());
    }

    /// The rewards and the bonus of a period that is over are paid.
    #[benchmark]
    fn unlock() {
        begin_long::<T>();
        let (who, _) = staker::<T>();
        next_period::<T>();
        let era = CurrentCalendar::<T>::get().map_or(0, |calendar| calendar.era)
            + CurrentParameters::<T>::get().unlocking_eras
            + 1;
        Ledgers::<T>::mutate(&who, |ledger| ledger.unlocking[7].era = era);
        let before = Ledgers::<T>::get(&who).locked;
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), minimum::<T>());
        assert_eq!(Ledgers::<T>::get(&who).locked, before - minimum::<T>());
    }

    #[benchmark]
    fn relock() {
        begin_long::<T>();
        let (who, _) = staker::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));
        assert!(Ledgers::<T>::get(&who).unlocking.is_empty());
    }

    #[benchmark]
    fn claim_unlocked() {
        begin_long::<T>();
        let (who, _) = staker::<T>();
        Ledgers::<T>::mutate(&who, |ledger| {
            for chunk in ledger.unlocking.iter_mut().take(7) {
                chunk.era = 1;
            }
        });
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()));
        assert_eq!(Ledgers::<T>::get(&who).unlocking.len(), 1);
    }

    /// The rewards and the bonus of a period that is over are paid.
    #[benchmark]
    fn stake() {
        begin_long::<T>();
        let (who, _) = staker::<T>();
        next_period::<T>();
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), dapp::<T>(0), minimum::<T>());
        assert_eq!(Ledgers::<T>::get(&who).staked(), minimum::<T>());
    }

    /// The rewards of some eras are paid.
    #[benchmark]
    fn unstake() {
        begin_long::<T>();
        let (who, _) = staker::<T>();
        for _ in 0..4 {
            next_era::<T>();
        }
        let before = Ledgers::<T>::get(&who).staked();
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), dapp::<T>(MAX_STAKES - 1), minimum::<T>());
        assert_eq!(Ledgers::<T>::get(&who).staked(), before - minimum::<T>());
    }

    /// The rewards of some eras are paid.
    #[benchmark]
    fn move_stake() {
        begin_long::<T>();
        let (who, _) = staker::<T>();
        for _ in 0..4 {
            next_era::<T>();
        }
        #[extrinsic_call]
        _(RawOrigin::Signed(who.clone()), dapp::<T>(MAX_STAKES - 1), dapp::<T>(0), minimum::<T>());
        assert_eq!(Ledgers::<T>::get(&who).moves, 1);
        assert_eq!(Ledgers::<T>::get(&who).moved_off.len(), 1);
    }

    /// The caller claims the rewards of a whole period and its bonus for another account.
    #[benchmark]
    fn claim() {
        begin_long::<T>();
        let (staker, _) = staker::<T>();
        next_period::<T>();
        let caller: AccountOf<T> = whitelisted_caller();
        let before = <T as pallet_inflation::Config>::Currency::total_balance(&staker);
        #[extrinsic_call]
        _(RawOrigin::Signed(caller), staker.clone());
        assert!(<T as pallet_inflation::Config>::Currency::total_balance(&staker) > before);
        assert!(Ledgers::<T>::get(&staker).stakes.is_empty());
    }

    /// This measures no weight. It shows that a claim costs the same after any number of eras.
    #[benchmark(extra)]
    fn claim_after_eras(e: Linear<1, 1_000>) {
        begin::<T>(Shape { periods: 1, voting_eras: 1, earning_eras: 2_000 });
        let (staker, _) = staker::<T>();
        for _ in 0..e.saturating_add(1) {
            next_era::<T>();
        }
        let caller: AccountOf<T> = whitelisted_caller();
        #[extrinsic_call]
        claim(RawOrigin::Signed(caller), staker.clone());
        assert_eq!(Ledgers::<T>::get(&staker).era, e + 2);
    }

    /// The last rewards of a dApp that was unregistered are claimed. Those of some periods have expired. The
    /// dApp's record is removed.
    #[benchmark]
    fn claim_dapp() {
        begin_long::<T>();
        big_dapps::<T>(1, MAX_RETENTION + 2);
        raise_rewards::<T>(0);
        mark_as_unregistered::<T>(0);
        OldestPeriod::<T>::put(2);
        let caller: AccountOf<T> = whitelisted_caller();
        #[extrinsic_call]
        _(RawOrigin::Signed(caller), dapp::<T>(0));
        let owner: AccountOf<T> = account("owner", 0, 0);
        assert!(!<T as pallet_inflation::Config>::Currency::total_balance(&owner).is_zero());
        assert!(!Dapps::<T>::contains_key(dapp::<T>(0)));
    }
}
