//! Long random histories. They are compared with the [model](super::model), with the same history at another
//! cadence, and with the fair share of an account.

use super::model::{Model, Outcome};
// Imported by name, because the crate has another `Inflation`.
use crate::mock::Inflation;
use crate::{mock::*, *};
use frame_support::{assert_ok, dispatch::DispatchResultWithPostInfo};
use pallet_inflation::Shape;
use proptest::prelude::*;
use sp_runtime::{traits::Dispatchable, DispatchError, Perbill};
use std::collections::BTreeMap;

const ACCOUNTS: u64 = 12;
/// The accounts from this one on lock seldom, and may collate while they have nothing locked.
const COLLATORS_FROM: u64 = 11;
/// The number of dApps that come and go. They have most of the stakes.
const DAPPS: u64 = 6;
/// The number of all dApps. There are so many that ranking takes several blocks.
const ALL_DAPPS: u64 = 80;
/// The number of accounts that own dApps.
const OWNERS: u64 = 3;

/// A step of a history.
#[derive(Clone, Debug)]
enum Step {
    /// Wait for this number of times twelve seconds.
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
    /// Called by the owner, or by the manager if none.
    SetOwner(Option<u64>, u64, u64),
    SetBeneficiary(u64, u64, Option<u64>),
    /// Maximum, base and ideal rate, in percent. Withdrawn if none.
    SetInflation(Option<(u32, u32, u32)>),
    /// Length of an era in milliseconds, periods, voting and earning eras, retention. Withdrawn if none.
    SetTimetable(Option<(u64, u32, u32, u32, u32)>),
    /// Minimum lock, minimum stake, eras of unlocking, number of stakes.
    SetLocks(u128, u128, u32, u32),
    /// Number of slots, and by how many percent thresholds and shares differ from the default.
    SetTiers(u32, u32, u32),
    Maintenance(bool),
    Collate(u64, bool),
    /// Change to the other cadence.
    ChangeCadence,
}

/// The kinds of step that can fail.
const KINDS: [&str; 20] = [
    "Lock",
    "Unlock",
    "Relock",
    "ClaimUnlocked",
    "Stake",
    "Unstake",
    "Move",
    "Claim",
    "ClaimDapp",
    "Register",
    "Unregister",
    "SetOwner",
    "SetBeneficiary",
    "SetInflation",
    "SetTimetable",
    "SetLocks",
    "SetTiers",
    "Maintenance",
    "Collate",
    "ChangeCadence",
];

/// The number of steps of each kind that must have succeeded at least in a history of some thousand steps.
/// Most kinds succeed dozens of times, a move a few times.
const SUCCESSES: u32 = 1;

fn kind(step: &Step) -> String {
    format!("{step:?}").chars().take_while(|c| c.is_alphabetic()).collect()
}

fn step() -> impl Strategy<Value = Step> {
    use Step::*;
    let who = || prop_oneof![120 => 1..COLLATORS_FROM, 1 => COLLATORS_FROM..=ACCOUNTS];
    let anyone = || prop_oneof![1 => 1..COLLATORS_FROM, 3 => COLLATORS_FROM..=ACCOUNTS];
    let owner = || 1..=OWNERS;
    let dapp = || prop_oneof![9 => 1..=DAPPS, 1 => 1..=ALL_DAPPS];
    let amount =
        || prop_oneof![12 => 1u128..2_000, 8 => 1u128..60_000_000, 1 => Just(0u128), 1 => any::<u128>()];
    let people = prop_oneof![
        10 => (who(), amount()).prop_map(|(who, amount)| Lock(who, amount)),
        5 => (who(), amount()).prop_map(|(who, amount)| Unlock(who, amount)),
        5 => who().prop_map(Relock),
        5 => who().prop_map(ClaimUnlocked),
        40 => (who(), dapp(), amount()).prop_map(|(who, dapp, amount)| Stake(who, dapp, amount)),
        18 => (who(), dapp(), amount()).prop_map(|(who, dapp, amount)| Unstake(who, dapp, amount)),
        28 => (who(), dapp(), dapp(), amount())
            .prop_map(|(who, from, to, amount)| Move(who, from, to, amount)),
        10 => who().prop_map(Claim),
        6 => dapp().prop_map(ClaimDapp),
        6 => (anyone(), any::<bool>()).prop_map(|(who, collate)| Collate(who, collate)),
    ];
    let governance = prop_oneof![
        6 => (dapp(), owner()).prop_map(|(dapp, owner)| Register(dapp, owner)),
        2 => dapp().prop_map(Unregister),
        3 => (prop::option::of(owner()), dapp(), owner())
            .prop_map(|(who, dapp, owner)| SetOwner(who, dapp, owner)),
        5 => (owner(), dapp(), prop::option::of(who()))
            .prop_map(|(who, dapp, to)| SetBeneficiary(who, dapp, to)),
        2 => prop::option::weighted(0.8, (0u32..=100, 0u32..=60, 0u32..=100)).prop_map(SetInflation),
        2 => prop::option::weighted(
                0.8,
                (prop_oneof![ERA..2 * ERA, 0u64..1_000_000], 1u32..4, 1u32..4, 0u32..6, 1u32..4),
            )
            .prop_map(SetTimetable),
        2 => (1u128..200, 0u128..200, 1u32..4, 1u32..17)
            .prop_map(|(lock, stake, eras, stakes)| SetLocks(lock, stake, eras, stakes)),
        2 => (0u32..40, 0u32..100, 0u32..30).prop_map(|(slots, less, more)| SetTiers(slots, less, more)),
        2 => prop::bool::weighted(0.4).prop_map(Maintenance),
        1 => Just(ChangeCadence),
    ];
    prop_oneof![6 => (1u32..4).prop_map(Wait), 5 => Just(WaitForEra), 114 => people, 20 => governance]
}

/// The address of a dApp. The dApps are accounts and contracts in turn.
fn address(dapp: u64) -> DappAddress<u64> {
    if dapp.is_multiple_of(2) {
        DappAddress::Account(10_000 + dapp)
    } else {
        DappAddress::Contract(H160::from_low_u64_be(dapp))
    }
}

/// The call that a step makes on chain, and its origin. None if the step is no call.
fn call(step: &Step) -> Option<(RuntimeOrigin, RuntimeCall)> {
    use Step::*;
    let (root, manager) = (RuntimeOrigin::root, || RuntimeOrigin::signed(MANAGER));
    let staking = |origin, call: crate::Call<Test>| Some((origin, RuntimeCall::from(call)));
    let signed = |who: u64| RuntimeOrigin::signed(who);
    match *step {
        Wait(_) | WaitForEra | Collate(..) | ChangeCadence => None,
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
        // Anyone may claim for anyone.
        Claim(staker) => staking(signed(ACCOUNTS - staker + 1), crate::Call::claim { staker }),
        ClaimDapp(dapp) => staking(signed(dapp), crate::Call::claim_dapp { dapp: address(dapp) }),
        Register(dapp, owner) => staking(manager(), crate::Call::register { dapp: address(dapp), owner }),
        Unregister(dapp) => staking(manager(), crate::Call::unregister { dapp: address(dapp) }),
        SetOwner(who, dapp, owner) => {
            staking(who.map_or_else(manager, signed), crate::Call::set_owner { dapp: address(dapp), owner })
        }
        SetBeneficiary(who, dapp, beneficiary) => {
            staking(signed(who), crate::Call::set_beneficiary { dapp: address(dapp), beneficiary })
        }
        SetInflation(parameters) => {
            let parameters = parameters.map(inflation);
            Some((root(), pallet_inflation::Call::set_parameters { parameters }.into()))
        }
        SetTimetable(timetable) => {
            staking(root(), crate::Call::set_timetable { timetable: timetable.map(timetable_of) })
        }
        SetLocks(..) | SetTiers(..) => {
            let parameters = staking_after(&CurrentParameters::<Test>::get(), step);
            staking(root(), crate::Call::set_parameters { parameters })
        }
        Maintenance(stopped) => staking(signed(GUARD), crate::Call::set_maintenance { stopped }),
    }
}

fn inflation((maximum, base, ideal): (u32, u32, u32)) -> pallet_inflation::Parameters {
    let mut parameters = pallet_inflation::Parameters {
        maximum: Perbill::from_percent(maximum),
        ideal_staking: Perbill::from_percent(ideal),
        ..Default::default()
    };
    parameters.shares.base = Perbill::from_percent(base);
    parameters.shares.adjustable = Perbill::from_percent(60 - base);
    parameters
}

fn timetable_of(
    (era_millis, periods, voting_eras, earning_eras, retention): (u64, u32, u32, u32, u32),
) -> Timetable {
    Timetable { era_millis, shape: Shape { periods, voting_eras, earning_eras }, retention }
}

fn staking_after(parameters: &Parameters, step: &Step) -> Parameters {
    let mut parameters = *parameters;
    match *step {
        Step::SetLocks(minimum_lock, minimum_stake, unlocking_eras, max_stakes) => {
            parameters = Parameters { minimum_lock, minimum_stake, unlocking_eras, max_stakes, ..parameters };
        }
        Step::SetTiers(slots, less, more) => {
            parameters.slots = slots;
            parameters.tiers = Parameters::default().tiers;
            for tier in &mut parameters.tiers {
                tier.threshold = Perbill::from_percent(100 - less) * tier.threshold;
            }
            // Some of the reward goes from the best tier to the last, and some of the slots the other way.
            let more = Perbill::from_percent(more);
            parameters.tiers[0].reward = parameters.tiers[0].reward - more;
            parameters.tiers[3].reward = parameters.tiers[3].reward + more;
            parameters.tiers[3].slots = parameters.tiers[3].slots - more;
            parameters.tiers[0].slots = parameters.tiers[0].slots + more;
        }
        _ => (),
    }
    parameters
}

fn dispatch(step: &Step) -> Option<DispatchResultWithPostInfo> {
    call(step).map(|(origin, call)| call.dispatch(origin))
}

impl Model {
    /// Applies a step before the chain does. Returns whether the step can succeed.
    fn apply(&mut self, step: &Step) -> bool {
        let before = self.clone();
        let outcome = self.try_step(step);
        if outcome.is_err() {
            *self = before;
        }
        outcome.is_ok()
    }

    /// Applies a step. If it fails, the model may be left half changed.
    fn try_step(&mut self, step: &Step) -> Outcome {
        use Step::*;
        let possible = |is: bool| is.then_some(()).ok_or("out of range");
        match *step {
            Wait(_) | WaitForEra => Ok(()),
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
            SetOwner(who, dapp, owner) => self.set_owner(who, dapp, owner),
            SetBeneficiary(who, dapp, beneficiary) => self.set_beneficiary(who, dapp, beneficiary),
            Maintenance(stopped) => self.stop(stopped),
            Collate(who, collate) => self.collate(who, collate),
            ChangeCadence => {
                self.change_cadence(other(CurrentCadence::get()).block_millis());
                Ok(())
            }
            SetInflation(parameters) => {
                possible(parameters.is_none_or(|(.., ideal)| ideal > 0))?;
                self.next_inflation = parameters.map(inflation);
                Ok(())
            }
            SetTimetable(timetable) => {
                possible(timetable.is_none_or(|(millis, .., earning_eras, _)| {
                    (ERA..=4 * ERA).contains(&millis) && earning_eras > 0
                }))?;
                self.next_timetable = timetable.map(timetable_of);
                Ok(())
            }
            SetLocks(_, minimum_stake, ..) => {
                possible(minimum_stake > 0)?;
                self.staking = staking_after(&self.staking, step);
                Ok(())
            }
            SetTiers(slots, ..) => {
                possible(slots > 0)?;
                self.staking = staking_after(&self.staking, step);
                Ok(())
            }
        }
    }

    /// Compares everything that the model and the chain have in common.
    fn assert_same(&self) {
        let calendar = CurrentCalendar::<Test>::get().unwrap();
        assert_eq!((calendar.era, calendar.period), (self.era, self.period));
        assert_eq!(crate::Maintenance::<Test>::get(), self.stopped);
        assert_eq!(Balances::total_issuance(), self.issuance());
        for (who, account) in &self.accounts {
            assert_eq!(Balances::free_balance(who), account.free, "balance of {who}");
            let position = DappStaking::account(who);
            let (locked, frozen) = position.map_or((0, 0), |position| {
                let unlocking = position.unlocking.iter().map(|(amount, ..)| amount).sum::<u128>();
                (position.locked, position.locked + unlocking)
            });
            assert_eq!((locked, frozen), (account.locked, account.frozen()), "locks of {who}");
            assert!(locked == 0 || !self.collating.contains(who), "{who} collates and has a lock");
            self.due(*who);
        }
        for dapp in 1..=ALL_DAPPS {
            let position = DappStaking::dapp(&address(dapp));
            assert_eq!(
                position.map_or(0, |dapp| dapp.rewards),
                self.due_to_dapp(dapp),
                "rewards of dApp {dapp}"
            );
        }
        let [stakers, bonus] = [Recipient::Stakers, Recipient::Bonus].map(Inflation::tally);
        assert_eq!((stakers.outstanding(), bonus.outstanding()), self.unpaid());
        assert_eq!(stakers.expired + bonus.expired, self.expired);
    }

    /// Makes one block on the chain and in the model.
    fn block(&mut self) {
        let is_turning = CurrentTurn::<Test>::exists();
        next_block();
        self.next_block(is_turning);
        if !CurrentTurn::<Test>::exists() {
            self.credit();
        }
    }
}

/// The other one of the two cadences.
fn other(cadence: cadence::Cadence) -> cadence::Cadence {
    if cadence == cadence::SYNCHRONOUS {
        cadence::ASYNCHRONOUS
    } else {
        cadence::SYNCHRONOUS
    }
}

/// Runs the history on the chain and in the model, and compares them after each step. Returns, for each kind
/// of step, how many failed and how many succeeded.
fn compare(steps: &[Step], synchronous: bool) -> BTreeMap<String, [u32; 2]> {
    let cadence = if synchronous { cadence::SYNCHRONOUS } else { cadence::ASYNCHRONOUS };
    chain_with(ACCOUNTS, cadence, timetable(), parameters()).execute_with(|| {
        let mut model = Model::new(ACCOUNTS, timetable(), parameters());
        let mut done = BTreeMap::<String, [u32; 2]>::new();
        let mut blocks_of_turn = 0;
        let all = (1..=ALL_DAPPS).map(|dapp| Step::Register(dapp, dapp % OWNERS + 1));
        for step in all.chain(steps.iter().cloned()) {
            let mut block = |model: &mut Model| {
                let stopped = model.stopped.is_some();
                model.block();
                blocks_of_turn = match CurrentTurn::<Test>::exists() {
                    true => blocks_of_turn + u32::from(!stopped),
                    false => 0,
                };
                assert!(blocks_of_turn <= 3, "a turn takes one block, two that rank and one that credits");
            };
            match step {
                Step::Wait(n) => (0..n).for_each(|_| block(&mut model)),
                Step::WaitForEra => {
                    let era = model.era;
                    while model.era == era {
                        block(&mut model);
                    }
                }
                _ => {
                    let expected = model.apply(&step);
                    match &step {
                        Step::ChangeCadence => change_cadence(other(CurrentCadence::get())),
                        Step::Collate(..) => Collating::set(model.collating.iter().copied().collect()),
                        _ => {
                            let outcome = dispatch(&step).unwrap();
                            assert_eq!(outcome.is_ok(), expected, "{step:?}: {outcome:?}");
                        }
                    }
                    done.entry(kind(&step)).or_default()[usize::from(expected)] += 1;
                }
            }
            model.assert_same();
            assert_ok!(DappStaking::check());
            assert_ok!(Inflation::check());
        }
        done
    })
}

/// Runs `cases` cases, or as many as the environment variable `PROPTEST_CASES` demands. At most as many are
/// replaced.
fn config(cases: u32) -> ProptestConfig {
    let wanted = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = wanted.unwrap_or(cases);
    ProptestConfig { cases, max_shrink_iters: 64, max_global_rejects: cases, ..Default::default() }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn histories_agree_with_the_model(steps in prop::collection::vec(step(), 3_000), synchronous: bool) {
        let done = compare(&steps, synchronous);
        // Steps that never succeed show nothing: another history is tried. A kind that never succeeds in any
        // history fails, because the replacements run out.
        for kind in KINDS {
            let successes = done.get(kind).map_or(0, |[_, successes]| *successes);
            prop_assume!(successes >= SUCCESSES);
        }
        prop_assert_eq!(done.len(), KINDS.len(), "a kind is not listed");
    }
}

/// The time since this era began, in milliseconds. The whole length of an era that is overdue.
fn since_era() -> u64 {
    let calendar = CurrentCalendar::<Test>::get().unwrap();
    let left = calendar.next_era.saturating_sub(System::block_number());
    calendar.timetable.era_millis - CurrentCadence::get().time(left).as_millis() as u64
}

/// What a history has brought.
#[derive(Debug, PartialEq)]
struct Brought {
    /// For each call its moment, in milliseconds since the first block, and its error if it failed.
    calls: Vec<(u64, Option<DispatchError>)>,
    /// For each account its free balance, and the amount of it that is frozen.
    wealth: Vec<(u64, u128, u128)>,
    /// The amounts that were minted for stakers, as bonus, and for dApps.
    minted: [u128; 3],
}

/// Runs the history, each step at its moment whatever the block time. The cadence changes in the history only
/// if `changes`.
fn run(cadence: cadence::Cadence, changes: bool, steps: &[Step]) -> Brought {
    chain_with(ACCOUNTS, cadence, timetable(), parameters()).execute_with(|| {
        let beginning = Timestamp::get();
        let slow = cadence::SYNCHRONOUS.block_millis();
        let slow_block = || {
            for _ in 0..slow / CurrentCadence::get().block_millis() {
                next_block();
            }
        };
        let mut calls = Vec::new();
        let registrations = (1..=DAPPS).map(|dapp| Step::Register(dapp, dapp % OWNERS + 1));
        let claims = (1..=ACCOUNTS).map(Step::Claim).chain((1..=DAPPS).map(Step::ClaimDapp));
        for step in registrations.chain(steps.iter().cloned()).chain([Step::WaitForEra]).chain(claims) {
            match step {
                Step::Wait(n) => {
                    (0..n).for_each(|_| slow_block());
                    continue;
                }
                Step::WaitForEra => {
                    let era = CurrentCalendar::<Test>::get().unwrap().era;
                    while CurrentCalendar::<Test>::get().unwrap().era == era {
                        slow_block();
                    }
                    continue;
                }
                _ => (),
            }
            // The assignment of tiers takes a number of blocks, whatever their time.
            while since_era() < u64::from(3 * slow) {
                slow_block();
            }
            let step = match step {
                Step::ChangeCadence if changes => {
                    change_cadence(other(CurrentCadence::get()));
                    continue;
                }
                // If maintenance ends early, an overdue era ends in the next block. Then its moment depends
                // on the block time.
                Step::Maintenance(false) => continue,
                // An era has to be a whole number of blocks at both cadences.
                Step::SetTimetable(Some(mut figures)) => {
                    figures.0 -= figures.0 % u64::from(slow);
                    Step::SetTimetable(Some(figures))
                }
                step => step,
            };
            if let Some(outcome) = dispatch(&step) {
                calls.push((Timestamp::get() - beginning, outcome.err().map(|error| error.error)));
            }
        }
        assert_ok!(DappStaking::check());
        assert_ok!(Inflation::check());
        let wealth = (1..=ACCOUNTS)
            .chain([TREASURY, COLLATORS])
            .map(|who| (who, Balances::free_balance(who), Ledgers::<Test>::get(who).frozen()))
            .collect();
        let minted = [Recipient::Stakers, Recipient::Bonus, Recipient::Dapps]
            .map(|recipient| Inflation::tally(recipient).issued);
        Brought { calls, wealth, minted }
    })
}

/// The account whose steps are its own in a [`Cycle`].
const OWN: u64 = 1;
/// The amount that each account stakes in a [`Cycle`]. Five of them alone stake more than the ideal rate. So
/// the reward of an era is the same whatever the sixth does, and however much was minted before.
const AMOUNT: u128 = 1_100_000_000;
/// Fair shares are counted in 2^-64 of a unit.
const FRACTION: usize = 64;

/// What an account was paid in a cycle. Each pair is the reward for stakes, and the bonus.
#[derive(Debug)]
struct Cycle {
    /// The number of its own steps that have succeeded.
    successes: u128,
    /// The amounts that it was paid.
    paid: [u128; 2],
    /// The most that it was due, for what it has kept staked.
    most: [u128; 2],
    /// What it would have been due if it had kept all of its stake.
    staying_put: [u128; 2],
}

/// Runs a cycle in which six accounts stake the same, and one of them also takes steps of its own, each at
/// the start of an era. The others claim nothing before it, so rounding gives it nothing of theirs.
fn run_cycle(own: &[(u32, Step)]) -> Cycle {
    chain_with(6, cadence::ASYNCHRONOUS, timetable(), parameters()).execute_with(|| {
        for dapp in 1..=3 {
            assert_ok!(DappStaking::register(RuntimeOrigin::root(), address(dapp), 6));
        }
        for who in 1..=6 {
            assert_ok!(DappStaking::lock(RuntimeOrigin::signed(who), AMOUNT));
        }
        let staked = || Ledgers::<Test>::get(OWN).staked();
        let balance = Balances::free_balance(OWN);
        let (mut paid, mut fair, mut earned) = ([0u128; 2], [U256::zero(); 2], [0u128; 2]);
        // The least that the account has had staked in this era, and in the earning eras of this period. The
        // first earns in this era. No more than the second can have a right to the bonus.
        let (mut in_era, mut in_period) = (0u128, 0u128);
        let mut successes = 0;
        for era in 1..=13 {
            to_era(era);
            let now = [Recipient::Stakers, Recipient::Bonus].map(|of| Inflation::tally(of).earned);
            for (i, kept) in [in_era, in_period].into_iter().enumerate() {
                let all = U256::from(5 * AMOUNT + kept);
                let share = (U256::from(now[i] - earned[i]) * U256::from(kept)) << FRACTION;
                // Rounded up, so that shares which add up to a whole unit do so here.
                fair[i] += (share + all - U256::one()) / all;
            }
            earned = now;
            match era {
                1 | 7 => {
                    for who in 1..=6 {
                        assert_ok!(DappStaking::stake(RuntimeOrigin::signed(who), address(1), AMOUNT));
                    }
                }
                13 => {
                    let _ = dispatch(&Step::Claim(OWN));
                }
                _ => (),
            }
            in_era = staked();
            if era % 6 == 3 {
                in_period = in_era;
            }
            for (_, step) in own.iter().filter(|(at, _)| *at == era) {
                successes += u128::from(dispatch(step).unwrap().is_ok());
                in_era = in_era.min(staked());
                in_period = in_period.min(staked());
            }
            for record in System::events() {
                if let RuntimeEvent::DappStaking(crate::Event::Paid { who: OWN, stakers, bonus, .. }) =
                    record.event
                {
                    paid[0] += stakers;
                    paid[1] += bonus;
                }
            }
        }
        assert_eq!(Balances::free_balance(OWN), balance + paid[0] + paid[1]);
        let most = fair.map(|fair| (fair >> FRACTION).as_u128());
        Cycle { successes, paid, most, staying_put: earned.map(|earned| earned / 6) }
    })
}

/// The account moves its stake there and back, and claims in every era. That costs it nothing but fractions
/// of a unit, and brings nothing.
#[test]
fn what_is_kept_earns_its_whole_share_wherever_it_is() {
    use Step::{Claim, Move};
    let part = AMOUNT / 3;
    let histories = [
        vec![],
        [4, 5, 6, 10, 11, 12].map(|era| (era, Claim(OWN))).to_vec(),
        // A move in a voting era costs no safe move.
        vec![
            (2, Move(OWN, 1, 2, part)),
            (2, Move(OWN, 1, 3, part)),
            (2, Move(OWN, 3, 2, part)),
            (8, Move(OWN, 1, 2, AMOUNT)),
            (8, Move(OWN, 2, 1, part)),
        ],
        vec![
            (3, Move(OWN, 1, 2, AMOUNT)),
            (3, Move(OWN, 2, 1, AMOUNT)),
            (10, Move(OWN, 1, 2, part)),
            (11, Move(OWN, 1, 2, part)),
            (12, Claim(OWN)),
        ],
    ];
    for own in histories {
        let cycle = run_cycle(&own);
        assert_eq!(cycle.successes, own.len() as u128, "{own:?}");
        assert_eq!(cycle.most, cycle.staying_put, "{own:?}");
        assert!(cycle.paid[0] > 0 && cycle.paid[1] > 0);
        for (paid, most) in cycle.paid.into_iter().zip(cycle.most) {
            // Each step and two more calls round a claim down.
            assert!(paid <= most && paid + cycle.successes + 2 >= most, "{own:?}: {cycle:?}");
        }
    }
}

fn own_step() -> impl Strategy<Value = (u32, Step)> {
    let amount = || prop_oneof![4 => 1..AMOUNT * 6 / 5, 1 => 1u128..200, 1 => Just(AMOUNT)];
    let step = prop_oneof![
        2 => (1u64..4, amount()).prop_map(|(dapp, amount)| Step::Stake(OWN, dapp, amount)),
        1 => (1u64..4, amount()).prop_map(|(dapp, amount)| Step::Unstake(OWN, dapp, amount)),
        4 => (1u64..4, 1u64..4, amount()).prop_map(|(from, to, amount)| Step::Move(OWN, from, to, amount)),
        2 => Just(Step::Claim(OWN)),
    ];
    // None are in the eras in which all accounts stake.
    (prop_oneof![2u32..7, 8u32..13], step)
}

/// Calls that make no sense.
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
        (0u32..25, 0u128..2_000, 0u32..20, 0u32..150).prop_map(
            |(unlocking_eras, minimum, max_stakes, slots)| {
                let minimums = Parameters { minimum_lock: minimum, minimum_stake: minimum, ..parameters() };
                let parameters = Parameters { unlocking_eras, max_stakes, slots, ..minimums };
                Call::set_parameters { parameters }
            }
        ),
        prop::option::of((
            prop_oneof![any::<u64>(), 0..5 * ERA],
            prop_oneof![any::<u32>(), 0u32..4],
            prop_oneof![any::<u32>(), 0u32..4],
            prop_oneof![any::<u32>(), 0u32..4],
            0u32..10,
        ))
        .prop_map(|timetable| Call::set_timetable { timetable: timetable.map(timetable_of) }),
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
            pallet_inflation::Call::set_parameters { parameters: Some(parameters) }
        });
    prop_oneof![20 => staking.prop_map(RuntimeCall::from), 1 => inflation.prop_map(RuntimeCall::from)]
}

fn any_origin() -> impl Strategy<Value = Option<Option<u64>>> {
    // No origin, Root, or an account.
    let somebody = prop_oneof![8 => 1..=ACCOUNTS, 1 => Just(MANAGER), 1 => Just(GUARD)];
    prop_oneof![1 => Just(None), 6 => Just(Some(None)), 20 => somebody.prop_map(|who| Some(Some(who)))]
}

proptest! {
    #![proptest_config(config(6))]

    /// Also if the cadence changes in the middle of it.
    #[test]
    fn a_history_brings_the_same_at_either_cadence(steps in prop::collection::vec(step(), 1_500)) {
        let slow = run(cadence::SYNCHRONOUS, false, &steps);
        // A history that mints nothing of one kind shows little: another one is tried.
        prop_assume!(slow.minted.iter().all(|amount| *amount > 0));
        prop_assert_eq!(&slow, &run(cadence::ASYNCHRONOUS, false, &steps));
        prop_assert_eq!(&slow, &run(cadence::SYNCHRONOUS, true, &steps));
    }

    #[test]
    fn absurd_calls_break_nothing(
        calls in prop::collection::vec((any_origin(), absurd_call(), 0u32..4), 1_500),
    ) {
        chain_with(ACCOUNTS, cadence::ASYNCHRONOUS, timetable(), parameters()).execute_with(|| {
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
    #![proptest_config(config(100))]

    /// Whatever the account does, it is paid for what it has kept staked in each era, to the unit.
    #[test]
    fn nothing_earns_more_than_staying_put(own in prop::collection::vec(own_step(), 1..25)) {
        let mut own = own;
        own.sort_by_key(|(era, _)| *era);
        let cycle = run_cycle(&own);
        prop_assume!(cycle.successes > 0);
        for i in 0..2 {
            prop_assert!(cycle.paid[i] <= cycle.most[i], "{cycle:?}");
            prop_assert!(cycle.most[i] <= cycle.staying_put[i], "{cycle:?}");
        }
        // Each step and two more calls round a claim down. A move can cost the bonus, but nothing else.
        prop_assert!(cycle.paid[0] + cycle.successes + 2 >= cycle.most[0], "{cycle:?}");
    }
}
