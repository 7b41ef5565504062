//! Before and after: compares what each item meant before the switch with what it means after it.
//!
//! A deadline is a block number, but what counts is the moment that it stands for. Both cadences count moments
//! from the same block, the last of the old cadence ([`Clock`]).

use serde::Serialize;
use tandem_rpc::ClientAt;

/// The value of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reading {
    /// A block, ahead or behind.
    Deadline(u32),
    /// As [`Reading::Deadline`], where it comes again and again, so many blocks apart. The next time
    /// may be a later one than before.
    Recurring(u32, u32),
    /// A length in blocks.
    Duration(u32),
    /// An amount per block.
    Rate(u128),
    /// A moment, in milliseconds since the Unix epoch.
    Moment(u64),
    /// A length, in milliseconds.
    Span(u64),
    /// An amount that is the same to the last unit.
    Amount(u128),
    /// An amount that is locked still, of which so much is freed per block.
    Locked(u128, u128),
    /// An amount that was earned up to an era, and that grows with every era that ends.
    Earned(u128, u32),
    /// A text that must not change.
    Identity(String),
    /// What the switch is meant to change: its value, and the value that it must have afterwards.
    Meant(String, String),
}

/// The name of an item, and its value.
pub type Item = (String, Reading);

/// An item.
pub fn item(name: impl Into<String>, reading: Reading) -> Item {
    (name.into(), reading)
}

/// Where items are read: storage at one block, constants and runtime APIs at another.
pub struct Source<'a> {
    pub state: &'a ClientAt,
    pub code: &'a ClientAt,
    /// The era, and the last one of its period, whose ends are to be read.
    pub eras: (u32, u32),
}

/// How a cadence counts blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The block from which both cadences count.
    pub at: u32,
    /// When that was built, in milliseconds since the Unix epoch.
    pub moment: u64,
    /// Milliseconds from one block to the next.
    pub block: u64,
}

const DAY: u64 = 86_400_000;

impl Clock {
    /// From [`Clock::moment`] to the moment of `block`, in milliseconds; negative behind it.
    pub fn after(&self, block: u32) -> i64 {
        (i64::from(block) - i64::from(self.at)) * self.block as i64
    }

    /// The moment of `block`, in milliseconds since the Unix epoch.
    pub fn promises(&self, block: u32) -> u64 {
        self.moment.saturating_add_signed(self.after(block))
    }

    /// How a reading is printed.
    fn show(&self, reading: &Reading) -> String {
        match reading {
            Reading::Deadline(block) | Reading::Recurring(block, _) => {
                format!("#{block} {}", signed(self.after(*block)))
            }
            Reading::Duration(blocks) => format!("{blocks} = {}", span(u64::from(*blocks) * self.block)),
            Reading::Rate(amount) => format!("{} a day", tokens(self.per_day(*amount), 3)),
            Reading::Moment(moment) => signed(*moment as i64 - self.moment as i64),
            Reading::Span(millis) => span(*millis),
            Reading::Amount(amount) | Reading::Locked(amount, _) | Reading::Earned(amount, _) => {
                tokens(*amount, 6)
            }
            Reading::Identity(text) | Reading::Meant(text, _) => text.clone(),
        }
    }

    fn per_day(&self, amount: u128) -> u128 {
        amount.saturating_mul(u128::from(DAY)) / u128::from(self.block.max(1))
    }
}

/// Whether an item means the same before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    pub kept: bool,
    pub text: String,
}

fn kept(text: impl Into<String>) -> Verdict {
    Verdict { kept: true, text: text.into() }
}

fn moved(text: impl Into<String>) -> Verdict {
    Verdict { kept: false, text: text.into() }
}

/// Judges an item by its values `before` and `after`, each with its clock.
pub fn judge(before: &Reading, old: &Clock, after: &Reading, new: &Clock) -> Verdict {
    use Reading::*;
    match (before, after) {
        (Deadline(b), Deadline(a)) => moment(old.after(*b), new.after(*a), new),
        (Recurring(b, period), Recurring(a, _)) => {
            let (mut b, a, period) = (old.after(*b), new.after(*a), i64::from(*period) * old.block as i64);
            while period > 0 && a - b >= period {
                b += period;
            }
            moment(b, a, new)
        }
        (Moment(b), Moment(a)) => moment(*b as i64 - old.moment as i64, *a as i64 - new.moment as i64, new),
        (Duration(b), Duration(a)) => {
            longer(u64::from(*b) * old.block, u64::from(*a) * new.block, new.block, "same time")
        }
        (Span(b), Span(a)) => longer(*b, *a, 0, "same time"),
        (Rate(b), Rate(a)) => {
            // Crosswise, so that nothing is rounded: a day has 1 / block as many blocks.
            let (b, a) = (b.saturating_mul(new.block.into()), a.saturating_mul(old.block.into()));
            // Per thousand million.
            if b.abs_diff(a) <= b.max(a) / 1_000_000_000 {
                kept("same a day")
            } else {
                moved("MOVED")
            }
        }
        (Amount(b), Amount(a)) if a == b => kept("equal"),
        // No less than before, and at most what a block frees more.
        (Locked(b, _), Locked(a, per_block)) if a >= b && a - b <= *per_block => kept("equal"),
        (Earned(b, before), Earned(a, after)) if before == after && a == b => kept("equal"),
        // The block of the switch may be the one that ends an era.
        (Earned(b, before), Earned(a, after)) if before < after && a >= b => {
            kept(format!("earned +{}", tokens(a - b, 1)))
        }
        (Amount(b), Amount(a)) | (Locked(b, _), Locked(a, _)) | (Earned(b, _), Earned(a, _)) => {
            let sign = if a < b { '-' } else { '+' };
            moved(format!("MOVED {sign}{}", tokens(b.abs_diff(*a), 6)))
        }
        (Identity(b), Identity(a)) if a == b => kept("unmoved"),
        (Meant(_, expected), Meant(a, _)) if a == expected => kept("as meant"),
        (Meant(_, expected), Meant(..)) => moved(format!("NOT {expected}")),
        _ => moved("MOVED"),
    }
}

/// Judges a moment, `before` and `after`, each from the clocks' block on: one ahead comes no earlier,
/// and one behind is no shorter ago, each by at most a new block.
fn moment(before: i64, after: i64, new: &Clock) -> Verdict {
    let (away, ahead) = (after - before, before >= 0);
    let within = if ahead { away } else { -away };
    match within {
        0 => kept("same moment"),
        1.. if within <= new.block as i64 => kept(format!("same, {}", signed(away))),
        // There is no block before the first.
        _ if !ahead && new.after(0) > before && after == new.after(0) => kept("block zero"),
        _ => moved(format!("MOVED {}", signed(away))),
    }
}

/// Judges a length of time, which may not become shorter, and by at most `more` longer.
fn longer(before: u64, after: u64, more: u64, same: &str) -> Verdict {
    match after.checked_sub(before) {
        Some(0) => kept(same),
        Some(difference) if difference <= more => kept(format!("same, +{}", span(difference))),
        Some(difference) => moved(format!("MOVED +{}", span(difference))),
        None => moved(format!("MOVED -{}", span(before - after))),
    }
}

/// An item before and after the switch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Comparison {
    pub item: String,
    pub before: String,
    pub after: String,
    pub verdict: Verdict,
}

/// Compares all items that there were `before`.
pub fn compare(before: &[Item], old: &Clock, after: &[Item], new: &Clock) -> Vec<Comparison> {
    let compare = |(item, before): &Item| {
        let found = after.iter().find(|(other, _)| other == item).map(|(_, reading)| reading);
        Comparison {
            item: item.clone(),
            before: old.show(before),
            after: found.map_or("-".into(), |after| new.show(after)),
            verdict: found.map_or(moved("GONE"), |after| judge(before, old, after, new)),
        }
    };
    before.iter().map(compare).collect()
}

/// The table's columns, of 100 characters in all.
fn line([item, before, after, verdict]: [&str; 4]) -> String {
    format!("{item:<32} {before:>22}  {after:>22}  {verdict:<19}").trim_end().into()
}

/// The table as text, a line for each comparison, below the heads of its columns.
pub fn lines(comparisons: &[Comparison]) -> Vec<String> {
    let mut lines = vec![line(["item", "before", "after", "verdict"])];
    lines.extend(comparisons.iter().map(|one| line([&one.item, &one.before, &one.after, &one.verdict.text])));
    lines
}

/// A length of time, in the largest unit that is at most a tenth of it.
pub fn span(millis: u64) -> String {
    let of = |unit: u64| millis as f64 / unit as f64;
    match millis {
        ..600_000 => format!("{:.1} s", of(1_000)),
        ..36_000_000 => format!("{:.2} min", of(60_000)),
        ..864_000_000 => format!("{:.3} h", of(3_600_000)),
        _ => format!("{:.4} d", of(DAY)),
    }
}

/// As [`span`], with its sign.
pub fn signed(millis: i64) -> String {
    format!("{}{}", if millis < 0 { '-' } else { '+' }, span(millis.unsigned_abs()))
}

/// An amount in tokens, with so many decimals; what is smaller is cut off.
pub fn tokens(amount: u128, decimals: u32) -> String {
    let part = 10u128.pow(18 - decimals.min(18));
    let unit = 10u128.pow(decimals.min(18));
    let amount = amount / part;
    format!("{}.{:0width$}", amount / unit, amount % unit, width = decimals as usize)
}

#[cfg(test)]
mod tests {
    use super::{Reading::*, *};
    use cadence::{ASYNCHRONOUS, SYNCHRONOUS};

    const OLD: Clock = Clock { at: 40, moment: 1_000_000_000, block: SYNCHRONOUS.block_millis() as u64 };
    const NEW: Clock = Clock { block: ASYNCHRONOUS.block_millis() as u64, ..OLD };

    fn verdict(before: Reading, after: Reading) -> (bool, String) {
        let verdict = judge(&before, &OLD, &after, &NEW);
        (verdict.kept, verdict.text)
    }

    fn is(kept: bool, text: &str) -> (bool, String) {
        (kept, text.into())
    }

    #[test]
    fn a_deadline_ahead_comes_no_earlier_and_at_most_a_block_later() {
        assert_eq!(verdict(Deadline(50), Deadline(60)), is(true, "same moment"));
        assert_eq!(verdict(Deadline(50), Deadline(61)), is(true, "same, +6.0 s"));
        assert_eq!(verdict(Deadline(50), Deadline(62)), is(false, "MOVED +12.0 s"));
        assert_eq!(verdict(Deadline(50), Deadline(59)), is(false, "MOVED -6.0 s"));
        assert_eq!(verdict(Deadline(50), Deadline(50)), is(false, "MOVED -60.0 s"));
    }

    #[test]
    fn a_start_is_no_shorter_ago_and_at_the_earliest_in_block_zero() {
        assert_eq!(verdict(Deadline(30), Deadline(20)), is(true, "same moment"));
        assert_eq!(verdict(Deadline(30), Deadline(19)), is(true, "same, -6.0 s"));
        assert_eq!(verdict(Deadline(30), Deadline(21)), is(false, "MOVED +6.0 s"));
        assert_eq!(verdict(Deadline(20), Deadline(0)), is(true, "same moment"));
        assert_eq!(verdict(Deadline(10), Deadline(0)), is(true, "block zero"));
        assert_eq!(verdict(Deadline(10), Deadline(1)), is(false, "MOVED +126.0 s"));
    }

    #[test]
    fn what_recurs_may_have_had_its_turn() {
        let before = Recurring(45, 25);
        assert_eq!(verdict(before.clone(), Recurring(50, 50)), is(true, "same moment"));
        assert_eq!(verdict(before.clone(), Recurring(100, 50)), is(true, "same moment"));
        assert!(!verdict(before, Recurring(70, 50)).0);
    }

    #[test]
    fn lengths_and_rates_mean_the_same_time() {
        assert_eq!(verdict(Duration(20), Duration(40)), is(true, "same time"));
        assert_eq!(verdict(Duration(20), Duration(41)), is(true, "same, +6.0 s"));
        assert_eq!(verdict(Duration(20), Duration(39)), is(false, "MOVED -6.0 s"));
        assert_eq!(verdict(Duration(20), Duration(20)), is(false, "MOVED -120.0 s"));
        assert_eq!(verdict(Rate(2_000_000_000_001), Rate(1_000_000_000_000)), is(true, "same a day"));
        assert_eq!(verdict(Rate(2_000_000_000_000), Rate(1_001_000_000_000)), is(false, "MOVED"));
        assert!(!verdict(Rate(2_000), Rate(2_000)).0);
        assert_eq!(verdict(Span(60_000), Span(60_000)), is(true, "same time"));
        assert!(!verdict(Span(60_000), Span(30_000)).0);
        assert_eq!(verdict(Moment(5_000), Moment(5_000)), is(true, "same moment"));
    }

    #[test]
    fn amounts_and_identities_are_equal() {
        assert_eq!(verdict(Amount(7), Amount(7)), is(true, "equal"));
        assert_eq!(verdict(Amount(7), Amount(8)), is(false, "MOVED +0.000000"));
        assert_eq!(verdict(Locked(7, 4), Locked(9, 2)), is(true, "equal"));
        assert!(!verdict(Locked(7, 4), Locked(10, 2)).0);
        assert!(!verdict(Locked(7, 4), Locked(6, 2)).0);
        assert_eq!(verdict(Earned(7, 2), Earned(7, 2)), is(true, "equal"));
        assert!(!verdict(Earned(7, 2), Earned(8, 2)).0);
        assert_eq!(verdict(Earned(7, 2), Earned(8, 3)), is(true, "earned +0.0"));
        assert!(!verdict(Earned(7, 2), Earned(6, 3)).0);
        let identity = |text: &str| Identity(text.into());
        assert_eq!(verdict(identity("#9, call 2"), identity("#9, call 2")), is(true, "unmoved"));
        assert_eq!(verdict(identity("#9, call 2"), identity("#5, call 2")), is(false, "MOVED"));
        let meant = |text: &str| Meant(text.into(), "6.0 s".into());
        assert_eq!(verdict(meant("12.0 s"), meant("6.0 s")), is(true, "as meant"));
        assert_eq!(verdict(meant("12.0 s"), meant("12.0 s")), is(false, "NOT 6.0 s"));
    }

    #[test]
    fn what_is_gone_has_moved() {
        let before = [("spend".to_string(), Deadline(50)), ("lock".to_string(), Deadline(60))];
        let after = [("lock".to_string(), Deadline(80))];
        let rows = compare(&before, &OLD, &after, &NEW);
        assert_eq!((rows[0].after.as_str(), rows[0].verdict.text.as_str()), ("-", "GONE"));
        assert!(!rows[0].verdict.kept && rows[1].verdict.kept);
        assert_eq!((rows[1].before.as_str(), rows[1].after.as_str()), ("#60 +240.0 s", "#80 +240.0 s"));
    }

    #[test]
    fn rows_fit_a_hundred_columns() {
        let widest = [
            Deadline(50_440),
            Deadline(0),
            Duration(50_400),
            Rate(26_636_225_266_362_252_663_622),
            Amount(490_000_000 * 10u128.pow(18)),
            Moment(1_000_000_000 + 10 * DAY),
        ];
        for reading in widest {
            assert!(OLD.show(&reading).len() <= 22, "{}", OLD.show(&reading));
        }
        let longest = moved(format!("MOVED {}", signed(-7 * DAY as i64)));
        let line = line(["vesting 4: still locked", "22", "22", &longest.text]);
        assert!(line.chars().count() <= 100, "{line}");
    }

    #[test]
    fn times_and_tokens_are_written_out() {
        assert_eq!(span(NEW.block), "6.0 s");
        assert_eq!(span(604_800_000), "168.000 h");
        assert_eq!(span(30 * DAY), "30.0000 d");
        assert_eq!(signed(-90_000), "-90.0 s");
        assert_eq!(tokens(1_500_000_000_000_000_000, 3), "1.500");
    }
}
