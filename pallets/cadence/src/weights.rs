//! Weights of `pallet_cadence`, as measured by `scripts/weights`. Not written by hand.
//!
//! SDK 64.0.0, Intel(R) Xeon(R) Processor, 2 steps, 20 repeats.

#![allow(unused_parens)]

use core::marker::PhantomData;
use frame_support::{
    traits::Get,
    weights::{constants::ParityDbWeight, Weight},
};

pub trait WeightInfo {
    fn begin() -> Weight;
    fn step() -> Weight;
    fn entry(l: u32) -> Weight;
}

/// Weights on a chain with its own price of storage.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
    // Storage: `Timestamp::Now` (r:1 w:0)
    // Proof: `Timestamp::Now` (`max_values`: Some(1), `max_size`: Some(8), added: 503, mode: `MaxEncodedLen`)
    // Storage: `Cadence::History` (r:1 w:1)
    // Proof: `Cadence::History` (`max_values`: Some(1), `max_size`: Some(2050), added: 2545, mode: `MaxEncodedLen`)
    // Storage: `Cadence::Rescaling` (r:1 w:1)
    // Proof: `Cadence::Rescaling` (`max_values`: Some(1), `max_size`: Some(1055), added: 1550, mode: `MaxEncodedLen`)
    // Storage: `Inflation::CurrentStream` (r:1 w:1)
    // Proof: `Inflation::CurrentStream` (`max_values`: Some(1), `max_size`: Some(72), added: 567, mode: `MaxEncodedLen`)
    // Storage: `DappStaking::CurrentCalendar` (r:1 w:1)
    // Proof: `DappStaking::CurrentCalendar` (`max_values`: Some(1), `max_size`: Some(32), added: 527, mode: `MaxEncodedLen`)
    // Storage: `CollatorSelection::LastAuthoredBlock` (r:1 w:0)
    // Proof: `CollatorSelection::LastAuthoredBlock` (`max_values`: None, `max_size`: Some(44), added: 2519, mode: `MaxEncodedLen`)
    // Storage: `Scheduler::Agenda` (r:1 w:0)
    // Proof: `Scheduler::Agenda` (`max_values`: None, `max_size`: Some(38963), added: 41438, mode: `MaxEncodedLen`)
    // Storage: UNKNOWN KEY `0x3db7a24cfdc9de785974746c14a99df90232cc3d23bfef71963709b7e1678c4d` (r:1 w:0)
    // Proof: UNKNOWN KEY `0x3db7a24cfdc9de785974746c14a99df90232cc3d23bfef71963709b7e1678c4d` (r:1 w:0)
    // Storage: `Referenda::ReferendumInfoFor` (r:1 w:0)
    // Proof: `Referenda::ReferendumInfoFor` (`max_values`: None, `max_size`: Some(936), added: 3411, mode: `MaxEncodedLen`)
    // Storage: UNKNOWN KEY `0x3db7a24cfdc9de785974746c14a99df995cce082adc42c4d04cb3a86bfb1306a` (r:1 w:0)
    // Proof: UNKNOWN KEY `0x3db7a24cfdc9de785974746c14a99df995cce082adc42c4d04cb3a86bfb1306a` (r:1 w:0)
    // Storage: `Treasury::LastSpendPeriod` (r:1 w:1)
    // Proof: `Treasury::LastSpendPeriod` (`max_values`: Some(1), `max_size`: Some(4), added: 499, mode: `MaxEncodedLen`)
    // Storage: `Treasury::Spends` (r:1 w:0)
    // Proof: `Treasury::Spends` (`max_values`: None, `max_size`: Some(69), added: 2544, mode: `MaxEncodedLen`)
    // Storage: `Identity::PendingUsernames` (r:1 w:0)
    // Proof: `Identity::PendingUsernames` (`max_values`: None, `max_size`: Some(102), added: 2577, mode: `MaxEncodedLen`)
    // Storage: `Identity::UnbindingUsernames` (r:1 w:0)
    // Proof: `Identity::UnbindingUsernames` (`max_values`: None, `max_size`: Some(53), added: 2528, mode: `MaxEncodedLen`)
    // Storage: `PolkadotXcm::Queries` (r:1 w:0)
    // Proof: `PolkadotXcm::Queries` (`max_values`: None, `max_size`: None, mode: `Measured`)
    // Storage: `PolkadotXcm::AuthorizedAliases` (r:1 w:0)
    // Proof: `PolkadotXcm::AuthorizedAliases` (`max_values`: None, `max_size`: None, mode: `Measured`)
    // Storage: `Proxy::Proxies` (r:1 w:0)
    // Proof: `Proxy::Proxies` (`max_values`: None, `max_size`: Some(1241), added: 3716, mode: `MaxEncodedLen`)
    // Storage: `Proxy::Announcements` (r:1 w:0)
    // Proof: `Proxy::Announcements` (`max_values`: None, `max_size`: Some(2233), added: 4708, mode: `MaxEncodedLen`)
    // Storage: `ConvictionVoting::VotingFor` (r:1 w:0)
    // Proof: `ConvictionVoting::VotingFor` (`max_values`: None, `max_size`: Some(1800), added: 4275, mode: `MaxEncodedLen`)
    // Storage: `Vesting::Vesting` (r:1 w:0)
    // Proof: `Vesting::Vesting` (`max_values`: None, `max_size`: Some(1057), added: 3532, mode: `MaxEncodedLen`)
    fn begin() -> Weight {
        Weight::from_parts(137_119_000, 42428)
            .saturating_add(T::DbWeight::get().reads(20))
            .saturating_add(T::DbWeight::get().writes(5))
    }
    // Storage: `Cadence::Rescaling` (r:1 w:1)
    // Proof: `Cadence::Rescaling` (`max_values`: Some(1), `max_size`: Some(1055), added: 1550, mode: `MaxEncodedLen`)
    // Storage: `Vesting::Vesting` (r:1 w:0)
    // Proof: `Vesting::Vesting` (`max_values`: None, `max_size`: Some(1057), added: 3532, mode: `MaxEncodedLen`)
    fn step() -> Weight {
        Weight::from_parts(17_706_000, 4522)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
    }
    // Storage: UNKNOWN KEY `0x31a6d64c65b9ad40a066eda42ab64b35f2c528f439cb4e3ed0c3631044c7e5de` (r:2 w:1)
    // Proof: UNKNOWN KEY `0x31a6d64c65b9ad40a066eda42ab64b35f2c528f439cb4e3ed0c3631044c7e5de` (r:2 w:1)
    fn entry(l: u32) -> Weight {
        Weight::from_parts(12_945_509, 6020)
            .saturating_add(T::DbWeight::get().reads(2))
            .saturating_add(T::DbWeight::get().writes(1))
            .saturating_add(Weight::from_parts(735, 0).saturating_mul(l.into()))
            .saturating_add(Weight::from_parts(0, 1).saturating_mul(l.into()))
    }
}

/// For tests.
impl WeightInfo for () {
    fn begin() -> Weight {
        Weight::from_parts(137_119_000, 42428).saturating_add(ParityDbWeight::get().reads_writes(20, 5))
    }
    fn step() -> Weight {
        Weight::from_parts(17_706_000, 4522).saturating_add(ParityDbWeight::get().reads_writes(2, 1))
    }
    fn entry(l: u32) -> Weight {
        Weight::from_parts(12_945_509, 6020)
            .saturating_add(ParityDbWeight::get().reads_writes(2, 1))
            .saturating_add(Weight::from_parts(735, 0).saturating_mul(l.into()))
            .saturating_add(Weight::from_parts(0, 1).saturating_mul(l.into()))
    }
}
