//! The tracks: how long a referendum with a certain origin takes, and how much approval and support it needs.

use super::{periods::period_blocks, state::Origin};
use crate::{OriginCaller, *};
use alloc::borrow::Cow;
use cadence::{days, hours, minutes};
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::str_array;

type TrackId = u16;

/// A track, with its periods in time and its deposit in Astar's tokens.
struct TrackOnAstar {
    id: TrackId,
    name: &'static str,
    /// The most referenda of the track that are decided on at once.
    max_deciding: u32,
    decision_deposit: Balance,
    prepare: Duration,
    decision: Duration,
    confirm: Duration,
    enactment: Duration,
    min_approval: Curve,
    min_support: Curve,
}

const fn percent(x: i32) -> sp_runtime::FixedI64 {
    sp_runtime::FixedI64::from_rational(x as u128, 100)
}

const DECISION: Duration = days(14);

// The curves are Polkadot's, over 14 days instead of its 28. A curve is given in parts of a decision period.

/// The required approval falls to 80 % after a seventh of the decision period, and to a bare majority at its
/// end.
const ADMIN_APPROVAL: Curve = Curve::make_reciprocal(4, 28, percent(80), percent(50), percent(100));
/// The committee has looked at the call. So the required approval falls to 96 % after a 42nd of the decision
/// period, and to a bare majority at its end.
const WHITELISTED_APPROVAL: Curve =
    Curve::make_reciprocal(16, 28 * 24, percent(96), percent(50), percent(100));
/// The required approval falls evenly. It reaches a bare majority after this part of the decision period, in
/// 28ths.
const fn approval(after: u128) -> Curve {
    Curve::make_linear(after, 28, percent(50), percent(100))
}

/// The required support falls evenly to nothing. An origin that may do anything, or spend much, needs much
/// support for long.
const MUCH_SUPPORT: Curve = Curve::make_linear(28, 28, percent(0), percent(50));
/// The required support falls to a tenth after a quarter of the decision period, and to nothing at its end.
const ADMIN_SUPPORT: Curve = Curve::make_reciprocal(7, 28, percent(10), percent(0), percent(50));
/// The required support falls to a fifth after a 28th of the decision period, and never below a twentieth.
const WHITELISTED_SUPPORT: Curve = Curve::make_reciprocal(1, 28, percent(20), percent(5), percent(50));
/// The required support falls to a hundredth after this part of the decision period, in 28ths, and to nothing
/// at its end.
const fn support(after: u128) -> Curve {
    Curve::make_reciprocal(after, 28, percent(1), percent(0), percent(50))
}

const TRACKS: [TrackOnAstar; 9] = [
    TrackOnAstar {
        id: 0,
        name: "root",
        // If it were one, anyone who pays a deposit could keep all others waiting for two weeks.
        max_deciding: 10,
        decision_deposit: 100_000,
        prepare: hours(2),
        decision: DECISION,
        confirm: days(1),
        enactment: days(1),
        min_approval: ADMIN_APPROVAL,
        min_support: MUCH_SUPPORT,
    },
    TrackOnAstar {
        id: 1,
        name: "general_admin",
        max_deciding: 10,
        decision_deposit: 5_000,
        prepare: hours(1),
        decision: DECISION,
        confirm: hours(3),
        enactment: minutes(10),
        min_approval: ADMIN_APPROVAL,
        min_support: ADMIN_SUPPORT,
    },
    TrackOnAstar {
        id: 2,
        name: "treasurer",
        max_deciding: 10,
        decision_deposit: 10_000,
        prepare: hours(2),
        decision: DECISION,
        confirm: days(2),
        enactment: days(1),
        min_approval: ADMIN_APPROVAL,
        min_support: MUCH_SUPPORT,
    },
    TrackOnAstar {
        id: 3,
        name: "referendum_canceller",
        max_deciding: 1_000,
        decision_deposit: 10_000,
        prepare: hours(1),
        decision: days(7),
        confirm: hours(3),
        enactment: minutes(10),
        min_approval: approval(17),
        min_support: support(12),
    },
    TrackOnAstar {
        id: 4,
        name: "referendum_killer",
        max_deciding: 1_000,
        decision_deposit: 50_000,
        prepare: hours(1),
        decision: DECISION,
        confirm: hours(3),
        enactment: minutes(10),
        min_approval: approval(17),
        min_support: support(12),
    },
    TrackOnAstar {
        id: 5,
        name: "small_spender",
        max_deciding: 50,
        decision_deposit: 500,
        prepare: hours(4),
        decision: DECISION,
        confirm: hours(12),
        enactment: days(1),
        min_approval: approval(17),
        min_support: support(12),
    },
    TrackOnAstar {
        id: 6,
        name: "medium_spender",
        max_deciding: 50,
        decision_deposit: 2_000,
        prepare: hours(4),
        decision: DECISION,
        confirm: days(1),
        enactment: days(1),
        min_approval: approval(23),
        min_support: support(16),
    },
    TrackOnAstar {
        id: 7,
        name: "big_spender",
        max_deciding: 50,
        decision_deposit: 5_000,
        prepare: hours(4),
        decision: DECISION,
        confirm: days(2),
        enactment: days(1),
        min_approval: approval(28),
        min_support: MUCH_SUPPORT,
    },
    TrackOnAstar {
        id: 8,
        name: "whitelisted_caller",
        max_deciding: 100,
        decision_deposit: 10_000,
        prepare: minutes(30),
        decision: DECISION,
        confirm: minutes(10),
        enactment: minutes(10),
        min_approval: WHITELISTED_APPROVAL,
        min_support: WHITELISTED_SUPPORT,
    },
];

impl TrackOnAstar {
    fn on_this_network(&self) -> Track<TrackId, Balance, BlockNumber> {
        Track {
            id: self.id,
            info: TrackInfo {
                name: str_array(self.name),
                max_deciding: self.max_deciding,
                decision_deposit: price(self.decision_deposit * UNIT),
                prepare_period: period_blocks(self.prepare),
                decision_period: period_blocks(self.decision),
                confirm_period: period_blocks(self.confirm),
                min_enactment_period: period_blocks(self.enactment),
                min_approval: self.min_approval.clone(),
                min_support: self.min_support.clone(),
            },
        }
    }
}

pub struct Tracks;

impl TracksInfo<Balance, BlockNumber> for Tracks {
    type Id = TrackId;
    type RuntimeOrigin = OriginCaller;

    fn tracks() -> impl Iterator<Item = Cow<'static, Track<TrackId, Balance, BlockNumber>>> {
        TRACKS.iter().map(|track| Cow::Owned(track.on_this_network()))
    }

    fn track_for(origin: &OriginCaller) -> Result<TrackId, ()> {
        match origin {
            OriginCaller::system(frame_system::RawOrigin::Root) => Ok(0),
            OriginCaller::Governance(origin) => Ok(match origin {
                Origin::GeneralAdmin => 1,
                Origin::Treasurer => 2,
                Origin::ReferendumCanceller => 3,
                Origin::ReferendumKiller => 4,
                Origin::SmallSpender => 5,
                Origin::MediumSpender => 6,
                Origin::BigSpender => 7,
                Origin::WhitelistedCaller => 8,
            }),
            _ => Err(()),
        }
    }
}
