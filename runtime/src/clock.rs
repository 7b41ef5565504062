//! Block time on chain: the cadence of this build, and what follows when it is another than before.

use crate::{system::RuntimeBlockWeights, *};
use cadence::{Change, Clock};
use frame_support::{parameter_types, weights::Weight};
use pallet_cadence::{rescale, Rescale, Stored, Walk};
use sp_runtime::Perbill;

parameter_types! {
    pub const BuildCadence: cadence::Cadence = CADENCE;
    pub const Synchronous: cadence::Cadence = cadence::SYNCHRONOUS;
    /// Half of a block: users' transactions have the other half.
    pub RescaleWeight: Weight = Perbill::from_percent(50) * RuntimeBlockWeights::get().max_block;
}

impl pallet_cadence::Config for Runtime {
    type Before = Synchronous;
    type Cadence = BuildCadence;
    type MaxWeight = RescaleWeight;
    type Stored = (
        // Whose hooks act on a block, each a value or a few: in the first block.
        Stream,
        Era,
        rescale::CollatorSelection<Runtime>,
        // Tasks, those that are decided by tasks, and those who vote on that.
        rescale::Scheduler<Runtime>,
        rescale::Referenda<Runtime>,
        rescale::Treasury<Runtime>,
        rescale::Identity<Runtime>,
        rescale::Xcm<Runtime>,
        rescale::Proxy<Runtime>,
        rescale::ConvictionVoting<Runtime>,
        rescale::Vesting<Runtime>,
    );
    type Time = Timestamp;
    type WeightInfo = pallet_cadence::weights::SubstrateWeight<Runtime>;
}

/// What inflation pays block by block: an amount over the blocks of an era.
pub struct Stream;

impl Rescale for Stream {
    fn name() -> &'static str {
        "Inflation"
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        walk.value(0, 256, || Inflation::rescale(change))
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let stream = pallet_inflation::CurrentStream::<Runtime>::get();
        let end = |stream: pallet_inflation::Stream<BlockNumber>| {
            Stored::deadline("last payment of the era".into(), clock, stream.end)
        };
        stream.map(end).into_iter().collect()
    }
}

/// The block in which dApp staking's next era begins.
pub struct Era;

impl Rescale for Era {
    fn name() -> &'static str {
        "DappStaking"
    }

    fn rescale(change: &Change, walk: &mut Walk) -> bool {
        walk.value(0, 128, || DappStaking::rescale(change))
    }

    fn stored(clock: &Clock) -> Vec<Stored> {
        let calendar = pallet_dapp_staking::CurrentCalendar::<Runtime>::get();
        calendar
            .map(|calendar| Stored::deadline("next era".into(), clock, calendar.next_era))
            .into_iter()
            .collect()
    }
}
