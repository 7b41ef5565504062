//! The first blocks of a change of cadence on the real runtime, as whole blocks and with many entries: how
//! much they weigh, and that no call is used up meanwhile. This build makes the blocks before and after the
//! change. The state says that the blocks before it had another cadence.

mod common;

use cadence::{Cadence as Pace, ASYNCHRONOUS, SYNCHRONOUS};
use codec::Encode;
use common::{Chain, Inbound};
use frame_support::{
    assert_ok,
    traits::{
        schedule::{v3::Anon, DispatchTime},
        Bounded, Contains, OnRuntimeUpgrade, QueuePausedQuery,
    },
    BoundedVec,
};
use frame_system::limits::BlockWeights;
use pallet_cadence::{Entry, Event, History, Rescaling};
use pallet_vesting::VestingInfo;
use sp_block_builder::runtime_decl_for_block_builder::BlockBuilderV6;
use sp_core::Get;
use sp_keyring::Sr25519Keyring::{Alice, Eve};
use sp_runtime::traits::StaticLookup;
use tandem_runtime::*;

/// A chain of some blocks. Its state says that older code built them, at the cadence `from`.
fn chain(from: Pace) -> Chain {
    let mut chain = Chain::new("shibuya");
    for _ in 0..3 {
        chain.empty_block();
    }
    chain.query(|| {
        let first = Entry { since: 0, moment: 0, cadence: from };
        History::<Runtime>::put(BoundedVec::truncate_from(vec![first]));
        let slot = pallet_timestamp::Now::<Runtime>::get() / u64::from(from.slot_millis);
        pallet_aura::CurrentSlot::<Runtime>::put(sp_consensus_aura::Slot::from(slot));
        frame_system::LastRuntimeUpgrade::<Runtime>::mutate_extant(|last| last.spec_version = 0.into());
    });
    chain
}

/// Adds a vesting schedule for each of so many accounts.
fn add_vesting(chain: &mut Chain, accounts: u32) {
    chain.query(|| {
        for i in 0..accounts {
            let who = AccountId::from(sp_io::hashing::blake2_256(&i.encode()));
            let schedule = VestingInfo::new(1_000 * UNIT, UNIT / 1_000, 5 + i);
            pallet_vesting::Vesting::<Runtime>::insert(&who, BoundedVec::truncate_from(vec![schedule]));
        }
    });
}

/// Builds a block of inherents only. Returns the weight that it declares, and the size of its proof.
fn measured_block(chain: &mut Chain) -> (frame_support::weights::Weight, u64) {
    let (header, inherents) = chain.next(Inbound::default());
    chain.state.commit_all().expect("no transaction is left open");
    let ((header, weight), proof) = chain.state.execute_and_prove(|| {
        Executive::initialize_block(&header);
        for extrinsic in Runtime::inherent_extrinsics(inherents) {
            Executive::apply_extrinsic(extrinsic).expect("inherents are valid").expect("and succeed");
        }
        (Executive::finalize_block(), System::block_weight().total())
    });
    chain.built(header);
    (weight, proof.encoded_size() as u64)
}

/// Every block of a change, also the first, leaves users their share of the weight. It proves no more than it
/// declares.
#[test]
fn no_block_of_a_change_takes_more_than_its_share() {
    let mut idle = Chain::new("shibuya");
    idle.empty_block();
    let (besides, _) = measured_block(&mut idle);
    let mut chain = chain(SYNCHRONOUS);
    add_vesting(&mut chain, 60_000);
    let most = <<Runtime as frame_system::Config>::BlockWeights as Get<BlockWeights>>::get().max_block;
    let share = <Runtime as pallet_cadence::Config>::MaxWeight::get();
    let mut blocks = 0;
    loop {
        let (weight, proof) = measured_block(&mut chain);
        println!("{weight:?} of {most:?}; {proof} B proved");
        // What cannot wait, and what else the upgrade does, is about two dozen entries.
        let rest = if blocks == 0 { most / 20 } else { most / 100 };
        assert!(weight.all_lte(share + besides + rest), "{weight:?} in block {blocks}");
        assert!(proof <= weight.proof_size(), "{proof} B");
        blocks += 1;
        if !chain.query(Rescaling::<Runtime>::exists) {
            break;
        }
        assert!(
            blocks == 1
                || weight.ref_time() > share.ref_time() / 2
                || weight.proof_size() > share.proof_size() / 2
        );
    }
    assert!(blocks > 2, "too few blocks to tell");
}

/// A call that governance has approved is made only when no pallet refuses it.
#[test]
fn what_is_enacted_in_a_change_finds_its_pallet_open() {
    let mut chain = chain(SYNCHRONOUS);
    add_vesting(&mut chain, 60_000);
    chain.query(|| {
        let eve = <Runtime as frame_system::Config>::Lookup::unlookup(Eve.to_account_id());
        let schedule = VestingInfo::new(10 * UNIT, 1, 1_000);
        assert_ok!(Vesting::vested_transfer(RuntimeOrigin::signed(Alice.to_account_id()), eve, schedule));
        let at = DispatchTime::At(System::block_number() + 1);
        let spend = pallet_treasury::Call::spend {
            asset_kind: Box::new(()),
            amount: UNIT,
            beneficiary: Box::new(Eve.to_account_id()),
            valid_from: None,
        };
        let vest = pallet_vesting::Call::vest {};
        for (origin, call) in [
            (GovernanceOrigin::Treasurer.into(), RuntimeCall::from(spend)),
            (frame_system::RawOrigin::Signed(Eve.to_account_id()).into(), RuntimeCall::from(vest)),
        ] {
            let call = Bounded::Inline(call.encode().try_into().expect("it is short"));
            assert_ok!(<Scheduler as Anon<_, RuntimeCall, OriginCaller>>::schedule(
                at, None, 0, origin, call
            ));
        }
    });
    let mut results = Vec::new();
    let mut rested = 0;
    while results.is_empty() {
        rested += u32::from(chain.query(Rescaling::<Runtime>::exists));
        assert!(rested < 100);
        results.extend(chain.empty_block().events.into_iter().filter_map(|event| match event {
            RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { result, .. }) => Some(result),
            _ => None,
        }));
    }
    assert!(rested > 1);
    assert_eq!(results, [Ok(()), Ok(())]);
}

/// A pallet that dispatches the calls of all pallets is closed until all of them are rescaled. Otherwise it
/// would use up calls that are refused.
#[test]
fn what_dispatches_calls_of_others_is_open_last() {
    use pallet_cadence::RescaleAll;
    let names = <Runtime as pallet_cadence::Config>::Stored::names();
    assert_eq!(
        names[names.len() - 5..],
        ["Whitelist", "TechnicalCommittee", "Proxy", "Multisig", "MessageQueue"]
    );
    let mut chain = chain(SYNCHRONOUS);
    add_vesting(&mut chain, 60_000);
    chain.query(|| {
        let remark = frame_system::Call::remark { remark: vec![] };
        let call = pallet_multisig::Call::as_multi_threshold_1 {
            other_signatories: vec![Eve.to_account_id()],
            call: Box::new(remark.into()),
        };
        let open = || <Runtime as frame_system::Config>::BaseCallFilter::contains(&call.clone().into());
        assert!(open());
        Cadence::on_runtime_upgrade();
        assert!(!open());
        let queue = cumulus_primitives_core::AggregateMessageOrigin::Parent;
        let waits = || <Runtime as pallet_message_queue::Config>::QueuePausedQuery::is_paused(&queue);
        assert!(waits());
        Cadence::finish();
        assert!(open() && !waits());
    });
}

/// How long ago a candidate authored decides whether it is kicked, and a session may end in any block.
#[test]
fn collators_authored_as_long_ago_as_they_did() {
    let mut chain = chain(SYNCHRONOUS);
    add_vesting(&mut chain, 60_000);
    let at = chain.number();
    let last = |chain: &mut Chain| {
        chain.query(|| pallet_collator_selection::LastAuthoredBlock::<Runtime>::get(Eve.to_account_id()))
    };
    for (before, after) in [(at - 1, at - 2), (at + 50, at + 100)] {
        chain.query(|| {
            pallet_collator_selection::LastAuthoredBlock::<Runtime>::insert(Eve.to_account_id(), before);
            Cadence::on_runtime_upgrade();
            assert!(Rescaling::<Runtime>::exists());
        });
        assert_eq!(last(&mut chain), after);
        chain.query(|| {
            Rescaling::<Runtime>::kill();
            History::<Runtime>::mutate(|history| history.pop());
        });
    }
}

/// Longer slots have lower numbers, and Aura refuses a slot that is lower than the one before. So Aura's
/// pallet sets its slot anew with each upgrade.
#[test]
fn a_chain_goes_on_at_longer_slots() {
    let faster = Pace { slot_millis: ASYNCHRONOUS.slot_millis / 3, ..ASYNCHRONOUS };
    let mut chain = chain(faster);
    let slot = |chain: &mut Chain| chain.query(|| u64::from(pallet_aura::CurrentSlot::<Runtime>::get()));
    let before = slot(&mut chain);
    let at = chain.number();
    let events = chain.empty_block().events;
    let changed = Event::Changed { from: faster, to: CADENCE, at };
    for event in [changed, Event::Completed { at }] {
        assert!(events.contains(&RuntimeEvent::Cadence(event)), "{events:?}");
    }
    assert!(slot(&mut chain) < before / 2);
    for _ in 0..5 {
        chain.empty_block();
    }
    assert_eq!(chain.number(), at + 6);
}
