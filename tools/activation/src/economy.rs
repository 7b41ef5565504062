//! What the economy promises: inflation, eras and stakes.

use crate::table::{item, Clock, Item, Reading, Source};
use anyhow::{Context, Result};
use subxt::ext::scale_decode::DecodeAsType;
use subxt_signer::sr25519::dev;
use tandem_rpc::{ask, calls::account, stored, ClientAt};

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Report {
    maximum: u128,
    treasury_per_block: u128,
    collators_per_block: u128,
}

/// `DappStaking.CurrentCalendar`.
#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Calendar {
    era: u32,
    first_era: u32,
    timetable: Timetable,
    next_era: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Timetable {
    shape: PeriodShape,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct PeriodShape {
    voting_eras: u32,
    earning_eras: u32,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct CalendarPosition {
    era: u32,
    era_millis: u64,
}

#[derive(DecodeAsType)]
#[decode_as_type(crate_path = "subxt::ext::scale_decode")]
struct Position {
    rewards: u128,
    bonus: u128,
    unlocking: Vec<(u128, u32, u64)>,
}

impl Calendar {
    /// When era `era` ends, or has ended; all eras are equally long.
    fn ends(&self, era: u32, clock: &Clock, era_millis: u64) -> u64 {
        let eras = i64::from(era) - i64::from(self.era);
        clock.promises(self.next_era).saturating_add_signed(eras * era_millis as i64)
    }

    /// The last era of the running period.
    fn last_era(&self) -> u32 {
        let PeriodShape { voting_eras, earning_eras } = self.timetable.shape;
        let eras = voting_eras.saturating_add(earning_eras);
        self.first_era.saturating_add(eras).saturating_sub(1)
    }
}

/// The running era, and the last one of its period.
pub async fn eras(state: &ClientAt) -> Result<(u32, u32)> {
    let calendar: Calendar = stored(state, "DappStaking", "CurrentCalendar", vec![]).await?;
    Ok((calendar.era, calendar.last_era()))
}

/// Inflation and dApp staking.
pub async fn read(from: &Source<'_>, clock: &Clock) -> Result<Vec<Item>> {
    let report: Option<Report> = ask(from.code, "InflationApi", "report", vec![]).await?;
    let report = report.context("there is no plan of inflation")?;
    let position: Option<CalendarPosition> = ask(from.code, "DappStakingApi", "calendar", vec![]).await?;
    let CalendarPosition { era, era_millis } = position.context("dApp staking has no calendar")?;
    let calendar: Calendar = stored(from.state, "DappStaking", "CurrentCalendar", vec![]).await?;

    let ends = |of| Reading::Moment(calendar.ends(of, clock, era_millis));
    let mut items = vec![
        item("emission to the treasury", Reading::Rate(report.treasury_per_block)),
        item("emission to the collators", Reading::Rate(report.collators_per_block)),
        item("issuance of the cycle", Reading::Amount(report.maximum)),
        item("era length", Reading::Span(era_millis)),
        item("the era's end", ends(from.eras.0)),
        item("the period's end", ends(from.eras.1)),
    ];
    for (name, who) in [("charlie", dev::charlie()), ("dave", dev::dave()), ("eve", dev::eve())] {
        let position: Option<Position> =
            ask(from.code, "DappStakingApi", "account", vec![account(&who)]).await?;
        let position = position.with_context(|| format!("{name} has nothing locked for dApp staking"))?;
        if position.unlocking.is_empty() {
            let due = position.rewards.saturating_add(position.bonus);
            items.push(item(format!("unclaimed rewards of {name}"), Reading::Earned(due, era)));
        }
        for (_, era, _) in position.unlocking {
            let free = Reading::Identity(format!("era {era}"));
            items.push(item(format!("unlocking of {name}"), free));
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadence::SYNCHRONOUS;

    const CLOCK: Clock = Clock { at: 40, moment: 1_000_000, block: SYNCHRONOUS.block_millis() as u64 };

    #[test]
    fn an_era_has_the_same_end_whichever_is_running() {
        let timetable = || Timetable { shape: PeriodShape { voting_eras: 2, earning_eras: 4 } };
        let running = Calendar { era: 9, first_era: 7, timetable: timetable(), next_era: 43 };
        let next = Calendar { era: 10, first_era: 7, timetable: timetable(), next_era: 48 };
        assert_eq!(running.ends(9, &CLOCK, 60_000), 1_036_000);
        assert_eq!(next.ends(9, &CLOCK, 60_000), 1_036_000);
        assert_eq!((running.last_era(), next.last_era()), (12, 12));
        assert_eq!(running.ends(12, &CLOCK, 60_000), 1_216_000);
    }
}
