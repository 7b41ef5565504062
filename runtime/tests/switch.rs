//! The switch on the real runtime. Both blobs are executed as a node executes them, one after the other, on a
//! state that has entries of every kind.

mod common;

use codec::{Decode, Encode};
use common::{genesis, Chain, Inbound};
use frame_support::{assert_noop, assert_ok, traits::schedule::DispatchTime, traits::Bounded};
use frame_system::RawOrigin;
use pallet_cadence::{Entry, Stored};
use pallet_conviction_voting::{AccountVote, Conviction, Vote};
use pallet_vesting::VestingInfo;
use sc_executor::WasmExecutor;
use sp_core::{
    traits::{CallContext, CodeExecutor, ReadRuntimeVersionExt, RuntimeCode, WrappedRuntimeCode},
    Hasher,
};
use sp_io::TestExternalities;
use sp_keyring::Sr25519Keyring::{self, Alice, Bob, Charlie, Dave, Eve, Ferdie};
use sp_runtime::traits::{BlakeTwo256, StaticLookup};
use std::sync::LazyLock;
use tandem_runtime::*;

type Executor = WasmExecutor<cumulus_client_service::ParachainHostFunctions>;

/// One executor for all calls, because it keeps what it has compiled.
static EXECUTOR: LazyLock<Executor> =
    LazyLock::new(|| Executor::builder().with_allow_missing_host_functions(true).build());

/// The runtime code in the state.
fn code(state: &mut TestExternalities) -> Vec<u8> {
    state.execute_with(|| sp_io::storage::get(b":code")).expect("the state has code").into()
}

/// Calls the runtime `code`, as a node does.
fn call(state: &mut TestExternalities, code: &[u8], method: &str, data: &[u8]) -> Vec<u8> {
    let runtime = RuntimeCode {
        code_fetcher: &WrappedRuntimeCode(code.into()),
        heap_pages: None,
        hash: BlakeTwo256::hash(code).encode(),
    };
    let (output, _) =
        EXECUTOR.call(&mut state.ext(), &runtime, method, data, CallContext::Onchain { import: false });
    output.unwrap_or_else(|error| panic!("{method}: {error}"))
}

/// The network `name` at the synchronous cadence, at its genesis.
fn synchronous_chain(name: &str) -> Chain {
    sp_tracing::try_init_simple();
    let mut state = TestExternalities::default();
    // The old code uses this to read the version of the new code.
    state.register_extension(ReadRuntimeVersionExt::new(EXECUTOR.clone()));
    let code = synchronous::WASM_BINARY.expect("the blobs are built");
    state.execute_with(|| sp_io::storage::set(b":code", code));
    let built = call(&mut state, code, "GenesisBuilder_build_state", &genesis(name).encode());
    assert_eq!(built, Ok::<(), String>(()).encode());
    state.commit_all().expect("no transaction is left open");
    Chain::from_genesis(state, cadence::SYNCHRONOUS, &[])
}

/// Builds a block of inherents only, and returns its events.
fn block(chain: &mut Chain) -> Vec<RuntimeEvent> {
    let (header, inherents) = chain.next(Inbound::default());
    let state = &mut chain.state;
    // The parent's code executes the block, even if the block changes the code.
    let code = code(state);
    call(state, &code, "Core_initialize_block", &header.encode());
    let extrinsics = call(state, &code, "BlockBuilder_inherent_extrinsics", &inherents.encode());
    for extrinsic in Vec::<UncheckedExtrinsic>::decode(&mut &extrinsics[..]).expect("the inherents decode") {
        let applied = call(state, &code, "BlockBuilder_apply_extrinsic", &extrinsic.encode());
        assert_eq!(applied[..2], [0, 0], "an inherent failed");
    }
    let header = call(state, &code, "BlockBuilder_finalize_block", &[]);
    let events = state.execute_with(|| System::events().into_iter().map(|record| record.event).collect());
    state.commit_all().expect("no transaction is left open");
    chain.built(Header::decode(&mut &header[..]).expect("the header decodes"));
    events
}

fn remark(text: &str) -> RuntimeCall {
    frame_system::Call::remark_with_event { remark: text.as_bytes().to_vec() }.into()
}

fn by(who: Sr25519Keyring) -> RuntimeOrigin {
    RuntimeOrigin::signed(who.to_account_id())
}

/// Stores entries of every kind that has a number of blocks.
fn fill_state() {
    let now = System::block_number();
    let lookup =
        |who: Sr25519Keyring| <Runtime as frame_system::Config>::Lookup::unlookup(who.to_account_id());
    for (per_block, start) in [(7, now + 20), (MILLI, now.saturating_sub(3)), (UNIT / 3, now)] {
        let schedule = VestingInfo::new(10 * UNIT, per_block, start);
        assert_ok!(Vesting::vested_transfer(by(Alice), lookup(Eve), schedule));
    }
    assert_ok!(Proxy::add_proxy(by(Alice), lookup(Bob), ProxyType::Any, 30));
    assert_ok!(Proxy::announce(by(Bob), lookup(Alice), BlakeTwo256::hash(b"call")));
    for i in 1..60u8 {
        let periodic = (i % 7 == 0).then_some((10, 5));
        let when = now + 2 + u32::from(i) * u32::from(i) / 4;
        assert_ok!(Scheduler::schedule_named(
            RawOrigin::Root.into(),
            [i; 32],
            when,
            periodic,
            0,
            Box::new(remark("task"))
        ));
    }
    assert_ok!(Treasury::spend(
        RawOrigin::Root.into(),
        Box::new(()),
        UNIT,
        Box::new(Eve.to_account_id()),
        Some(now + 9)
    ));
    assert_ok!(Identity::add_username_authority(RawOrigin::Root.into(), lookup(Charlie), b"dot".to_vec(), 5));
    assert_ok!(Identity::set_username_for(by(Charlie), lookup(Dave), b"dave.dot".to_vec(), None, true));
    for enactment in [DispatchTime::At(now + 1_000), DispatchTime::After(100)] {
        let proposal = Bounded::Inline(remark("approved").encode().try_into().unwrap());
        assert_ok!(Referenda::submit(by(Alice), Box::new(RawOrigin::Root.into()), proposal, enactment));
    }
    assert_ok!(Referenda::place_decision_deposit(by(Alice), 0));
    let vote =
        AccountVote::Standard { vote: Vote { aye: true, conviction: Conviction::Locked2x }, balance: UNIT };
    assert_ok!(ConvictionVoting::vote(by(Ferdie), 0, vote));
    let mut voting = pallet_conviction_voting::VotingOf::<Runtime>::default();
    voting.as_mut().accumulate(now + 77, UNIT);
    pallet_conviction_voting::VotingFor::<Runtime>::insert(Eve.to_account_id(), 0, voting);
    let lock = 10_000 * UNIT;
    assert_ok!(DappStaking::lock(by(Dave), lock));
    assert_ok!(DappStaking::unlock(by(Dave), lock / 2));
}

/// Gives the chain the asynchronous code, as governance does, and builds the old code's last block. This
/// build makes the calls, and its version is that of the new code, so the versions are not compared.
fn upgrade(chain: &mut Chain) {
    let code = asynchronous::WASM_BINARY.expect("the blobs are built").to_vec();
    chain.query(|| {
        assert_ok!(System::authorize_upgrade_without_checks(
            RawOrigin::Root.into(),
            BlakeTwo256::hash(&code)
        ));
        let other = [&code[..], &[0]].concat();
        assert_noop!(
            System::apply_authorized_upgrade(RawOrigin::None.into(), other),
            frame_system::Error::<Runtime>::Unauthorized
        );
        assert_ok!(System::apply_authorized_upgrade(RawOrigin::None.into(), code));
    });
    block(chain);
    chain.go_ahead = true;
    block(chain);
    chain.go_ahead = false;
}

#[test]
fn every_network_takes_the_same_blob_and_nothing_moves() {
    // The order of a careful rollout: the same blob, on one network after the other.
    for name in ["shibuya", "shiden", "astar", "local"] {
        let mut chain = synchronous_chain(name);
        for _ in 0..20 {
            block(&mut chain);
        }
        chain.query(fill_state);
        block(&mut chain);
        upgrade(&mut chain);

        let at = chain.number();
        let issuance = chain.query(Balances::total_issuance);
        let record = chain.query(Cadence::record);
        assert!(
            Option::<(cadence::Change, Vec<Stored>)>::decode(&mut &record[..]).unwrap().unwrap().1.len() > 70
        );
        chain.cadence = cadence::ASYNCHRONOUS;
        let events = block(&mut chain);
        let completed = RuntimeEvent::Cadence(pallet_cadence::Event::Completed { at });
        assert!(events.contains(&completed), "{name}: {events:?}");
        chain.query(|| {
            assert_eq!(Cadence::check(&record), Ok(()), "{name}");
            let history = pallet_cadence::History::<Runtime>::get();
            let cadences: Vec<_> =
                history.iter().map(|Entry { since, cadence, .. }| (*since, *cadence)).collect();
            assert_eq!(cadences, [(0, cadence::SYNCHRONOUS), (at, cadence::ASYNCHRONOUS)]);
        });
        // The chain goes on, and its blocks mint.
        let paid = |chain: &mut Chain| {
            let before = chain.query(Balances::total_issuance);
            block(chain);
            chain.query(Balances::total_issuance) - before
        };
        let after = paid(&mut chain);
        assert!(after > 0 && chain.query(Balances::total_issuance) > issuance);
        for _ in 0..10 {
            block(&mut chain);
        }
        let code = code(&mut chain.state);
        let api = call(&mut chain.state, &code, "CadenceApi_cadence", &[]);
        assert_eq!(api, cadence::ASYNCHRONOUS.encode());
    }
}

/// The tasks of a busy agenda run at the times at which the old code would have run them.
#[test]
fn tasks_run_at_their_moments_on_either_side() {
    let moments = |switch: bool| {
        let mut chain = synchronous_chain("astar");
        for _ in 0..3 {
            block(&mut chain);
        }
        chain.query(fill_state);
        let beginning = chain.query(pallet_timestamp::Now::<Runtime>::get);
        let mut moments = Vec::new();
        let mut note = |chain: &mut Chain, events: Vec<RuntimeEvent>| {
            let now = chain.query(pallet_timestamp::Now::<Runtime>::get) - beginning;
            for event in events {
                if let RuntimeEvent::Scheduler(pallet_scheduler::Event::Dispatched { id: Some(id), .. }) =
                    event
                {
                    moments.push((id[0], now));
                }
            }
        };
        if switch {
            let code = asynchronous::WASM_BINARY.expect("the blobs are built").to_vec();
            chain.query(|| {
                assert_ok!(System::authorize_upgrade_without_checks(
                    RawOrigin::Root.into(),
                    BlakeTwo256::hash(&code)
                ));
                assert_ok!(System::apply_authorized_upgrade(RawOrigin::None.into(), code));
            });
            let events = block(&mut chain);
            note(&mut chain, events);
            chain.go_ahead = true;
            let events = block(&mut chain);
            note(&mut chain, events);
            chain.go_ahead = false;
            chain.cadence = cadence::ASYNCHRONOUS;
        }
        while chain.query(pallet_timestamp::Now::<Runtime>::get) < beginning + 1_200_000 {
            let events = block(&mut chain);
            note(&mut chain, events);
        }
        moments
    };
    let (before, after) = (moments(false), moments(true));
    assert!(before.len() > 15);
    assert_eq!(before, after);
}
