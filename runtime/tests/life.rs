//! What users of the chain do, in whole blocks of the real runtime.

mod common;

use codec::Encode;
use common::{Chain, Inbound, Outcome};
use frame_support::{
    assert_noop,
    traits::{schedule::DispatchTime, Currency, Get, VestingSchedule},
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_dapp_staking::{CurrentLimits, DappAddress, Error as StakingError, ParameterError, Timetable};
use pallet_inflation::Recipient;
use sp_keyring::Sr25519Keyring::{Alice, Bob, Charlie, Dave, Eve};
use sp_runtime::traits::Dispatchable;
use tandem_runtime::*;

/// The tokens that the economy has minted so far.
fn minted(chain: &mut Chain) -> Balance {
    chain.query(|| Recipient::ALL.iter().map(|recipient| Inflation::tally(*recipient).issued).sum())
}

fn free(chain: &mut Chain, who: sp_keyring::Sr25519Keyring) -> Balance {
    chain.query(|| Balances::free_balance(who.to_account_id()))
}

#[test]
fn every_network_starts_from_its_genesis() {
    for network in networks::NETWORKS {
        let mut chain = Chain::new(network.id);
        chain.empty_block();
        chain.query(|| {
            assert_eq!(u32::from(ParachainInfo::parachain_id()), network.para_id);
            // The treasury starts with as much as keeps its account alive at the highest prices.
            let treasury = Balances::total_issuance() - network.issuance / 6 * 6;
            assert!(treasury >= ExistentialDeposit::get(), "{}", network.id);
            assert!(treasury <= UNIT / 10, "{}", network.id);
            assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), network.collators.len());
        });
    }
}

#[test]
fn a_delegation_fits_into_a_block() {
    let mut chain = Chain::new("local");
    chain.call(
        Eve,
        pallet_conviction_voting::Call::delegate {
            class: 0,
            to: Dave.to_account_id().into(),
            conviction: Conviction::Locked1x,
            balance: UNIT,
        },
    );
}

#[test]
fn a_transfer_arrives_and_half_of_its_fee_is_burned() {
    let mut chain = Chain::new("local");
    // From the second block on there is something in the collators' pot. Charlie and Dave are no collators.
    chain.empty_block();
    chain.empty_block();
    let (charlie, dave) = (free(&mut chain, Charlie), free(&mut chain, Dave));
    let (issuance, minted_before) = (chain.query(Balances::total_issuance), minted(&mut chain));
    chain.call(
        Charlie,
        pallet_balances::Call::transfer_keep_alive { dest: Dave.to_account_id().into(), value: 5 * UNIT },
    );
    assert_eq!(free(&mut chain, Dave), dave + 5 * UNIT);
    let fee = charlie - 5 * UNIT - free(&mut chain, Charlie);
    assert!(fee > MILLI, "the base weight alone costs a thousandth");
    let minted = minted(&mut chain) - minted_before;
    let burned = issuance + minted - chain.query(Balances::total_issuance);
    assert!(burned.abs_diff(fee / 2) <= 1, "{burned} of {fee}");
}

#[test]
fn a_proxy_does_what_its_type_allows_and_nothing_else() {
    let mut chain = Chain::new("local");
    let real = Alice.to_account_id();
    chain.call(
        Alice,
        pallet_proxy::Call::add_proxy {
            delegate: Bob.to_account_id().into(),
            proxy_type: ProxyType::Governance,
            delay: 0,
        },
    );
    let by_proxy = |call: RuntimeCall| pallet_proxy::Call::proxy {
        real: real.clone().into(),
        force_proxy_type: None,
        call: Box::new(call),
    };
    let noted = chain.call(Bob, by_proxy(pallet_preimage::Call::note_preimage { bytes: vec![1] }.into()));
    assert!(succeeded(&noted));
    let dest = Charlie.to_account_id().into();
    let before = free(&mut chain, Charlie);
    let stolen =
        chain.call(Bob, by_proxy(pallet_balances::Call::transfer_keep_alive { dest, value: UNIT }.into()));
    assert!(!succeeded(&stolen));
    assert_eq!(free(&mut chain, Charlie), before);
}

fn succeeded(outcome: &Outcome) -> bool {
    let result = outcome.events.iter().find_map(|event| match event {
        RuntimeEvent::Proxy(pallet_proxy::Event::ProxyExecuted { result }) => Some(result.is_ok()),
        _ => None,
    });
    result.expect("a proxy call was executed")
}

#[test]
fn a_vested_transfer_is_released_block_by_block() {
    let mut chain = Chain::new("local");
    let start = chain.number() + 1;
    let schedule = pallet_vesting::VestingInfo::new(10 * UNIT, UNIT, start);
    let before = free(&mut chain, Dave);
    chain
        .call(Alice, pallet_vesting::Call::vested_transfer { target: Dave.to_account_id().into(), schedule });
    assert_eq!(free(&mut chain, Dave), before + 10 * UNIT);
    for _ in 0..5 {
        chain.empty_block();
    }
    chain.query(|| {
        let locked = pallet_vesting::Pallet::<Runtime>::vesting_balance(&Dave.to_account_id());
        assert_eq!(locked, Some(5 * UNIT));
    });
}

/// Submits `call` on the track of `origin`, votes it in, and builds blocks until it is enacted;
/// returns how many.
fn referendum(
    chain: &mut Chain,
    origin: impl Into<OriginCaller>,
    call: impl Into<RuntimeCall>,
) -> BlockNumber {
    let proposal =
        frame_support::traits::Bounded::Inline(call.into().encode().try_into().expect("a small call"));
    chain.call(
        Alice,
        pallet_referenda::Call::submit {
            proposal_origin: Box::new(origin.into()),
            proposal,
            enactment_moment: DispatchTime::After(0),
        },
    );
    let index = chain.query(pallet_referenda::ReferendumCount::<Runtime>::get) - 1;
    let submitted = chain.number();
    chain.call(Alice, pallet_referenda::Call::place_decision_deposit { index });
    // All votes are in one block, because with so much support the referendum takes only a few blocks.
    let vote = |who| {
        let balance = free(chain, who) / 2;
        let vote =
            AccountVote::Standard { vote: Vote { aye: true, conviction: Conviction::Locked1x }, balance };
        (who, pallet_conviction_voting::Call::vote { poll_index: index, vote }.into())
    };
    let votes = [Alice, Bob, Charlie, Eve].map(vote).into();
    assert!(chain.block(votes, Inbound::default()).results.iter().all(Result::is_ok));
    while chain.number() < submitted + blocks(cadence::minutes(5)) {
        let outcome = chain.empty_block();
        let enacted = outcome.events.iter().find_map(|event| match event {
            RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id: Some(_), result, .. }) => {
                Some(*result)
            }
            _ => None,
        });
        if let Some(result) = enacted {
            frame_support::assert_ok!(result);
            return chain.number() - submitted;
        }
    }
    panic!("the referendum was not enacted");
}

#[test]
fn a_referendum_of_root_is_voted_on_and_enacted() {
    let mut chain = Chain::new("local");
    let remark = frame_system::Call::set_storage { items: vec![(b"voted".to_vec(), b"in".to_vec())] };
    let taken = referendum(&mut chain, frame_system::RawOrigin::Root, remark);
    assert!(chain.query(|| frame_support::storage::unhashed::get_raw(b"voted")) == Some(b"in".to_vec()));
    // A day to confirm and a day to enact, and at most the fourteen days of decision, all of it at the local
    // network's speed.
    let shortest = 2 * blocks(cadence::days(1) / SPEEDUP);
    let longest = shortest + blocks(cadence::days(15) / SPEEDUP);
    assert!((shortest..=longest).contains(&taken), "{taken} blocks, not {shortest} to {longest}");
}

/// The factor by which governance's periods are shorter on the local network.
const SPEEDUP: u32 = 10_080;

#[test]
fn the_treasury_spends_what_its_track_may_and_no_more() {
    let mut chain = Chain::new("local");
    chain.query(|| {
        let _ = Balances::deposit_creating(&Treasury::account_id(), 1_000_000 * UNIT);
    });
    let before = free(&mut chain, Dave);
    let spend = |amount| pallet_treasury::Call::<Runtime>::spend {
        asset_kind: Box::new(()),
        amount,
        beneficiary: Box::new(Dave.to_account_id()),
        valid_from: None,
    };
    referendum(&mut chain, GovernanceOrigin::SmallSpender, spend(10_000 * UNIT));
    chain.call(Eve, pallet_treasury::Call::payout { index: 0 });
    assert_eq!(free(&mut chain, Dave), before + 10_000 * UNIT);
    chain.query(|| {
        let too_much: RuntimeCall = spend(10_000 * UNIT + 1).into();
        let origin = OriginCaller::from(GovernanceOrigin::SmallSpender);
        assert_noop!(
            too_much.dispatch(origin.into()).map_err(|error| error.error),
            pallet_treasury::Error::<Runtime>::InsufficientPermission
        );
    });
}

#[test]
fn an_era_takes_its_time_and_pays_the_treasury_and_the_collators_block_by_block() {
    for network in networks::NETWORKS {
        let mut chain = Chain::new(network.id);
        chain.empty_block();
        let before = free_of(&mut chain, &Treasury::account_id());
        for _ in 0..5 {
            chain.empty_block();
        }
        let paid = free_of(&mut chain, &Treasury::account_id()) - before;
        let era = network.dapp_staking.era;
        let eras = (network.dapp_staking.voting_eras + network.dapp_staking.earning_eras)
            * network.dapp_staking.periods_per_cycle;
        chain.query(|| {
            let report = Inflation::report().unwrap();
            assert_eq!(report.era_blocks, blocks(era), "{}", network.id);
            // The maximum is seven percent of all tokens. The treasury gets five percent of it, spread over
            // the eras. `expected` is the part of five blocks.
            let of_era = report.maximum / 20 / Balance::from(eras);
            let expected = of_era * 5 / Balance::from(blocks(era));
            assert!(paid.abs_diff(expected) <= 5, "{}: {paid}, not {expected}", network.id);
            let calendar = DappStaking::calendar_position().unwrap();
            assert_eq!(u128::from(calendar.era_millis), era.as_millis());
            let eras_after_this = calendar.cycle_ends - calendar.era_ends;
            assert_eq!(u128::from(eras_after_this), era.as_millis() * u128::from(eras - 1));
        });
    }
}

fn free_of(chain: &mut Chain, who: &AccountId) -> Balance {
    chain.query(|| Balances::free_balance(who))
}

#[test]
fn who_stakes_may_not_collate_and_who_collates_may_not_stake() {
    let mut chain = Chain::new("local");
    let dapp = DappAddress::Account(Eve.to_account_id());
    let register = pallet_dapp_staking::Call::register { dapp: dapp.clone(), owner: Eve.to_account_id() };
    referendum(&mut chain, GovernanceOrigin::GeneralAdmin, register);
    chain.call(Charlie, pallet_dapp_staking::Call::lock { amount: 100 * UNIT });
    chain.call(Charlie, pallet_dapp_staking::Call::stake { dapp: dapp.clone(), amount: 100 * UNIT });
    let lock: RuntimeCall = pallet_dapp_staking::Call::lock { amount: 100 * UNIT }.into();
    let by_collator = chain.block(vec![(Alice, lock.clone())], Inbound::default());
    assert_eq!(by_collator.results, [Err(StakingError::<Runtime>::MayNotStake.into())]);

    // An account that stakes cannot become a candidate, even if it has keys.
    let stand: RuntimeCall = pallet_collator_selection::Call::register_as_candidate {}.into();
    for (who, expected) in [
        (Charlie, Err(pallet_collator_selection::Error::<Runtime>::ValidatorNotRegistered.into())),
        (Dave, Ok(())),
    ] {
        chain.query(|| {
            let keys = SessionKeys { aura: who.public().into() };
            pallet_session::NextKeys::<Runtime>::insert(who.to_account_id(), keys);
            let stood = stand.clone().dispatch(RuntimeOrigin::signed(who.to_account_id()));
            assert_eq!(stood.map(|_| ()).map_err(|error| error.error), expected);
        });
    }
    let by_candidate = chain.block(vec![(Dave, lock)], Inbound::default());
    assert_eq!(by_candidate.results, [Err(StakingError::<Runtime>::MayNotStake.into())]);
}

#[test]
fn what_an_account_left_unlocking_does_not_come_back_while_it_collates() {
    let mut chain = Chain::new("local");
    chain.call(Charlie, pallet_dapp_staking::Call::lock { amount: 100 * UNIT });
    chain.call(Charlie, pallet_dapp_staking::Call::unlock { amount: 100 * UNIT });
    chain.query(|| {
        let keys = SessionKeys { aura: Charlie.public().into() };
        pallet_session::NextKeys::<Runtime>::insert(Charlie.to_account_id(), keys);
    });
    chain.call(Charlie, pallet_collator_selection::Call::register_as_candidate {});
    let relock: RuntimeCall = pallet_dapp_staking::Call::relock {}.into();
    let by_candidate = chain.block(vec![(Charlie, relock)], Inbound::default());
    assert_eq!(by_candidate.results, [Err(StakingError::<Runtime>::MayNotStake.into())]);
}

#[test]
fn who_leaves_collating_may_not_stake_while_it_still_authors() {
    let mut chain = Chain::new("local");
    chain.empty_block();
    chain.query(|| {
        let (who, other) = (Alice.to_account_id(), Bob.to_account_id());
        let (root, lock) =
            (RuntimeOrigin::root, || DappStaking::lock(RuntimeOrigin::signed(who.clone()), UNIT * 10));
        frame_support::assert_ok!(CollatorSelection::remove_invulnerable(root(), who.clone()));
        let refused = StakingError::<Runtime>::MayNotStake;
        assert_noop!(lock(), refused);
        // Alice no longer authors in this session, but in the next.
        pallet_session::Validators::<Runtime>::put(vec![other]);
        assert_noop!(lock(), StakingError::<Runtime>::MayNotStake);
        pallet_session::QueuedKeys::<Runtime>::kill();
        frame_support::assert_ok!(lock());
    });
}

/// Hooks declare the weight of what they read, also if they do nothing else.
#[test]
fn hooks_pay_for_what_they_read_in_every_block() {
    use frame_support::traits::Hooks;
    Chain::new("shibuya").query(|| {
        let reads = |n| <Runtime as frame_system::Config>::DbWeight::get().reads(n);
        let now = System::block_number();
        assert_eq!(<CollatorSessions as Hooks<BlockNumber>>::on_initialize(now), reads(1));
        assert_eq!(<Consensus as Hooks<BlockNumber>>::on_initialize(now), reads(2));
        // The speedup, the price divisor and the pauses.
        let governance = <Governance as Hooks<BlockNumber>>::on_initialize(now);
        assert!(governance.all_gt(reads(3)), "{governance:?}");
        let cadence = <Cadence as Hooks<BlockNumber>>::on_initialize(now);
        assert!(cadence.all_gte(reads(2)) && cadence.proof_size() > 0, "{cadence:?}");
    });
}

#[test]
fn the_timetable_is_for_root_and_within_what_the_network_can_have() {
    for network in networks::NETWORKS {
        let mut chain = Chain::new(network.id);
        chain.empty_block();
        chain.query(|| {
            let limits = CurrentLimits::<Runtime>::get();
            for cadence in [cadence::SYNCHRONOUS, cadence::ASYNCHRONOUS] {
                frame_support::assert_ok!(limits.check(&cadence));
            }
            let timetable = DappStaking::calendar_position().unwrap();
            let now = pallet_dapp_staking::CurrentCalendar::<Runtime>::get().unwrap().timetable;
            assert_eq!(timetable.era_millis, now.era_millis);
            let set = |origin: RuntimeOrigin, timetable| DappStaking::set_timetable(origin, Some(timetable));
            let admin = || OriginCaller::from(GovernanceOrigin::GeneralAdmin).into();
            assert_noop!(set(admin(), now), sp_runtime::traits::BadOrigin);
            // An era as if its length were in microseconds, and one of a millisecond.
            for era_millis in [now.era_millis * 1_000, 1] {
                let wrong = StakingError::<Runtime>::Parameter(ParameterError::EraOutOfRange);
                assert_noop!(set(RuntimeOrigin::root(), Timetable { era_millis, ..now }), wrong);
            }
            let longer = Timetable { era_millis: now.era_millis * 3 / 2, ..now };
            frame_support::assert_ok!(set(RuntimeOrigin::root(), longer));
            frame_support::assert_ok!(DappStaking::set_timetable(RuntimeOrigin::root(), None));
        });
    }
}
