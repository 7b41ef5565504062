//! Locks of votes: they end when they would have ended.

use super::*;
use cadence::{days, ASYNCHRONOUS};

/// Whether the pallet still remembers polls that ended before block zero.
fn remembers(pallet: &str) -> bool {
    let hash = |name: &str| sp_io::hashing::twox_128(name.as_bytes());
    let prefix = [hash(pallet), hash("EndedBeforeZero")].concat();
    sp_io::storage::next_key(&prefix).is_some_and(|key| key.starts_with(&prefix))
}

#[test]
fn a_lock_of_votes_ends_when_it_would_have() {
    chain(AT).execute_with(|| {
        let mut voting = pallet_conviction_voting::VotingOf::<Test>::default();
        voting.as_mut().accumulate(AT + 50, 500);
        pallet_conviction_voting::VotingFor::<Test>::insert(1, 0, voting);
        switch();
        let left = |who| pallet_conviction_voting::VotingFor::<Test>::get(who, 0).locked_balance();
        run_until(SYNCHRONOUS.time(49));
        assert_ok!(ConvictionVoting::unlock(RuntimeOrigin::signed(1), 0, 1));
        assert_eq!(left(1), 500);
        run_until(SYNCHRONOUS.time(50));
        assert_ok!(ConvictionVoting::unlock(RuntimeOrigin::signed(1), 0, 1));
        assert_eq!(left(1), 0);
    });
}

/// The pallet counts the lock of a vote from the end of its poll. After the change that end has no block
/// number.
#[test]
fn a_vote_on_a_poll_that_ended_before_block_zero_locks_to_the_moment() {
    use pallet_conviction_voting::{AccountVote, Casting, Conviction, Vote, Voting, VotingFor};
    use pallet_referenda::{ReferendumInfo, ReferendumInfoFor};
    let day = SYNCHRONOUS.blocks(days(1));
    let at = 4 * day;
    let vote_of = |aye, conviction| AccountVote::Standard { vote: Vote { aye, conviction }, balance: 500 };
    // The end of the poll, and whether it was approved. A vote. The old block until which the vote locks.
    let cases = [
        ((1, true), vote_of(true, Conviction::Locked6x), Some(32 * day + 1)),
        ((day, false), vote_of(false, Conviction::Locked4x), Some(9 * day)),
        // The locks of these votes are over, one of them since this block.
        ((day, true), vote_of(true, Conviction::Locked2x), None),
        ((0, true), vote_of(true, Conviction::Locked3x), None),
    ];
    for ((end, approved), vote, until) in cases {
        chain(at).execute_with(|| {
            let info = match approved {
                true => ReferendumInfo::Approved(end, None, None),
                false => ReferendumInfo::Rejected(end, None, None),
            };
            ReferendumInfoFor::<Test>::insert(0, info);
            let info = ReferendumInfo::Approved(at - 1, None, None);
            ReferendumInfoFor::<Test>::insert(1, info);
            let lost = vote_of(!approved, Conviction::Locked6x);
            // The hooks lock what account 3 has lost with. Account 4 also has a prior lock that is over,
            // account 5 one that is not, and account 6 one that is over since this block.
            Losers::set(vec![3]);
            for (who, old) in [(1, vote), (2, lost), (3, lost), (4, vote), (5, vote), (6, vote)] {
                let votes = vec![(0, old), (1, vote_of(true, Conviction::Locked1x))].try_into().unwrap();
                let mut casting =
                    Casting { votes, delegations: Default::default(), prior: Default::default() };
                match who {
                    4 => casting.prior.accumulate(at - 1, 900_000),
                    5 => casting.prior.accumulate(at + 5, 900_000),
                    6 => casting.prior.accumulate(at, 900_000),
                    _ => (),
                }
                VotingFor::<Test>::insert(who, 0, Voting::Casting(casting));
            }
            CurrentCadence::set(ASYNCHRONOUS);
            let record = Cadence::record();
            switch();
            Cadence::finish();
            assert_eq!(Cadence::check(&record), Ok(()));
            let voting = |who| match VotingFor::<Test>::get(who, 0) {
                Voting::Casting(casting) => casting,
                _ => panic!("it votes"),
            };
            let expected = until.map_or((0, 0), |until| (at + 2 * (until - at), 500u128));
            assert_eq!(voting(1).prior.encode(), expected.encode());
            // A vote that locks nothing stays, and so does one that the pallet counts correctly.
            assert_eq!(voting(1).votes.iter().map(|vote| vote.0).collect::<Vec<_>>(), [1]);
            assert_eq!(voting(2).votes.len(), 2);
            let lost = at + 2 * (end + 32 * day - at);
            assert_eq!(voting(3).prior.encode(), (lost, 400u128).encode());
            // If a new lock joined a prior one that is over, all of that would be locked again. If no lock
            // joins, the prior one stays.
            for (who, before) in [(4, at - 2), (6, at)] {
                let over = if until.is_some() { expected } else { (before, 900_000) };
                assert_eq!(voting(who).prior.encode(), over.encode());
            }
            let joined = (expected.0.max(at + 10), 900_000u128);
            assert_eq!(voting(5).prior.encode(), joined.encode());
            let removed: std::collections::BTreeSet<_> = Removed::get().into_iter().collect();
            assert_eq!(removed, [(1, 0), (3, 0), (4, 0), (5, 0), (6, 0)].into());
            assert!(!remembers("Referenda"));
        });
    }
}

/// The holder of such a vote can remove it at any time.
#[test]
fn a_vote_that_locks_nothing_stays() {
    use pallet_conviction_voting::{AccountVote, Casting, Conviction, Vote, Voting, VotingFor};
    chain(AT).execute_with(|| {
        let end = pallet_referenda::ReferendumInfo::Approved(1, None, None);
        pallet_referenda::ReferendumInfoFor::<Test>::insert(0, end);
        let vote = Vote { aye: true, conviction: Conviction::None };
        let votes = vec![(0, AccountVote::Standard { vote, balance: 500 })].try_into().unwrap();
        let casting = Casting { votes, delegations: Default::default(), prior: Default::default() };
        VotingFor::<Test>::insert(1, 0, Voting::Casting(casting));
        let before = VotingFor::<Test>::get(1, 0);
        switch();
        Cadence::finish();
        assert_eq!(VotingFor::<Test>::get(1, 0).encode(), before.encode());
        assert!(Removed::get().is_empty());
    });
}

/// The same for democracy.
#[test]
fn a_vote_of_democracy_that_ended_before_block_zero_locks_to_the_moment() {
    use pallet_democracy::{
        AccountVote, Conviction, ReferendumInfo, ReferendumInfoOf, Vote, Voting, VotingOf,
    };
    let day = SYNCHRONOUS.blocks(days(1));
    let at = 4 * day;
    chain(at).execute_with(|| {
        let vote = |conviction| AccountVote::Standard { vote: Vote { aye: true, conviction }, balance: 500 };
        for (index, end) in [(0, 1), (1, at - 1)] {
            ReferendumInfoOf::<Test>::insert(index, ReferendumInfo::Finished { approved: true, end });
        }
        let votes = vec![(0, vote(Conviction::Locked6x)), (1, vote(Conviction::Locked1x))];
        let votes = votes.try_into().unwrap();
        let mut voting: Voting<u128, u64, u32, ConstU32<8>> =
            Voting::Direct { votes, delegations: Default::default(), prior: Default::default() };
        // These locks are over, one of them since this block. They must not be joined.
        for (who, over) in [(1, at - 1), (2, at)] {
            if let Voting::Direct { prior, .. } = &mut voting {
                *prior = Default::default();
                prior.accumulate(over, 900_000);
            }
            VotingOf::<Test>::insert(who, &voting);
        }
        CurrentCadence::set(ASYNCHRONOUS);
        let record = Cadence::record();
        switch();
        Cadence::finish();
        assert_eq!(Cadence::check(&record), Ok(()));
        for who in [1, 2] {
            let Voting::Direct { votes, prior, .. } = VotingOf::<Test>::get(who) else { panic!("it votes") };
            assert_eq!(votes.iter().map(|vote| vote.0).collect::<Vec<_>>(), [1]);
            let until = at + 2 * (32 * day + 1 - at);
            assert_eq!(prior.encode(), (until, 500u128).encode());
        }
        assert!(!remembers("Democracy"));
    });
}
