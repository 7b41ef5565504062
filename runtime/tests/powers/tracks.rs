//! The tracks, as the page documents them.

use super::PAGE;
use crate::common::Chain;
use pallet_referenda::{Track, TracksInfo};
use sp_runtime::Perbill;
use tandem_runtime::*;

type Tracks = <Runtime as pallet_referenda::Config>::Tracks;

fn time(blocks: BlockNumber) -> String {
    let minutes = CADENCE.time(blocks).as_secs() / 60;
    let (n, unit) = match minutes {
        m if m % (24 * 60) == 0 => (m / (24 * 60), "d"),
        m if m % 60 == 0 => (m / 60, "h"),
        m => (m, "min"),
    };
    format!("{n} {unit}")
}

fn percent(part: Perbill) -> String {
    format!("{:.1} %", f64::from(part.deconstruct()) / 1e7)
}

/// A track's row in the table: its deposit, its times, and the approval and support that it requires at
/// first, after a day, after a week and after two weeks.
fn row(track: &Track<u16, Balance, BlockNumber>) -> String {
    let info = &track.info;
    let name = String::from_utf8_lossy(&info.name);
    let of_decision = |days: u32| {
        let after = Perbill::from_rational(blocks(cadence::days(u64::from(days))), info.decision_period);
        (info.min_approval.threshold(after), info.min_support.threshold(after))
    };
    let required: Vec<_> = [0, 1, 7, 14]
        .map(of_decision)
        .iter()
        .map(|(approval, support)| format!("{}, {}", percent(*approval), percent(*support)))
        .collect();
    format!(
        "| `{}` | {} | {} | {} | {} | {} | {} |",
        name.trim_end_matches('\0'),
        info.decision_deposit / UNIT,
        time(info.prepare_period),
        time(info.decision_period),
        time(info.confirm_period),
        time(info.min_enactment_period),
        required.join(" | "),
    )
}

#[test]
fn the_page_has_every_track_as_it_is() {
    let rows: Vec<_> = Chain::new("astar").query(|| Tracks::tracks().map(|track| row(&track)).collect());
    let missing: Vec<_> = rows.iter().filter(|row| !PAGE.contains(*row)).cloned().collect();
    assert!(missing.is_empty(), "docs/powers.md lacks:\n{}", missing.join("\n"));
}

/// Referenda drop what the scheduler refuses. So filling one agenda must not be enough to undo a vote.
#[test]
fn what_meets_a_full_agenda_is_made_in_a_later_block() {
    use codec::Encode;
    use frame_support::traits::{
        schedule::{
            v3::{Anon, Named},
            DispatchTime::At,
        },
        Bounded,
    };
    type Referenda = <Runtime as pallet_referenda::Config>::Scheduler;
    let remark = RuntimeCall::from(frame_system::Call::remark { remark: vec![] }).encode();
    let call = || Bounded::Inline(remark.clone().try_into().expect("small"));
    let root = || OriginCaller::from(frame_system::RawOrigin::Root);
    Chain::new("local").query(|| {
        let fill = |block| {
            while <Scheduler as Anon<_, _, _>>::schedule(At(block), None, 0, root(), call()).is_ok() {}
        };
        let alarm = || <Referenda as Anon<_, _, _>>::schedule(At(1_000), None, 0, root(), call());
        let enactment =
            || <Referenda as Named<_, _, _>>::schedule_named([7; 32], At(1_000), None, 0, root(), call());
        fill(1_000);
        fill(1_001);
        assert_eq!(alarm(), Ok((1_002, 0)));
        assert_eq!(enactment(), Ok((1_002, 1)));
        assert!(enactment().is_err_and(|error| error != sp_runtime::DispatchError::Exhausted), "named twice");
        (1_000..1_000 + SCHEDULE_ATTEMPTS).for_each(fill);
        assert_eq!(alarm(), Err(sp_runtime::DispatchError::Exhausted));
    });
}

/// A whitelisted call can be decided fast, so a twentieth of all tokens must support it, however long it
/// takes.
#[test]
fn what_is_whitelisted_needs_support_to_the_end() {
    Chain::new("astar").query(|| {
        for track in Tracks::tracks() {
            let support = track.info.min_support.threshold(Perbill::one());
            let floor = if track.info.name.starts_with(b"whitelisted_caller") { 5 } else { 0 };
            // Curves are rounded, so this compares to a hundred-thousandth of a percent.
            let apart = support.deconstruct().abs_diff(Perbill::from_percent(floor).deconstruct());
            assert!(apart < 100, "{support:?}");
        }
    });
}

/// Governance's prices are in proportion to the issuance.
#[test]
fn deposits_are_the_same_part_of_the_issuance_on_shiden_as_on_astar() {
    let parts = ["astar", "shiden"].map(|name| {
        let network = networks::NETWORKS.iter().find(|network| network.id == name).expect("it is there");
        let deposits: Vec<_> =
            Chain::new(name).query(|| Tracks::tracks().map(|track| track.info.decision_deposit).collect());
        deposits.into_iter().map(|deposit: Balance| network.issuance / deposit).collect::<Vec<_>>()
    });
    assert_eq!(parts[0], parts[1]);
}
