//! Who authors: a candidate with keys and a bond, until it stops.

use crate::common::Chain;
use codec::Encode;
use sp_keyring::Sr25519Keyring::{Alice, Charlie, Dave};
use sp_runtime::traits::Dispatchable;
use tandem_runtime::*;

/// A chain whose sessions are a minute long.
fn chain() -> Chain {
    let mut chain = Chain::new("local");
    chain.query(|| SessionSpeedup::<Runtime>::put(core::num::NonZeroU32::new(60).expect("it is not zero")));
    chain
}

/// The length of a session in blocks.
fn session() -> BlockNumber {
    blocks(cadence::minutes(1))
}

fn authors(chain: &mut Chain) -> Vec<AccountId> {
    chain.query(Session::validators)
}

/// Sets Charlie's keys, with the proof that they are his, as `author_rotateKeys` returns both.
fn set_keys() -> pallet_session::Call<Runtime> {
    let owner = Charlie.to_account_id();
    let statement = sp_core::proof_of_possession::statement_of_ownership(&owner.encode());
    let proof = Charlie.sign(&statement).encode();
    pallet_session::Call::set_keys { keys: SessionKeys { aura: Charlie.public().into() }, proof }
}

#[test]
fn a_candidate_authors_in_two_sessions_and_is_dropped_when_it_is_dead() {
    let mut chain = chain();
    let charlie = Charlie.to_account_id();
    chain.call(Charlie, set_keys());
    chain.call(Charlie, pallet_collator_selection::Call::register_as_candidate {});
    let registered = chain.number();
    let bonded = chain.query(|| Balances::reserved_balance(&charlie));
    // The bond, and the deposit for an item of 32 bytes: the session keys.
    assert_eq!(bonded, 100 * UNIT + 132 * MILLI);

    // It authors in the session after the next.
    while !authors(&mut chain).contains(&charlie) {
        chain.empty_block();
        assert!(chain.number() <= registered + 2 * session(), "it never authors");
    }
    while chain.next_author() != charlie {
        chain.empty_block();
    }
    chain.empty_block();
    let died = chain.number();
    let last = |chain: &mut Chain| {
        chain.query(|| pallet_collator_selection::LastAuthoredBlock::<Runtime>::get(&charlie))
    };
    assert_eq!(last(&mut chain), died, "it authored this block");

    // It misses its slots and the others use theirs. So it loses its place and gets its bond back.
    let stands = |chain: &mut Chain| {
        let candidates = chain.query(pallet_collator_selection::CandidateList::<Runtime>::get);
        candidates.iter().any(|candidate| candidate.who == charlie)
    };
    while stands(&mut chain) {
        if chain.next_author() == charlie {
            chain.miss_slot();
        } else {
            chain.empty_block();
        }
        assert!(chain.number() <= died + 3 * session() + 1, "it keeps its place");
    }
    assert!(chain.number() >= died + 2 * session());
    assert_eq!(chain.query(|| Balances::reserved_balance(&charlie)), 132 * MILLI, "the keys stay");
    // The session that was planned with it still runs. After that it is no author.
    for _ in 0..2 * session() {
        if chain.next_author() == charlie {
            chain.miss_slot();
        } else {
            chain.empty_block();
        }
    }
    assert_eq!(authors(&mut chain).len(), 2);
}

#[test]
fn all_seats_cost_more_than_pocket_money_and_are_no_more_than_half() {
    for (name, bond, seats) in [("astar", 3_200_000, 32), ("shiden", 32_000, 32), ("shibuya", 32_000, 32)] {
        let mut chain = Chain::new(name);
        chain.query(|| {
            let needed = pallet_collator_selection::CandidacyBond::<Runtime>::get();
            assert_eq!(needed, bond * UNIT, "{name}");
            assert_eq!(pallet_collator_selection::DesiredCandidates::<Runtime>::get(), seats, "{name}");
            // A full list of candidates leaves their seats to the collators of genesis.
            let list = (0..seats).map(|i| pallet_collator_selection::CandidateInfo {
                who: AccountId::new([i as u8; 32]),
                deposit: needed,
            });
            let list = list.collect::<Vec<_>>().try_into().expect("there are so many seats");
            pallet_collator_selection::CandidateList::<Runtime>::set(list);
            type Manager = <Runtime as pallet_session::Config>::SessionManager;
            let authors = || <Manager as pallet_session::SessionManager<_>>::new_session(7).expect("some");
            // Besides the two of genesis, the two with the highest bonds author. They come last in the list.
            let expected = [31, 30].map(|i| AccountId::new([i; 32])).to_vec();
            assert_eq!(authors()[2..], expected, "{name}");
            assert!(authors()[..2].contains(&Alice.to_account_id()), "{name}");
            // Without the collators of genesis, all authors are candidates.
            pallet_collator_selection::Invulnerables::<Runtime>::kill();
            assert_eq!(authors().len(), seats as usize, "{name}");
        });
    }
    // Shiden's bond is the same share of all tokens as Astar's.
    assert_eq!(7_000_000_000u64 / 3_200_000, 70_000_000 / 32_000);
}

/// An account that takes a place and leaves it gets its bond back, so one bond could empty the list.
#[test]
fn nobody_takes_the_place_of_another_candidate() {
    let mut chain = chain();
    chain.call(Charlie, set_keys());
    chain.call(Charlie, pallet_collator_selection::Call::register_as_candidate {});
    let take = || -> RuntimeCall {
        let (deposit, target) = (1_000 * UNIT, Charlie.to_account_id());
        pallet_collator_selection::Call::take_candidate_slot { deposit, target }.into()
    };
    let batch = pallet_utility::Call::batch_all { calls: vec![take()] };
    let outcome = chain.block(vec![(Dave, take()), (Dave, batch.into())], Default::default());
    let filtered: sp_runtime::DispatchError = frame_system::Error::<Runtime>::CallFiltered.into();
    assert_eq!(outcome.results, [Err(filtered), Err(filtered)]);
}

/// A general admin's referendum needs next to no support in the end. So it must not be able to name those who
/// make the blocks.
#[test]
fn only_root_names_the_collators() {
    chain().query(|| {
        let call: RuntimeCall =
            pallet_collator_selection::Call::set_invulnerables { new: vec![Alice.to_account_id()] }.into();
        let admin = OriginCaller::from(GovernanceOrigin::GeneralAdmin);
        let refused = call.clone().dispatch(admin.into()).map_err(|error| error.error);
        assert_eq!(refused.err(), Some(sp_runtime::DispatchError::BadOrigin));
        assert!(call.dispatch(RuntimeOrigin::root()).is_ok());
    });
}
