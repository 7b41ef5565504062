//! The tracks: how long a referendum with a certain origin takes, and how much support it needs.

use super::{blocks, Origin};
use crate::{OriginCaller, *};
use alloc::borrow::Cow;
use cadence::{days, hours, minutes};
use pallet_referenda::{Curve, Track, TrackInfo, TracksInfo};
use sp_runtime::str_array;

type TrackId = u16;

/// A track, its periods in time.
struct Timed {
    id: TrackId,
    name: &'static str,
    /// How many referenda of the track are decided on at once.
    max_deciding: u32,
    /// In tokens.
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

const DECISION_DAYS: u128 = 14;
const DECISION: Duration = days(DECISION_DAYS as u64);

/// Approval falls fast to where a bare majority is enough.
const EASY_APPROVAL: Curve = Curve::make_reciprocal(1, DECISION_DAYS, percent(80), percent(50), percent(100));
/// Support falls fast; little of it is enough late in the decision.
const EASY_SUPPORT: Curve = Curve::make_reciprocal(7, DECISION_DAYS, percent(1), percent(0), percent(50));
/// Approval falls evenly to a bare majority.
const APPROVAL: Curve = Curve::make_linear(DECISION_DAYS, DECISION_DAYS, percent(50), percent(100));
/// Support falls evenly to nothing.
const SUPPORT: Curve = Curve::make_linear(DECISION_DAYS, DECISION_DAYS, percent(0), percent(50));

const TRACKS: [Timed; 8] = [
    Timed {
        id: 0,
        name: "root",
        max_deciding: 1,
        decision_deposit: 100_000,
        prepare: hours(2),
        decision: DECISION,
        confirm: days(1),
        enactment: days(1),
        min_approval: EASY_APPROVAL,
        min_support: SUPPORT,
    },
    Timed {
        id: 1,
        name: "general_admin",
        max_deciding: 10,
        decision_deposit: 5_000,
        prepare: hours(1),
        decision: DECISION,
        confirm: hours(3),
        enactment: minutes(10),
        min_approval: EASY_APPROVAL,
        min_support: EASY_SUPPORT,
    },
    Timed {
        id: 2,
        name: "treasurer",
        max_deciding: 10,
        decision_deposit: 10_000,
        prepare: hours(2),
        decision: DECISION,
        confirm: days(2),
        enactment: days(1),
        min_approval: EASY_APPROVAL,
        min_support: SUPPORT,
    },
    Timed {
        id: 3,
        name: "referendum_canceller",
        max_deciding: 1_000,
        decision_deposit: 10_000,
        prepare: hours(1),
        decision: days(7),
        confirm: hours(3),
        enactment: minutes(10),
        min_approval: EASY_APPROVAL,
        min_support: EASY_SUPPORT,
    },
    Timed {
        id: 4,
        name: "referendum_killer",
        max_deciding: 1_000,
        decision_deposit: 50_000,
        prepare: hours(1),
        decision: DECISION,
        confirm: hours(3),
        enactment: minutes(10),
        min_approval: EASY_APPROVAL,
        min_support: EASY_SUPPORT,
    },
    Timed {
        id: 5,
        name: "small_spender",
        max_deciding: 50,
        decision_deposit: 500,
        prepare: hours(4),
        decision: DECISION,
        confirm: hours(12),
        enactment: days(1),
        min_approval: APPROVAL,
        min_support: EASY_SUPPORT,
    },
    Timed {
        id: 6,
        name: "medium_spender",
        max_deciding: 50,
        decision_deposit: 2_000,
        prepare: hours(4),
        decision: DECISION,
        confirm: days(1),
        enactment: days(1),
        min_approval: APPROVAL,
        min_support: EASY_SUPPORT,
    },
    Timed {
        id: 7,
        name: "big_spender",
        max_deciding: 50,
        decision_deposit: 5_000,
        prepare: hours(4),
        decision: DECISION,
        confirm: days(2),
        enactment: days(1),
        min_approval: APPROVAL,
        min_support: SUPPORT,
    },
];

impl Timed {
    fn on_this_network(&self) -> Track<TrackId, Balance, BlockNumber> {
        Track {
            id: self.id,
            info: TrackInfo {
                name: str_array(self.name),
                max_deciding: self.max_deciding,
                decision_deposit: self.decision_deposit * UNIT,
                prepare_period: blocks(self.prepare),
                decision_period: blocks(self.decision),
                confirm_period: blocks(self.confirm),
                min_enactment_period: blocks(self.enactment),
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
            }),
            _ => Err(()),
        }
    }
}
