//! The brakes: who can pull them, what they stop, and that they end by themselves.

use crate::common::{Chain, Inbound, Outcome};
use codec::Encode;
use cumulus_primitives_core::AggregateMessageOrigin;
use frame_support::{
    dispatch::GetDispatchInfo,
    traits::{
        schedule::{v3::Anon, DispatchTime},
        Bounded, Contains, Get, GetCallMetadata, Hooks, QueuePausedQuery, StorePreimage,
    },
};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_tx_pause::RuntimeCallNameOf;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::{
    traits::{BlakeTwo256, Dispatchable, Hash as _},
    DispatchError, DispatchResult,
};
use tandem_runtime::*;

/// The result of a call that a brake stops.
fn filtered() -> DispatchResult {
    Err(frame_system::Error::<Runtime>::CallFiltered.into())
}

/// The factor by which governance's periods are shorter on the local network.
const SPEEDUP: u32 = 10_080;

fn transfer() -> RuntimeCall {
    pallet_balances::Call::transfer_keep_alive { dest: Eve.to_account_id().into(), value: UNIT }.into()
}

fn remark() -> RuntimeCall {
    frame_system::Call::remark { remark: vec![] }.into()
}

fn name(pallet: &str, call: &str) -> RuntimeCallNameOf<Runtime> {
    let name = |name: &str| name.as_bytes().to_vec().try_into().expect("names are short");
    (name(pallet), name(call))
}

fn transfers() -> RuntimeCallNameOf<Runtime> {
    name("Balances", "transfer_keep_alive")
}

fn pause(calls: &[RuntimeCallNameOf<Runtime>]) -> RuntimeCall {
    GovernanceCall::pause { calls: calls.to_vec().try_into().expect("few") }.into()
}

fn resume(calls: &[RuntimeCallNameOf<Runtime>]) -> RuntimeCall {
    GovernanceCall::resume { calls: calls.to_vec().try_into().expect("few") }.into()
}

/// Makes a motion of `call`, which two of the committee's three members have to support. The members in
/// `ayes` vote for it, and the motion is closed. Returns the result of the call, if it was made.
fn motion(
    chain: &mut Chain,
    ayes: &[Sr25519Keyring],
    call: impl Into<RuntimeCall>,
) -> Option<DispatchResult> {
    let call = call.into();
    let (proposal, index) =
        (BlakeTwo256::hash_of(&call), chain.query(pallet_collective::ProposalCount::<Runtime>::get));
    let weight = call.get_dispatch_info().call_weight;
    let propose =
        pallet_collective::Call::propose { threshold: 2, proposal: Box::new(call), length_bound: 10_000 };
    let mut calls = vec![(Alice, propose.into())];
    for who in ayes {
        let vote = pallet_collective::Call::vote { proposal, index, approve: true };
        calls.push((*who, vote.into()));
    }
    let close = pallet_collective::Call::close {
        proposal_hash: proposal,
        index,
        proposal_weight_bound: weight,
        length_bound: 10_000,
    };
    calls.push((Dave, close.into()));
    let outcome = chain.block(calls, Inbound::default());
    outcome.events.into_iter().find_map(|event| match event {
        RuntimeEvent::TechnicalCommittee(pallet_collective::Event::Executed { result, .. }) => Some(result),
        _ => None,
    })
}

/// The result of `call` by Dave, who is not in the committee.
fn by_dave(chain: &mut Chain, call: RuntimeCall) -> DispatchResult {
    chain.block(vec![(Dave, call)], Inbound::default()).results[0]
}

fn by_root(chain: &mut Chain, call: impl Into<RuntimeCall>) -> DispatchResult {
    let call = call.into();
    chain.query(|| call.dispatch(RuntimeOrigin::root()).map(|_| ()).map_err(|error| error.error))
}

/// Builds blocks until `until`. Returns the time that passed, in milliseconds.
fn time_until(chain: &mut Chain, mut until: impl FnMut(&mut Chain) -> bool) -> u64 {
    let now = |chain: &mut Chain| chain.query(pallet_timestamp::Now::<Runtime>::get);
    let beginning = now(chain);
    while !until(chain) {
        chain.empty_block();
        assert!(now(chain) < beginning + 600_000, "the time does not end");
    }
    now(chain) - beginning
}

/// Whether this much time passed, give or take the two blocks that it takes to see the end and to act on it.
fn is_about(millis: u64, time: cadence::Duration) -> bool {
    let time = (time / SPEEDUP).as_millis() as u64;
    (time..time + 2 * CADENCE.block_millis() as u64 + 1).contains(&millis)
}

#[test]
fn a_pause_stops_its_calls_alone_and_ends_by_itself() {
    let mut chain = Chain::new("local");
    assert_eq!(motion(&mut chain, &[Alice, Bob], pause(&[transfers()])), Some(Ok(())));
    assert_eq!(by_dave(&mut chain, transfer()), filtered());
    let batch = pallet_utility::Call::batch_all { calls: vec![transfer()] };
    assert!(by_dave(&mut chain, batch.into()).is_err(), "nor in a batch");
    assert_eq!(by_dave(&mut chain, remark()), Ok(()));

    let paused = time_until(&mut chain, |chain| chain.query(|| TxPause::contains(&transfer())));
    // The pause began three blocks earlier.
    assert!(is_about(paused + 3 * CADENCE.block_millis() as u64, cadence::days(3)), "{paused} ms");
    assert_eq!(by_dave(&mut chain, transfer()), Ok(()));
}

#[test]
fn the_committee_cannot_pause_again_until_the_calls_have_rested_and_root_can() {
    let mut chain = Chain::new("local");
    let again = || pause(&[transfers()]);
    assert_eq!(motion(&mut chain, &[Alice, Bob], again()), Some(Ok(())));
    let resting: Option<DispatchResult> = Some(Err(GovernanceError::<Runtime>::Resting.into()));
    assert_eq!(motion(&mut chain, &[Alice, Bob], again()), resting, "nor prolong it");
    assert_eq!(motion(&mut chain, &[Alice, Bob], resume(&[transfers()])), Some(Ok(())));
    assert_eq!(by_dave(&mut chain, transfer()), Ok(()));
    assert_eq!(motion(&mut chain, &[Alice, Bob], again()), resting, "it rests, however short it was");
    assert_eq!(by_root(&mut chain, again()), Ok(()));
    assert_eq!(by_root(&mut chain, again()), Ok(()), "and prolongs it");
    assert_eq!(by_dave(&mut chain, transfer()), filtered());
    time_until(&mut chain, |chain| chain.query(|| TxPause::contains(&transfer())));
    let rested = time_until(&mut chain, |chain| chain.query(|| Pauses::<Runtime>::get().is_empty()));
    assert!(is_about(rested, cadence::days(7)), "{rested} ms");
    assert_eq!(motion(&mut chain, &[Bob, Charlie], again()), Some(Ok(())));
}

#[test]
fn root_does_not_wait_for_pauses_of_others_to_rest() {
    let mut chain = Chain::new("local");
    let names = |pallet: &str| -> Vec<_> {
        let calls = RuntimeCall::get_call_names(pallet).iter().filter(|call| !is_never_stopped(pallet, call));
        calls.map(|call| name(pallet, call)).collect()
    };
    let harmless: Vec<_> = [names("Identity"), names("Vesting"), names("ForeignAssets")].concat();
    let harmless = &harmless[..MAX_PAUSES as usize];
    assert_eq!(motion(&mut chain, &[Alice, Bob], pause(harmless)), Some(Ok(())));
    assert_eq!(
        by_root(&mut chain, pause(&[transfers()])),
        Err(GovernanceError::<Runtime>::TooManyPauses.into())
    );
    assert_eq!(motion(&mut chain, &[Alice, Bob], resume(harmless)), Some(Ok(())));
    let too_many: Option<DispatchResult> = Some(Err(GovernanceError::<Runtime>::TooManyPauses.into()));
    assert_eq!(motion(&mut chain, &[Alice, Bob], pause(&[transfers()])), too_many);
    assert_eq!(by_root(&mut chain, pause(&[transfers()])), Ok(()));
    assert_eq!(by_dave(&mut chain, transfer()), filtered());
}

#[test]
fn one_of_the_committee_pulls_no_brake_and_neither_does_anybody_else() {
    let mut chain = Chain::new("local");
    let brakes: [RuntimeCall; 5] = [
        pause(&[transfers()]),
        pallet_safe_mode::Call::force_enter {}.into(),
        pallet_safe_mode::Call::enter {}.into(),
        pallet_tx_pause::Call::pause { full_name: transfers() }.into(),
        pallet_whitelist::Call::whitelist_call { call_hash: Default::default() }.into(),
    ];
    for brake in brakes {
        let alone = pallet_collective::Call::propose {
            threshold: 1,
            proposal: Box::new(brake.clone()),
            length_bound: 10_000,
        };
        let outcome = chain.call(Bob, alone);
        assert!(executed(&outcome).expect("it was tried").is_err(), "{brake:?}");
        assert_eq!(motion(&mut chain, &[Alice], brake.clone()), None);
        assert!(by_dave(&mut chain, brake).is_err());
    }
    assert_eq!(by_dave(&mut chain, transfer()), Ok(()));
    // Nobody can pause a call without an end, because such a pause has no record and no rest.
    let endless = || -> RuntimeCall {
        pallet_tx_pause::Call::pause { full_name: name("Balances", "transfer_all") }.into()
    };
    assert_eq!(motion(&mut chain, &[Alice, Bob], endless()), Some(Err(DispatchError::BadOrigin)));
    assert_eq!(by_root(&mut chain, endless()), Err(DispatchError::BadOrigin));
}

/// The result of the call that the committee made in a block, if it made one.
fn executed(outcome: &Outcome) -> Option<DispatchResult> {
    outcome.events.iter().find_map(|event| match event {
        RuntimeEvent::TechnicalCommittee(pallet_collective::Event::Executed { result, .. }) => Some(*result),
        _ => None,
    })
}

#[test]
fn what_is_essential_is_never_paused_and_what_there_is_not_is_not_either() {
    let mut chain = Chain::new("local");
    let names = |pallet: &str| RuntimeCall::get_call_names(pallet).to_vec();
    for pallet in RuntimeCall::get_module_names() {
        for call in names(pallet) {
            let paused = motion(&mut chain, &[Alice, Bob], pause(&[name(pallet, call)]));
            let never = is_never_stopped(pallet, call);
            let expected: DispatchResult =
                if never { Err(GovernanceError::<Runtime>::NeverPaused.into()) } else { Ok(()) };
            assert_eq!(paused, Some(expected), "{pallet}.{call}");
            chain.query(|| {
                Pauses::<Runtime>::kill();
                let _ = pallet_tx_pause::PausedCalls::<Runtime>::clear(10, None);
            });
        }
    }
    let unknown = motion(&mut chain, &[Alice, Bob], pause(&[name("Balances", "transfers")]));
    assert_eq!(unknown, Some(Err(GovernanceError::<Runtime>::NoSuchCall.into())));
}

#[test]
fn safe_mode_stops_money_and_not_governance_and_ends_by_itself() {
    let mut chain = Chain::new("local");
    let enter = || -> RuntimeCall { pallet_safe_mode::Call::force_enter {}.into() };
    assert_eq!(motion(&mut chain, &[Alice, Bob], enter()), Some(Ok(())));
    let sibling = AggregateMessageOrigin::Sibling(1_000.into());
    let waits = |chain: &mut Chain| {
        chain.query(|| <Runtime as pallet_message_queue::Config>::QueuePausedQuery::is_paused(&sibling))
    };
    assert!(waits(&mut chain));
    let submit = pallet_referenda::Call::submit {
        proposal_origin: Box::new(frame_system::RawOrigin::Root.into()),
        proposal: Bounded::Inline(remark().encode().try_into().expect("small")),
        enactment_moment: DispatchTime::After(0),
    };
    let batch = pallet_utility::Call::batch_all { calls: vec![transfer()] };
    let calls: Vec<RuntimeCall> = vec![transfer(), batch.into(), submit.into(), remark()];
    let outcome = chain.block(calls.into_iter().map(|call| (Dave, call)).collect(), Inbound::default());
    let stopped: Vec<_> = outcome.results.iter().map(Result::is_err).collect();
    assert_eq!(stopped, [true, true, false, false], "{:?}", outcome.results);

    // On the local network twelve hours are less than a block, and count as one block.
    chain.empty_block();
    assert_eq!(by_dave(&mut chain, transfer()), Ok(()));
    assert!(!waits(&mut chain));

    // The committee has to wait; Root does not.
    assert_eq!(motion(&mut chain, &[Alice, Bob], enter()), Some(Err(DispatchError::BadOrigin)));
    assert_eq!(by_root(&mut chain, enter()), Ok(()));
    let exit = pallet_safe_mode::Call::force_exit {};
    assert_eq!(motion(&mut chain, &[Alice, Bob], exit), Some(Ok(())));
    let rested =
        time_until(&mut chain, |chain| motion(chain, &[Alice, Bob], enter()).expect("it is tried").is_ok());
    assert!(is_about(rested, cadence::days(3)), "{rested} ms");
    let extend = pallet_safe_mode::Call::force_extend {};
    assert_eq!(motion(&mut chain, &[Alice, Bob], extend), Some(Err(DispatchError::BadOrigin)));
}

/// What a referendum has decided is made while safe mode holds, because a refused call would be used up. The
/// committee can use its other brake meanwhile, too.
#[test]
fn safe_mode_undoes_no_referendum() {
    let mut chain = Chain::new("local");
    by_root(&mut chain, pallet_safe_mode::Call::force_enter {}).expect("Root may");
    chain.query(|| {
        pallet_safe_mode::EnteredUntil::<Runtime>::put(100);
        let spend = pallet_treasury::Call::spend {
            asset_kind: Box::new(()),
            amount: UNIT,
            beneficiary: Box::new(Eve.to_account_id()),
            valid_from: None,
        };
        let dapp = pallet_dapp_staking::DappAddress::Account(Eve.to_account_id());
        let register = pallet_dapp_staking::Call::register { dapp, owner: Eve.to_account_id() };
        let registrar = pallet_identity::Call::add_registrar { account: Eve.to_account_id().into() };
        let decided: [(GovernanceOrigin, RuntimeCall); 3] = [
            (GovernanceOrigin::Treasurer, spend.into()),
            (GovernanceOrigin::GeneralAdmin, register.into()),
            (GovernanceOrigin::GeneralAdmin, registrar.into()),
        ];
        let at = DispatchTime::At(System::block_number() + 1);
        for (origin, call) in decided {
            let call = Bounded::Inline(call.encode().try_into().expect("it is short"));
            frame_support::assert_ok!(<Scheduler as Anon<_, RuntimeCall, OriginCaller>>::schedule(
                at,
                None,
                0,
                origin.into(),
                call
            ));
        }
    });
    let mut results = Vec::new();
    for _ in 0..2 {
        results.extend(chain.empty_block().events.into_iter().filter_map(|event| match event {
            RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { result, .. }) => Some(result),
            _ => None,
        }));
    }
    assert_eq!(results, [Ok(()); 3]);
    let maintenance = pallet_dapp_staking::Call::set_maintenance { stopped: true };
    assert_eq!(motion(&mut chain, &[Alice, Bob], maintenance), Some(Ok(())));
    assert_eq!(by_dave(&mut chain, transfer()), filtered());
}

/// Approvals and announcements are gone once their call has been tried.
#[test]
fn a_brake_uses_up_no_multisig_and_no_announcement() {
    let mut chain = Chain::new("local");
    let (alice, bob) = (Alice.to_account_id(), Bob.to_account_id());
    let multisig = Multisig::multi_account_id(
        &{
            let mut both = [alice, bob];
            both.sort();
            both
        },
        2,
    );
    let fund = pallet_balances::Call::transfer_keep_alive { dest: multisig.clone().into(), value: 10 * UNIT };
    chain.call(Dave, fund);
    let approve = |other: Sr25519Keyring, maybe_timepoint| -> RuntimeCall {
        pallet_multisig::Call::as_multi {
            threshold: 2,
            other_signatories: vec![other.to_account_id()],
            maybe_timepoint,
            call: Box::new(transfer()),
            max_weight: transfer().get_dispatch_info().call_weight,
        }
        .into()
    };
    chain.call(Alice, approve(Bob, None));
    let hash = transfer().using_encoded(sp_io::hashing::blake2_256);
    let waits =
        |chain: &mut Chain| chain.query(|| pallet_multisig::Multisigs::<Runtime>::get(&multisig, hash));
    let when = waits(&mut chain).expect("it waits for Bob").when;

    let announce = pallet_proxy::Call::announce {
        real: Dave.to_account_id().into(),
        call_hash: BlakeTwo256::hash_of(&transfer()),
    };
    let add = pallet_proxy::Call::add_proxy {
        delegate: Ferdie.to_account_id().into(),
        proxy_type: ProxyType::Any,
        delay: 1,
    };
    chain.call(Dave, add);
    chain.call(Ferdie, announce);
    let proxied = || -> RuntimeCall {
        pallet_proxy::Call::proxy_announced {
            delegate: Ferdie.to_account_id().into(),
            real: Dave.to_account_id().into(),
            force_proxy_type: None,
            call: Box::new(transfer()),
        }
        .into()
    };

    by_root(&mut chain, pause(&[transfers()])).expect("Root may");
    let calls = vec![(Bob, approve(Alice, Some(when))), (Ferdie, proxied())];
    assert_eq!(chain.block(calls.clone(), Inbound::default()).results, [filtered(), filtered()]);
    assert!(waits(&mut chain).is_some(), "the approval is gone");

    by_root(&mut chain, resume(&[transfers()])).expect("Root may");
    let before = chain.query(|| Balances::free_balance(Eve.to_account_id()));
    assert_eq!(chain.block(calls, Inbound::default()).results, [Ok(()), Ok(())]);
    assert_eq!(chain.query(|| Balances::free_balance(Eve.to_account_id())), before + 2 * UNIT);
}

/// `docs/powers.md` says how long maintenance holds and then rests: fourteen days and twenty-one.
#[test]
fn maintenance_is_the_committees_for_so_long_and_not_again_for_longer() {
    let mut chain = Chain::new("astar");
    chain.empty_block();
    let maintenance =
        |stopped| -> RuntimeCall { pallet_dapp_staking::Call::set_maintenance { stopped }.into() };
    assert!(by_dave(&mut chain, maintenance(true)).is_err());
    assert_eq!(motion(&mut chain, &[Alice, Bob], maintenance(true)), Some(Ok(())));
    let now = chain.number();
    let until = chain.query(pallet_dapp_staking::Maintenance::<Runtime>::get).expect("it is stopped");
    let days = |days| CADENCE.blocks(cadence::days(days));
    assert!((now + days(14) - 1..=now + days(14)).contains(&until), "{until} in block {now}");
    assert_eq!(motion(&mut chain, &[Alice, Bob], maintenance(false)), Some(Ok(())));
    let again = motion(&mut chain, &[Alice, Bob], maintenance(true));
    assert!(matches!(again, Some(Err(_))), "{again:?}");
    let from = chain.query(pallet_dapp_staking::NextMaintenance::<Runtime>::get).expect("it rests");
    let now = chain.number();
    assert!((now + days(21) - 1..=now + days(21)).contains(&from), "{from} in block {now}");
    assert_eq!(by_root(&mut chain, maintenance(true)), Ok(()));
}

#[test]
fn a_whitelisted_call_is_made_as_root_within_the_hour_and_another_is_not() {
    let mut chain = Chain::new("local");
    let set = |value: &[u8]| -> RuntimeCall {
        frame_system::Call::set_storage { items: vec![(b"set".to_vec(), value.to_vec())] }.into()
    };
    let (good, bad) = (set(b"good"), set(b"bad"));
    let hash = |call: &RuntimeCall| BlakeTwo256::hash_of(call);
    let whitelist = pallet_whitelist::Call::whitelist_call { call_hash: hash(&good) };
    assert_eq!(motion(&mut chain, &[Alice, Bob], whitelist), Some(Ok(())));

    let mut taken = Vec::new();
    for call in [&bad, &good] {
        let dispatch: RuntimeCall =
            pallet_whitelist::Call::dispatch_whitelisted_call_with_preimage { call: Box::new(call.clone()) }
                .into();
        let proposal = chain.query(|| <Preimage as StorePreimage>::bound(dispatch).expect("it is stored"));
        let index = chain.query(pallet_referenda::ReferendumCount::<Runtime>::get);
        let submit = pallet_referenda::Call::submit {
            proposal_origin: Box::new(GovernanceOrigin::WhitelistedCaller.into()),
            proposal,
            enactment_moment: DispatchTime::After(0),
        };
        chain.call(Ferdie, submit);
        let submitted = chain.number();
        chain.call(Ferdie, pallet_referenda::Call::place_decision_deposit { index });
        let vote = |who: Sr25519Keyring| {
            let vote = AccountVote::Standard {
                vote: Vote { aye: true, conviction: Conviction::Locked1x },
                balance: 900_000_000 * UNIT,
            };
            (who, pallet_conviction_voting::Call::vote { poll_index: index, vote }.into())
        };
        let votes = [Alice, Bob, Charlie, Dave, Eve].map(vote).into();
        assert!(chain.block(votes, Inbound::default()).results.iter().all(Result::is_ok));
        while !chain.empty_block().events.iter().any(|event| {
            matches!(event, RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id: Some(_), .. }))
        }) {
            assert!(chain.number() < submitted + 50, "it was not enacted");
        }
        taken.push(chain.number() - submitted);
    }
    assert_eq!(chain.query(|| frame_support::storage::unhashed::get_raw(b"set")), Some(b"good".to_vec()));
    // Each step takes a block, because on the local network it is shorter than one.
    assert!(taken.iter().all(|blocks| *blocks <= 8), "{taken:?}");
}

/// After the change they end at the same times as without it.
#[test]
fn brakes_and_motions_keep_their_moments_when_the_cadence_changes() {
    const AT: BlockNumber = 1_000;
    let mut chain = Chain::new("astar");
    chain.query(|| {
        System::set_block_number(AT);
        pallet_timestamp::Now::<Runtime>::put(1_749_254_400_000);
        let other =
            if CADENCE == cadence::SYNCHRONOUS { cadence::ASYNCHRONOUS } else { cadence::SYNCHRONOUS };
        let first = pallet_cadence::Entry { since: 0, moment: 0, cadence: other };
        pallet_cadence::History::<Runtime>::put(frame_support::BoundedVec::truncate_from(vec![first]));
        let proposal = Box::new(remark());
        let by = |who: Sr25519Keyring| RuntimeOrigin::signed(who.to_account_id());
        frame_support::assert_ok!(TechnicalCommittee::propose(by(Alice), 2, proposal, 100));
        let hash = BlakeTwo256::hash_of(&remark());
        frame_support::assert_ok!(TechnicalCommittee::vote(by(Bob), hash, 0, true));
        frame_support::assert_ok!(TechnicalCommittee::vote(by(Charlie), hash, 0, false));
        pallet_safe_mode::EnteredUntil::<Runtime>::put(AT + 100);
        pallet_whitelist::DeferredDispatch::<Runtime>::insert(hash, AT + 50);

        let record = Cadence::record();
        type Record = Option<(cadence::Change, Vec<pallet_cadence::Stored>)>;
        let entries: Record = codec::Decode::decode(&mut &record[..]).expect("a record");
        let entries = entries.expect("the cadence changes").1;
        for what in ["end of safe mode", "end of the vote on motion", "expiry of the deferred call"] {
            assert!(entries.iter().any(|entry| entry.what.contains(what)), "{what}");
        }
        <Cadence as Hooks<BlockNumber>>::on_runtime_upgrade();
        Cadence::finish();
        assert_eq!(Cadence::check(&record), Ok(()));
        let to = |blocks: BlockNumber| {
            blocks * other.block_millis() as BlockNumber / CADENCE.block_millis() as BlockNumber
        };
        assert_eq!(pallet_safe_mode::EnteredUntil::<Runtime>::get(), Some(AT + to(100)));
        assert_eq!(pallet_whitelist::DeferredDispatch::<Runtime>::get(hash), Some(AT + to(50)));
        let votes = pallet_collective::Voting::<Runtime>::get(hash).expect("the motion stands");
        type Fields = (u32, u32, Vec<AccountId>, Vec<AccountId>, BlockNumber);
        let (index, threshold, ayes, nays, end): Fields =
            codec::Decode::decode(&mut &votes.encode()[..]).expect("the votes have these fields");
        assert_eq!((index, threshold), (0, 2));
        assert_eq!((ayes, nays), (vec![Bob.to_account_id()], vec![Charlie.to_account_id()]));
        assert_eq!(end, AT + to(blocks(cadence::days(3))));
    });
}

#[test]
fn what_is_called_essential_is_in_the_runtime() {
    let modules: Vec<_> = RuntimeCall::get_module_names().iter().filter(|name| is_essential(name)).collect();
    // `Cadence` and some others have no calls, so their names are not here.
    assert!(modules.len() >= 12, "{modules:?}");
    let longest = <<Runtime as pallet_tx_pause::Config>::MaxNameLen as Get<u32>>::get() as usize;
    for pallet in RuntimeCall::get_module_names() {
        assert!(pallet.len() <= longest);
        assert!(RuntimeCall::get_call_names(pallet).iter().all(|call| call.len() <= longest), "{pallet}");
    }
}
