//! Long random histories, against the [model](super::model), against each other and against
//! themselves.

use super::model::Model;
// Named, as the pallet has others of these names.
use crate::mock::Inflation;
use crate::{mock::*, *};
use frame_support::{assert_ok, dispatch::DispatchResultWithPostInfo};
use proptest::prelude::*;
use sp_runtime::{traits::Dispatchable, Perbill};

const ACCOUNTS: u64 = 24;
const DAPPS: u64 = 12;

/// Something that happens.
#[derive(Clone, Debug)]
enum Step {
    /// So many times twelve seconds.
    Wait(u32),
    WaitForEra,
    Lock(u64, u128),
    Unlock(u64, u128),
    Relock(u64),
    ClaimUnlocked(u64),
    Stake(u64, u64, u128),
    Unstake(u64, u64, u128),
    Move(u64, u64, u64, u128),
    Claim(u64),
    ClaimDapp(u64),
    Register(u64, u64),
    Unregister(u64),
    SetBeneficiary(u64, u64, Option<u64>),
    SetInflation(u32, u32, u32),
    SetStaking(u128, u32, u32, u32),
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let who = || 1..=ACCOUNTS;
    let dapp = || 1..=DAPPS;
    let amount =
        || prop_oneof![3 => 1u128..2_000, 3 => 1u128..60_000_000, 1 => Just(0u128), 1 => any::<u128>()];
    prop_oneof![
        8 => (1u32..4).prop_map(Wait),
        10 => Just(WaitForEra),
        10 => (who(), amount()).prop_map(|(who, amount)| Lock(who, amount)),
        4 => (who(), amount()).prop_map(|(who, amount)| Unlock(who, amount)),
        2 => who().prop_map(Relock),
        4 => who().prop_map(ClaimUnlocked),
        40 => (who(), dapp(), amount()).prop_map(|(who, dapp, amount)| Stake(who, dapp, amount)),
        10 => (who(), dapp(), amount()).prop_map(|(who, dapp, amount)| Unstake(who, dapp, amount)),
        12 => (who(), dapp(), dapp(), amount()).prop_map(|(who, from, to, amount)| Move(who, from, to, amount)),
        10 => who().prop_map(Claim),
        5 => dapp().prop_map(ClaimDapp),
        6 => (dapp(), who()).prop_map(|(dapp, owner)| Register(dapp, owner)),
        1 => dapp().prop_map(Unregister),
        2 => (who(), dapp(), prop::option::of(who())).prop_map(|(who, dapp, to)| SetBeneficiary(who, dapp, to)),
        1 => (0u32..=100, 0u32..=20, 0u32..=100).prop_map(|(maximum, base, ideal)| SetInflation(maximum, base, ideal)),
        1 => (1u128..200, 1u32..17, 1u32..4, 0u32..20)
            .prop_map(|(minimum, stakes, retention, slots)| SetStaking(minimum, stakes, retention, slots)),
    ]
}

/// The dApps are accounts and contracts by turns.
fn address(dapp: u64) -> DappAddress<u64> {
    if dapp % 2 == 0 {
        DappAddress::Account(10_000 + dapp)
    } else {
        DappAddress::Contract(H160::from_low_u64_be(dapp))
    }
}

/// What an step does on chain; none if it is no call.
fn call(step: &Step) -> Option<(RuntimeOrigin, RuntimeCall)> {
    use Step::*;
    let root = RuntimeOrigin::root;
    let staking = |origin, call: crate::Call<Test>| Some((origin, RuntimeCall::from(call)));
    let signed = |who: u64| RuntimeOrigin::signed(who);
    match *step {
        Wait(_) | WaitForEra => None,
        Lock(who, amount) => staking(signed(who), crate::Call::lock { amount }),
        Unlock(who, amount) => staking(signed(who), crate::Call::unlock { amount }),
        Relock(who) => staking(signed(who), crate::Call::relock {}),
        ClaimUnlocked(who) => staking(signed(who), crate::Call::claim_unlocked {}),
        Stake(who, dapp, amount) => staking(signed(who), crate::Call::stake { dapp: address(dapp), amount }),
        Unstake(who, dapp, amount) => {
            staking(signed(who), crate::Call::unstake { dapp: address(dapp), amount })
        }
        Move(who, from, to, amount) => {
            staking(signed(who), crate::Call::move_stake { from: address(from), to: address(to), amount })
        }
        // Anyone may.
        Claim(staker) => staking(signed(ACCOUNTS - staker + 1), crate::Call::claim { staker }),
        ClaimDapp(dapp) => staking(signed(dapp), crate::Call::claim_dapp { dapp: address(dapp) }),
        Register(dapp, owner) => staking(root(), crate::Call::register { dapp: address(dapp), owner }),
        Unregister(dapp) => staking(root(), crate::Call::unregister { dapp: address(dapp) }),
        SetBeneficiary(who, dapp, beneficiary) => {
            staking(signed(who), crate::Call::set_beneficiary { dapp: address(dapp), beneficiary })
        }
        SetInflation(..) => {
            let parameters = inflation_after(&pallet_inflation::CurrentParameters::<Test>::get(), step);
            Some((root(), pallet_inflation::Call::set_parameters { parameters }.into()))
        }
        SetStaking(..) => {
            let parameters = staking_after(&CurrentParameters::<Test>::get(), step);
            staking(root(), crate::Call::set_parameters { parameters })
        }
    }
}

fn inflation_after(parameters: &pallet_inflation::Parameters, step: &Step) -> pallet_inflation::Parameters {
    let mut parameters = *parameters;
    if let Step::SetInflation(maximum, base, ideal) = *step {
        parameters.maximum = Perbill::from_percent(maximum);
        parameters.ideal_staking = Perbill::from_percent(ideal);
        parameters.shares.base = Perbill::from_percent(base);
        parameters.shares.adjustable = Perbill::from_percent(60 - base);
    }
    parameters
}

fn staking_after(parameters: &Parameters, step: &Step) -> Parameters {
    let mut parameters = parameters.clone();
    if let Step::SetStaking(minimum, stakes, retention, slots) = *step {
        parameters.minimum_stake = minimum;
        parameters.max_stakes = stakes;
        parameters.retention = retention;
        parameters.slots = slots;
        parameters.shape.earning_eras = 2 + retention;
    }
    parameters
}

fn dispatch(step: &Step) -> Option<DispatchResultWithPostInfo> {
    call(step).map(|(origin, call)| call.dispatch(origin))
}

impl Model {
    fn apply(&mut self, step: &Step) -> bool {
        use Step::*;
        let before = self.clone();
        let outcome = match *step {
            Wait(_) | WaitForEra => return true,
            Lock(who, amount) => self.lock(who, amount),
            Unlock(who, amount) => self.unlock(who, amount),
            Relock(who) => self.relock(who),
            ClaimUnlocked(who) => self.claim_unlocked(who),
            Stake(who, dapp, amount) => self.stake(who, dapp, amount),
            Unstake(who, dapp, amount) => self.unstake(who, dapp, amount),
            Move(who, from, to, amount) => self.move_stake(who, from, to, amount),
            Claim(staker) => self.claim(staker),
            ClaimDapp(dapp) => self.claim_dapp(dapp),
            Register(dapp, owner) => self.register(dapp, owner),
            Unregister(dapp) => self.unregister(dapp),
            SetBeneficiary(who, dapp, beneficiary) => self.set_beneficiary(who, dapp, beneficiary),
            SetInflation(_, _, ideal) => {
                if ideal > 0 {
                    self.inflation = inflation_after(&self.inflation, step);
                    Ok(())
                } else {
                    Err("no ideal")
                }
            }
            SetStaking(..) => {
                self.staking = staking_after(&self.staking, step);
                Ok(())
            }
        };
        if outcome.is_err() {
            *self = before;
        }
        outcome.is_ok()
    }

    /// Everything that can be seen, on both sides.
    fn assert_same(&self) {
        let calendar = CurrentCalendar::<Test>::get().unwrap();
        assert_eq!((calendar.era, calendar.period), (self.era, self.period));
        assert_eq!(Balances::total_issuance(), self.issuance());
        for (who, account) in &self.accounts {
            assert_eq!(Balances::free_balance(who), account.free, "balance of {who}");
            let position = DappStaking::account(who);
            let (locked, frozen, stakers, bonus) = position.map_or((0, 0, 0, 0), |position| {
                let unlocking = position.unlocking.iter().map(|(amount, ..)| amount).sum::<u128>();
                (position.locked, position.locked + unlocking, position.rewards, position.bonus)
            });
            assert_eq!((locked, frozen), (account.locked, account.frozen()), "locks of {who}");
            assert_eq!((stakers, bonus), self.due(*who), "rewards of {who}");
        }
        for dapp in 1..=DAPPS {
            let position = DappStaking::dapp(&address(dapp));
            assert_eq!(
                position.map_or(0, |dapp| dapp.rewards),
                self.due_to_dapp(dapp),
                "rewards of dApp {dapp}"
            );
        }
        let expired = [Recipient::Stakers, Recipient::Bonus]
            .map(|recipient| Inflation::tally(recipient).expired)
            .iter()
            .sum::<u128>();
        assert_eq!(expired, self.expired);
    }

    /// One block on both sides.
    fn block(&mut self) {
        next_block();
        self.next_block();
        if !CurrentTurn::<Test>::exists() {
            self.credit();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 64, ..Default::default() })]

    #[test]
    fn histories_agree_with_the_model(
        steps in prop::collection::vec(step(), 3_000),
        synchronous: bool,
    ) {
        let cadence = if synchronous { cadence::SYNCHRONOUS } else { cadence::ASYNCHRONOUS };
        chain_with(ACCOUNTS, cadence, parameters()).execute_with(|| {
            let mut model = Model::new(ACCOUNTS, parameters());
            let mut done = [0u32; 2];
            for step in &steps {
                match step {
                    Step::Wait(n) => (0..*n).for_each(|_| model.block()),
                    Step::WaitForEra => {
                        let era = model.era;
                        while model.era == era {
                            model.block();
                        }
                    }
                    _ => {
                        // What is dealt out depends on the slots of that moment.
                        if matches!(step, Step::SetStaking(..)) {
                            while CurrentTurn::<Test>::exists() {
                                model.block();
                            }
                        }
                        let outcome = dispatch(step).unwrap();
                        let expected = model.apply(step);
                        assert_eq!(outcome.is_ok(), expected, "{step:?}: {outcome:?}");
                        done[usize::from(expected)] += 1;
                    }
                }
                model.assert_same();
                assert_ok!(DappStaking::check());
                assert_ok!(Inflation::check());
            }
            // Else the histories show nothing.
            assert!(done[1] > done[0] / 10, "too little was possible: {done:?}");
        });
    }
}

/// Time since this era began, in milliseconds.
fn since_era() -> u64 {
    let calendar = CurrentCalendar::<Test>::get().unwrap();
    let cadence = CurrentCadence::get();
    let millis = CurrentParameters::<Test>::get().era_millis;
    ERA.min(millis) - cadence.time(calendar.next_era - System::block_number()).as_millis() as u64
}

/// Lets the history happen, each step at its moment whatever the length of a block, and returns what
/// everybody has in the end.
fn wealth_after(cadence: cadence::Cadence, steps: &[Step]) -> Vec<(u64, u128, u128)> {
    chain_with(ACCOUNTS, cadence, parameters()).execute_with(|| {
        let slow = cadence::SYNCHRONOUS.block_millis();
        let slow_block = || (0..slow / CurrentCadence::get().block_millis()).for_each(|_| next_block());
        for step in steps {
            match step {
                Step::Wait(n) => (0..*n).for_each(|_| slow_block()),
                Step::WaitForEra => {
                    let era = CurrentCalendar::<Test>::get().unwrap().era;
                    while CurrentCalendar::<Test>::get().unwrap().era == era {
                        slow_block();
                    }
                }
                _ => {
                    // Tiers are dealt out within so many blocks, not within so much time.
                    while since_era() < u64::from(3 * slow) {
                        slow_block();
                    }
                    let _ = dispatch(step);
                }
            }
        }
        for step in (1..=ACCOUNTS).map(Step::Claim).chain((1..=DAPPS).map(Step::ClaimDapp)) {
            let _ = dispatch(&step);
        }
        assert_ok!(DappStaking::check());
        (1..=ACCOUNTS)
            .chain([TREASURY, COLLATORS])
            .map(|who| (who, Balances::free_balance(who), Ledgers::<Test>::get(who).frozen()))
            .collect()
    })
}

/// What an account that has locked and staked a certain amount earns in a cycle, if it does this as
/// well: at the start of an era, steps of its own.
fn earned_in_a_cycle(own: &[(u32, Step)]) -> u128 {
    const OWN: u64 = 1;
    const AMOUNT: u128 = 100_000_000;
    chain_with(6, cadence::ASYNCHRONOUS, parameters()).execute_with(|| {
        for dapp in 1..=3 {
            assert_ok!(DappStaking::register(RuntimeOrigin::root(), address(dapp), 6));
        }
        for who in 1..=6 {
            assert_ok!(DappStaking::lock(RuntimeOrigin::signed(who), AMOUNT));
        }
        let before = Balances::free_balance(OWN);
        for era in 1..=12 {
            to_era(era);
            if era % 6 == 1 {
                for who in 1..=6 {
                    assert_ok!(DappStaking::stake(RuntimeOrigin::signed(who), address(1), AMOUNT));
                }
            }
            for (_, step) in own.iter().filter(|(at, _)| *at == era) {
                let _ = dispatch(step);
            }
            if era == 5 {
                for other in 2..=6 {
                    assert_ok!(DappStaking::claim(RuntimeOrigin::signed(OWN), other));
                }
            }
        }
        to_era(13);
        let _ = DappStaking::claim(RuntimeOrigin::signed(OWN), OWN);
        Balances::free_balance(OWN) - before
    })
}

fn own_step() -> impl Strategy<Value = (u32, Step)> {
    let amount = || 1u128..120_000_000;
    let step = prop_oneof![
        (1u64..4, amount()).prop_map(|(dapp, amount)| Step::Stake(1, dapp, amount)),
        (1u64..4, amount()).prop_map(|(dapp, amount)| Step::Unstake(1, dapp, amount)),
        (1u64..4, 1u64..4, amount()).prop_map(|(from, to, amount)| Step::Move(1, from, to, amount)),
        Just(Step::Claim(1)),
    ];
    // Not in the eras in which everybody stakes.
    (prop_oneof![2u32..7, 8u32..13], step)
}

/// Calls that nobody sensible would make.
fn absurd_call() -> impl Strategy<Value = RuntimeCall> {
    let who = || prop_oneof![1..=ACCOUNTS, any::<u64>()];
    let dapp = || prop_oneof![(0..=DAPPS).prop_map(address), any::<u64>().prop_map(DappAddress::Account)];
    let amount = || prop_oneof![any::<u128>(), 0u128..3_000, Just(u128::MAX)];
    let perbill = || {
        prop_oneof![Just(Perbill::zero()), Just(Perbill::one()), (0u32..100).prop_map(Perbill::from_percent)]
    };
    use crate::Call;
    let staking = prop_oneof![
        any::<bool>().prop_map(|stopped| Call::set_maintenance { stopped }),
        (0u64..3, 0u32..4, 0u32..4, 0u128..200, 0u32..20, 0u32..10, 0u32..150).prop_map(
            |(era, periods, eras, minimum, stakes, retention, slots)| {
                let mut parameters = parameters();
                // Eras of a block and less, up to some blocks.
                parameters.era_millis = era * 20_000 + era.min(1);
                parameters.shape =
                    pallet_inflation::Shape { periods, voting_eras: eras, earning_eras: periods };
                parameters.minimum_lock = minimum;
                parameters.minimum_stake = minimum;
                parameters.max_stakes = stakes;
                parameters.retention = retention;
                parameters.slots = slots;
                Call::set_parameters { parameters }
            }
        ),
        (dapp(), who()).prop_map(|(dapp, owner)| Call::register { dapp, owner }),
        dapp().prop_map(|dapp| Call::unregister { dapp }),
        (dapp(), who()).prop_map(|(dapp, owner)| Call::set_owner { dapp, owner }),
        (dapp(), prop::option::of(who()))
            .prop_map(|(dapp, beneficiary)| Call::set_beneficiary { dapp, beneficiary }),
        amount().prop_map(|amount| Call::lock { amount }),
        amount().prop_map(|amount| Call::unlock { amount }),
        Just(Call::relock {}),
        Just(Call::claim_unlocked {}),
        (dapp(), amount()).prop_map(|(dapp, amount)| Call::stake { dapp, amount }),
        (dapp(), amount()).prop_map(|(dapp, amount)| Call::unstake { dapp, amount }),
        (dapp(), dapp(), amount()).prop_map(|(from, to, amount)| Call::move_stake { from, to, amount }),
        who().prop_map(|staker| Call::claim { staker }),
        dapp().prop_map(|dapp| Call::claim_dapp { dapp }),
    ];
    let inflation =
        (perbill(), perbill(), perbill(), perbill()).prop_map(|(maximum, base, bonus, ideal_staking)| {
            let mut parameters =
                pallet_inflation::Parameters { maximum, ideal_staking, ..Default::default() };
            parameters.shares.base = base;
            parameters.shares.bonus = bonus;
            pallet_inflation::Call::set_parameters { parameters }
        });
    prop_oneof![20 => staking.prop_map(RuntimeCall::from), 1 => inflation.prop_map(RuntimeCall::from)]
}

fn any_origin() -> impl Strategy<Value = Option<Option<u64>>> {
    // Nobody, root, somebody.
    prop_oneof![1 => Just(None), 6 => Just(Some(None)), 20 => (1..=ACCOUNTS).prop_map(|who| Some(Some(who)))]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, max_shrink_iters: 64, ..Default::default() })]

    #[test]
    fn a_history_brings_the_same_at_either_cadence(steps in prop::collection::vec(step(), 1_500)) {
        prop_assert_eq!(
            wealth_after(cadence::SYNCHRONOUS, &steps),
            wealth_after(cadence::ASYNCHRONOUS, &steps)
        );
    }

    #[test]
    fn absurd_calls_break_nothing(
        calls in prop::collection::vec((any_origin(), absurd_call(), 0u32..4), 1_500),
    ) {
        chain_with(ACCOUNTS, cadence::ASYNCHRONOUS, parameters()).execute_with(|| {
            for (origin, call, blocks) in calls {
                let origin = match origin {
                    None => RuntimeOrigin::none(),
                    Some(None) => RuntimeOrigin::root(),
                    Some(Some(who)) => RuntimeOrigin::signed(who),
                };
                let _ = call.dispatch(origin);
                for _ in 0..blocks {
                    next_block();
                    assert_ok!(DappStaking::check());
                    assert_ok!(Inflation::check());
                }
            }
        });
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..Default::default() })]

    #[test]
    fn nothing_earns_more_than_staying_put(own in prop::collection::vec(own_step(), 1..25)) {
        let mut own = own;
        own.sort_by_key(|(era, _)| *era);
        // The five others' claims may each leave a unit more, or less, for who comes after them.
        prop_assert!(earned_in_a_cycle(&own) <= earned_in_a_cycle(&[]) + 5);
    }
}
