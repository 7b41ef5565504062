//! Measures a change of cadence on the real runtime: how long the calls of a pallet are refused, and what an
//! entry costs, for different numbers of entries. Run it with `cargo run --release --example rescale`.

use cadence::SYNCHRONOUS;
use codec::Encode;
use frame_support::{
    traits::Hooks,
    weights::{constants::WEIGHT_REF_TIME_PER_MICROS, Weight, WeightMeter},
    BoundedVec,
};
use pallet_conviction_voting::{AccountVote, Casting, Conviction, Vote, Voting};
use pallet_vesting::VestingInfo;
use sp_io::TestExternalities;
use tandem_runtime::*;

/// The block after which the cadence changes.
const AT: BlockNumber = 1_000_000;

/// A synchronous chain with `entries` vesting schedules and as many votes with a prior lock, each of its own
/// account.
fn chain(entries: u32) -> TestExternalities {
    let mut state = TestExternalities::default();
    state.execute_with(|| {
        System::set_block_number(AT);
        pallet_timestamp::Now::<Runtime>::put(1_749_254_400_000);
        let first = pallet_cadence::Entry { since: 0, moment: 0, cadence: SYNCHRONOUS };
        pallet_cadence::History::<Runtime>::put(BoundedVec::truncate_from(vec![first]));
        for i in 0..entries {
            let who = AccountId::from(sp_io::hashing::blake2_256(&i.encode()));
            let schedule = VestingInfo::new(1_000 * UNIT, UNIT / 1_000, AT + i);
            pallet_vesting::Vesting::<Runtime>::insert(&who, BoundedVec::truncate_from(vec![schedule]));
            let vote = AccountVote::Standard {
                vote: Vote { aye: true, conviction: Conviction::Locked3x },
                balance: UNIT,
            };
            let mut voting: pallet_conviction_voting::VotingOf<Runtime> = Voting::Casting(Casting {
                votes: BoundedVec::truncate_from(vec![(i, vote)]),
                delegations: Default::default(),
                prior: Default::default(),
            });
            voting.as_mut().accumulate(AT + i + 1, UNIT);
            pallet_conviction_voting::VotingFor::<Runtime>::insert(who, 0, voting);
        }
    });
    state.commit_all().expect("no transaction is left open");
    state
}

fn main() {
    let largest = MAXIMUM_BLOCK_WEIGHT;
    println!("  entries  blocks   refused: votes  vesting    an entry: weight  declared   proof");
    for entries in [0, 1_000, 10_000, 100_000] {
        let mut state = chain(entries);
        let (mut blocks, mut votes, mut vesting) = (0u64, 0u64, 0u64);
        let (mut weight, mut proof) = (Weight::zero(), 0);
        loop {
            let (used, proven) = state.execute_and_prove(|| {
                if blocks == 0 {
                    let begun = <Cadence as Hooks<BlockNumber>>::on_runtime_upgrade();
                    return begun + Cadence::on_initialize(AT + 1);
                }
                let mut meter = WeightMeter::with_limit(largest);
                Cadence::on_poll(AT + 1 + blocks as u32, &mut meter);
                meter.consumed()
            });
            state.commit_all().expect("no transaction is left open");
            weight = weight.saturating_add(used);
            proof += proven.encoded_size() as u64;
            blocks += 1;
            let closed = state.execute_with(Cadence::closed);
            votes += u64::from(closed.contains(&"ConvictionVoting"));
            vesting += u64::from(closed.contains(&"Vesting"));
            if closed.is_empty() {
                break;
            }
        }
        let each = u64::from(2 * entries).max(1);
        let seconds = |blocks: u64| CADENCE.time(blocks as u32).as_secs();
        println!(
            "{:>9} {:>7} {:>13} s {:>6} s {:>16} us {:>7} B {:>5} B",
            2 * entries,
            blocks,
            seconds(votes),
            seconds(vesting),
            weight.ref_time() / each / WEIGHT_REF_TIME_PER_MICROS,
            weight.proof_size() / each,
            proof / each,
        );
    }
}
