//! The page of a run: one HTML file that needs no script and no other file, so that it can be kept and sent.
//!
//! It has the figures of the [`Report`] as text and tables, and two drawings. The first shows the rate of
//! each step over time, and below it how many transactions waited. The second has a bar for each block, in
//! front of a column that shows how many transactions the weight limit would have held. The colour of a bar
//! is the reason why the block took no more. Each function here returns a piece of HTML or SVG.

use crate::report::{Block, Limit, Quantiles, Report, Second};
use std::iter::{once, repeat_n};

const STYLE: &str = include_str!("page.css");

/// Stands for what is not known.
const UNKNOWN: &str = "–";

/// Size of a drawing and its margins, in units of its view box.
const WIDTH: f64 = 1_000.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 12.0;

/// The page that shows `report`.
pub fn page(report: &Report) -> String {
    let Report { totals, blocks, .. } = report;
    let chain = escape(&report.chain);
    let workload = escape(&report.workload);
    let rate = report.rate.map_or("to saturation".to_string(), |rate| format!("{} per second", tenths(rate)));
    let (senders, connections) = (count(report.senders.into()), count(report.connections.into()));
    let moment = date(report.started_at);
    let offering = time(report.stopped_at.saturating_sub(report.started_at));
    let good = totals.lost == 0 && totals.double == 0;
    let verdict = format!("{} lost, {} double", count(totals.lost), count(totals.double));
    let reached = tenths(report.throughput.in_blocks);
    let (figures, latencies, refusals) = (figures(report), latency_table(report), refusal_table(report));
    let (rates, bars) = (rate_drawing(report), block_drawing(blocks));
    let (limits, table) = (limit_table(blocks), block_table(blocks));
    let window = window(blocks);
    format!(
        r#"<!DOCTYPE html>
<html lang="en-GB">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'">
<title>{chain}: {workload}, {reached} transactions per second</title>
<link rel="icon" href="data:,">
<style>
{STYLE}</style>
<header>
<h1>{chain}</h1>
<p class="muted">{workload}, {rate}; {senders} senders, connections: {connections}</p>
<p id="moment" class="muted">{moment} UTC, offered for {offering}</p>
<p id="verdict" data-good="{good}">{verdict}</p>
</header>
<main>
<p id="headline"><strong>{reached}</strong> transactions per second in blocks</p>
{figures}
<section>
<h2>Transactions per second</h2>
<p class="note">The transactions of a block are spread over the seconds since the block before,
at most {window} s. Bursts of offers may be higher than the scale.</p>
{rates}
</section>
<section>
<h2>Blocks</h2>
<p class="note">A bar shows how many transactions of this run a block has. The column behind it shows how many
the weight limit would have held, at the mean weight of this run’s transactions.</p>
{bars}
</section>
{limits}
<div class="tables">{latencies}{refusals}</div>
{table}
</main>
</html>
"#
    )
}

fn figures(report: &Report) -> String {
    let (totals, rates) = (&report.totals, &report.throughput);
    let per_second = |rate: f64| format!("{} /s", tenths(rate));
    let transactions = |number: u64| format!("{} transactions", count(number));
    let included = rates.included.map_or(UNKNOWN.to_string(), per_second);
    let figures = [
        ("Offered", per_second(rates.offered), transactions(totals.offered)),
        ("Accepted by the pool", per_second(rates.accepted), transactions(totals.accepted)),
        ("In blocks", per_second(rates.in_blocks), transactions(totals.in_blocks)),
        ("Included", included, transactions(totals.included)),
        ("Final", per_second(rates.finalized), transactions(totals.finalized)),
        ("Lost", count(totals.lost), "accepted, in no block at the end".to_string()),
        ("Double", count(totals.double), "in two blocks of the final chain".to_string()),
        ("Failed", count(totals.failed), "in a block, with a call that failed".to_string()),
        ("Refused", count(totals.refused), format!("pool full: {} times", count(totals.pool_full))),
        ("Resubmitted", count(totals.resubmitted), "after the pool had dropped them".to_string()),
    ]
    .map(|(name, value, note)| {
        format!(r#"<div><dt>{name}</dt><dd class="value">{value}</dd><dd class="note">{note}</dd></div>"#)
    });
    format!("<dl id=\"figures\">\n{}\n</dl>", figures.join("\n"))
}

fn latency_table(report: &Report) -> String {
    let latency = &report.latency;
    let rows = [
        ("Accepted", &latency.accepted),
        ("In a block", &latency.in_block),
        ("Included", &latency.included),
        ("Final", &latency.finalized),
    ]
    .map(|(step, quantiles)| {
        let cells = match quantiles {
            Some(Quantiles { p50, p90, p99, worst }) => [p50, p90, p99, worst].map(|millis| time(*millis)),
            None => [(); 4].map(|()| UNKNOWN.to_string()),
        };
        row(step, &cells)
    });
    section("latency", "Time from offered", &["Step", "p50", "p90", "p99", "Worst"], &rows.concat())
}

/// Empty if nothing was refused.
fn refusal_table(report: &Report) -> String {
    let refusals = &report.totals.refusals;
    if refusals.is_empty() {
        return String::new();
    }
    let rows: String =
        refusals.iter().map(|(reason, times)| row(&escape(reason), &[count(*times)])).collect();
    section("refusals", "Refused by the pool", &["Reason", "Transactions"], &rows)
}

fn block_table(blocks: &[Block]) -> String {
    let rows: String = blocks
        .iter()
        .map(|block| {
            let (normal, limit) = (&block.normal, &block.limit);
            let cells = [
                block.interval.map_or(UNKNOWN.to_string(), time),
                count(block.transactions.into()),
                percent(normal.ref_time, limit.ref_time),
                percent(normal.proof_size, limit.proof_size),
                block.held_by.label().to_string(),
            ];
            row(&number(block), &cells)
        })
        .collect();
    let head = ["Number", "Interval", "Transactions", "Normal weight", "Proof size", "Held by"];
    section("blocks", "Blocks: what they hold, of what the normal class may use", &head, &rows)
}

fn section(id: &str, title: &str, head: &[&str], rows: &str) -> String {
    let head: String = head.iter().map(|name| format!(r#"<th scope="col">{name}</th>"#)).collect();
    format!(
        r#"<section><h2>{title}</h2><div class="scroll"><table id="{id}" aria-label="{title}">
<thead><tr>{head}</tr></thead><tbody>
{rows}</tbody></table></div></section>"#
    )
}

fn row(head: &str, cells: &[String]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
    format!("<tr><th scope=\"row\">{head}</th>{cells}</tr>\n")
}

const LIMITS: [Limit; 8] = {
    use Limit::*;
    [Weight, ProofSize, Length, Deadline, PovSize, PoolEmpty, PoolSlow, Unknown]
};

/// The name of a limit in the style, and whether stripes tell it from one of a like colour.
fn look(limit: &Limit) -> (&'static str, bool) {
    match limit {
        Limit::Weight => ("weight", false),
        Limit::ProofSize => ("proof_size", true),
        Limit::Length => ("length", false),
        Limit::Deadline => ("deadline", false),
        Limit::PovSize => ("pov_size", true),
        Limit::PoolEmpty => ("pool_empty", false),
        Limit::PoolSlow => ("pool_slow", true),
        Limit::Unknown => ("unknown", true),
    }
}

fn meaning(limit: &Limit) -> &'static str {
    match limit {
        Limit::Weight => "Less execution time was left than two transactions of this run take.",
        Limit::ProofSize => "Less proof size was left than two transactions of this run declare.",
        Limit::Length => "The extrinsics have as many bytes as the block may have.",
        Limit::Deadline => "The collator ran out of the time that it has for building a block.",
        Limit::PovSize => "The proof reached the size at which the collator stops: 85 % of the largest PoV.",
        Limit::PoolEmpty => "No transaction waited when the block was built: more load would have fitted.",
        Limit::PoolSlow => {
            "Transactions had been accepted over a second before, but the pool had none ready."
        }
        Limit::Unknown => "Nothing shows why the block took no more.",
    }
}

/// The legend of the drawing of blocks.
fn limit_table(blocks: &[Block]) -> String {
    let rows = LIMITS.map(|limit| {
        let held = blocks.iter().filter(|block| block.held_by == limit).count();
        let name = limit.label();
        let sample = coloured(&limit, "sample", r#"width="26" height="12""#);
        let head = format!(r#"<svg class="swatch">{sample}</svg> {name}"#);
        row(&head, &[count(held as u64), meaning(&limit).to_string()])
    });
    section("limits", "What held the blocks", &["Held by", "Blocks", "What it means"], &rows.concat())
}

/// A rectangle in the colour of a limit.
fn coloured(limit: &Limit, class: &str, place: &str) -> String {
    let (key, striped) = look(limit);
    let stripes = if striped { format!(r#"<rect class="stripes" {place} />"#) } else { String::new() };
    format!(r#"<rect class="{class}" data-held="{key}" {place} />{stripes}"#)
}

/// Where the values of a drawing are: zero at the bottom, `most` at the top.
struct Plot {
    top: f64,
    height: f64,
    most: f64,
}

impl Plot {
    fn new(top: f64, height: f64, values: impl Iterator<Item = f64>) -> Self {
        Self { top, height, most: values.fold(1.0, f64::max) }
    }

    fn y(&self, value: f64) -> f64 {
        self.top + self.height * (1.0 - value / self.most)
    }

    /// Lines at round values, in a drawing of this width.
    fn grid(&self, width: f64) -> String {
        let (step, right) = (round_step(self.most / 4.0), width - RIGHT);
        (0..=(self.most / step) as u32)
            .map(|i| {
                let value = f64::from(i) * step;
                let (y, x, below) = (self.y(value), LEFT - 6.0, self.y(value) + 4.0);
                let value = count(value as u64);
                format!(
                    r#"<line class="grid" x1="{LEFT}" x2="{right}" y1="{y:.1}" y2="{y:.1}" />
<text class="right" x="{x}" y="{below:.1}">{value}</text>
"#
                )
            })
            .collect()
    }

    /// A path along `values`, from zero at the left. Each is as wide as `step`. High ones are cut off.
    fn path(&self, values: &[f64], step: f64) -> String {
        let mut x = LEFT;
        let start = format!("M{LEFT} {:.1}", self.y(0.0));
        let steps = values.iter().map(|value| {
            x = (x + step).min(WIDTH - RIGHT);
            format!("V{:.1}H{x:.1}", self.y(value.min(self.most)))
        });
        once(start).chain(steps).collect()
    }
}

/// The lines of the drawing of rates: the name of each in the style and in text, and what it counts.
const LINES: [(&str, &str, fn(&Second) -> u32); 5] = [
    ("offered", "offered", |second| second.offered),
    ("accepted", "accepted", |second| second.accepted),
    ("in-blocks", "in blocks", |second| second.in_blocks),
    ("included", "included", |second| second.included),
    ("final", "final", |second| second.finalized),
];

/// The most values that a line has. A longer run is averaged over several seconds.
const MOST_VALUES: usize = 150;

fn rate_drawing(report: &Report) -> String {
    let Report { seconds, blocks, .. } = report;
    let length = seconds.len().max(1) as f64;
    let scale = (WIDTH - LEFT - RIGHT) / length;
    let group = seconds.len().div_ceil(MOST_VALUES).max(1);
    let means = |values: Vec<f64>| -> Vec<f64> {
        values.chunks(group).map(|values| values.iter().sum::<f64>() / values.len() as f64).collect()
    };
    let (window, step) = (window(blocks), scale * group as f64);
    let lines: Vec<_> = LINES
        .into_iter()
        .filter(|(class, ..)| *class != "included" || report.throughput.included.is_some())
        .map(|(class, name, value)| (class, name, means(spread(seconds.iter().map(value), window))))
        .collect();
    let waiting = means(seconds.iter().map(|second| f64::from(second.waiting)).collect());
    // The offers that fill the pool at the start of a run would make everything else low.
    let in_blocks = lines.iter().skip(2).flat_map(|(.., rates)| rates.iter().copied());
    let high = in_blocks.chain([report.throughput.offered]).map(|rate| 1.3 * rate);
    let upper = Plot::new(22.0, 200.0, high);
    let lower = Plot::new(262.0, 70.0, waiting.iter().copied());
    let (grids, bottom) = (upper.grid(WIDTH) + &lower.grid(WIDTH), lower.y(0.0));
    let area = lower.path(&waiting, step);
    let (mut paths, mut legend) = (String::new(), String::new());
    for (class, name, rates) in &lines {
        paths += &format!(r#"<path class="line {class}" d="{}" />"#, upper.path(rates, step));
        let sample = format!(r#"<line class="line {class}" x2="26" y1="6" y2="6" />"#);
        legend += &format!(r#"<li><svg class="swatch">{sample}</svg>{name}</li>"#);
    }
    let tick = round_step(length / 10.0) as usize;
    let ticks: String = (0..=seconds.len())
        .step_by(tick)
        .map(|second| {
            let x = LEFT + scale * second as f64;
            format!(r#"<text class="middle" x="{x:.1}" y="348">{} s</text>"#, count(second as u64))
        })
        .collect();
    let offering = report.stopped_at.saturating_sub(report.started_at) as f64 / 1_000.0;
    let stop = LEFT + scale * offering.min(length);
    // On the side where the title of the drawing is not.
    let (side, dx) = if stop < WIDTH / 2.0 { ("left", 5) } else { ("right", -5) };
    format!(
        r#"<div class="scroll"><svg class="drawing" viewBox="0 0 {WIDTH} 354"
style="min-width: 700px" role="img"
aria-label="Transactions per second of each step, and how many waited to be in a block, over time">
{grids}<path class="waiting" d="{area}V{bottom:.1}Z" />
{paths}
<line class="stop" x1="{stop:.1}" x2="{stop:.1}" y1="8" y2="332" />
<text class="{side} title" x="{stop:.1}" y="14" dx="{dx}">last offer</text>
<text class="title" x="{LEFT}" y="14">transactions per second, averaged over {group} s</text>
<text class="title" x="{LEFT}" y="254">transactions that wait to be in a block</text>
{ticks}
</svg></div>
<ul class="legend">{legend}</ul>"#
    )
}

/// The length of a slot of the relay chain, in seconds.
const RELAY_SLOT: u64 = 6;

/// The seconds over which a block's transactions are spread at most: a second more than the usual interval of
/// the blocks, but at least as long as the relay chain takes, whose blocks bring inclusion and finality.
fn window(blocks: &[Block]) -> usize {
    let mut intervals: Vec<_> = blocks.iter().filter_map(|block| block.interval).collect();
    intervals.sort_unstable();
    let usual = intervals.get(intervals.len() / 2).copied().unwrap_or_default();
    usual.div_ceil(1_000).max(RELAY_SLOT) as usize + 1
}

/// Rates from counts. A block brings many transactions at once, after seconds without any. So a count is
/// shared with the empty seconds before it, among `window` seconds at most.
fn spread(counts: impl Iterator<Item = u32>, window: usize) -> Vec<f64> {
    let mut rates: Vec<f64> = Vec::new();
    let mut empty = 0;
    for count in counts {
        rates.push(0.0);
        empty += 1;
        if count > 0 {
            let shared = window.min(empty);
            rates.truncate(rates.len() - shared);
            rates.extend(repeat_n(f64::from(count) / shared as f64, shared));
            empty = 0;
        }
    }
    rates
}

fn block_drawing(blocks: &[Block]) -> String {
    // Many blocks make the drawing wider, and it scrolls.
    let width = (LEFT + RIGHT + 5.0 * blocks.len() as f64).max(WIDTH);
    let slot = (width - LEFT - RIGHT) / blocks.len().max(1) as f64;
    let bar = (0.8 * slot).min(48.0);
    let every = (64.0 / slot).ceil() as usize;
    let mean = mean_weight(blocks);
    let values = blocks.iter().map(|block| room(block, mean).max(block.transactions.into()));
    let plot = Plot::new(16.0, 220.0, values);
    let (grid, bottom) = (plot.grid(width), plot.y(0.0));
    let mut columns = String::new();
    for (i, block) in blocks.iter().enumerate() {
        let middle = LEFT + slot * (i as f64 + 0.5);
        let place = |value: f64| {
            let (x, y) = (middle - bar / 2.0, plot.y(value));
            let height = bottom - y;
            format!(r#"x="{x:.1}" y="{y:.1}" width="{bar:.1}" height="{height:.1}""#)
        };
        let room = room(block, mean);
        columns += &format!(r#"<g class="column"><rect class="room" {} />"#, place(room));
        columns += &coloured(&block.held_by, "bar", &place(block.transactions.into()));
        if i.is_multiple_of(every) {
            columns += &format!(r#"<text class="middle" x="{middle:.1}" y="253">{}</text>"#, number(block));
        }
        let name = block.held_by.label();
        let (number, transactions) = (number(block), count(block.transactions.into()));
        let room = count(room.round() as u64);
        columns += &format!("<title>{number}: {transactions} of some {room}, held by: {name}</title></g>\n");
    }
    let least_width = 0.7 * width;
    format!(
        r#"<div class="scroll"><svg class="drawing" viewBox="0 0 {width} 260"
style="min-width: {least_width:.0}px" role="img"
aria-label="Transactions of each block, and what held it. The table of blocks holds the same as text.">
<defs><pattern id="stripes" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<rect class="stripe" width="2" height="5" /></pattern></defs>
{grid}{columns}</svg></div>"#
    )
}

/// The mean weight of a transaction of this run: execution and proof. The weight of a block includes the
/// transactions of others, so the mean is too high where there are many.
fn mean_weight(blocks: &[Block]) -> (f64, f64) {
    let sum = |part: fn(&Block) -> u64| {
        blocks.iter().filter(|block| block.transactions > 0).map(|block| part(block) as f64).sum::<f64>()
    };
    let transactions = sum(|block| block.transactions.into()).max(1.0);
    (sum(|block| block.normal.ref_time) / transactions, sum(|block| block.normal.proof_size) / transactions)
}

/// How many transactions of this weight the block's limit holds; zero if nothing weighs anything.
fn room(block: &Block, (execution, proof): (f64, f64)) -> f64 {
    let holds = |limit: u64, weight: f64| if weight > 0.0 { limit as f64 / weight } else { f64::INFINITY };
    let room = holds(block.limit.ref_time, execution).min(holds(block.limit.proof_size, proof));
    Some(room).filter(|room| room.is_finite()).unwrap_or_default()
}

/// The lowest number from `least` on that is 1, 2 or 5 times a power of ten.
fn round_step(least: f64) -> f64 {
    let least = least.max(1.0);
    let power = 10_f64.powi(least.log10().floor() as i32);
    [power, 2.0 * power, 5.0 * power].into_iter().find(|step| *step >= least).unwrap_or(10.0 * power)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn number(block: &Block) -> String {
    format!("#{}", count(block.number))
}

/// With a comma after thousands.
fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn tenths(value: f64) -> String {
    let tenths = (value * 10.0).round() as u64;
    format!("{}.{}", count(tenths / 10), tenths % 10)
}

fn percent(part: u64, whole: u64) -> String {
    match whole {
        0 => UNKNOWN.to_string(),
        _ => format!("{} %", tenths(100.0 * part as f64 / whole as f64)),
    }
}

fn time(millis: u64) -> String {
    match millis {
        ..1_000 => format!("{millis} ms"),
        _ => format!("{} s", tenths(millis as f64 / 1_000.0)),
    }
}

/// Date and time of day in UTC, as in 2024-02-29 12:34:56.
fn date(millis: u64) -> String {
    let (days, seconds) = (millis / 86_400_000 + 719_468, millis / 1_000 % 86_400);
    // Days are counted from the first of March of year zero, so that a leap day is the last day of its year.
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = 400 * era + year + u64::from(month <= 2);
    let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Latencies, Throughput, Totals, FORMAT};

    #[rustfmt::skip]
    fn empty() -> Report {
        let totals = Totals {
            offered: 0, accepted: 0, refused: 0, in_blocks: 0, included: 0, finalized: 0, failed: 0, lost: 0,
            double: 0, resubmitted: 0, pool_full: 0, refusals: Default::default(),
        };
        Report {
            format: FORMAT, chain: "Local".into(), workload: "transfer".into(), rate: None, senders: 0,
            connections: 0, started_at: 0, stopped_at: 0, ended_at: 0, totals,
            throughput: Throughput {
                offered: 0.0, accepted: 0.0, in_blocks: 0.0, included: None, finalized: 0.0,
            },
            latency: Latencies { accepted: None, in_block: None, included: None, finalized: None },
            seconds: vec![], blocks: vec![],
        }
    }

    #[rustfmt::skip]
    fn block(number: u64, held_by: Limit) -> Block {
        let mut block = Block {
            number, hash: Default::default(), author: None, authored_at: None, seen_at: 0, interval: None,
            transactions: 100, extrinsics: 102, length: 0, normal: Default::default(),
            mandatory: Default::default(), limit: Default::default(), held_by, included_at: None,
            final_at: None,
        };
        (block.normal.ref_time, block.limit.ref_time) = (50, 200);
        block
    }

    #[test]
    fn an_empty_report_has_a_page() {
        let page = page(&empty());
        assert!(!page.contains("NaN") && !page.contains("inf"), "{page}");
        assert!(page.contains(r#"data-good="true""#));
    }

    #[test]
    fn text_is_escaped() {
        let mut report = empty();
        report.chain = "<b>\"&".into();
        report.totals.refusals.insert("<script>".into(), 1);
        let page = page(&report);
        assert!(page.contains("<h1>&lt;b&gt;&quot;&amp;</h1>"));
        assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
    }

    #[test]
    fn each_block_has_a_bar() {
        let blocks = [block(7, Limit::Deadline), block(8, Limit::PovSize)];
        let drawing = block_drawing(&blocks);
        assert_eq!(drawing.matches(r#"class="bar""#).count(), 2);
        assert!(drawing.contains("#7: 100 of some 400, held by: deadline"));
    }

    #[test]
    fn a_block_counts_for_the_seconds_before_it() {
        assert_eq!(spread([0, 6, 0, 0, 0, 8, 0].into_iter(), 2), [3.0, 3.0, 0.0, 0.0, 4.0, 4.0, 0.0]);
    }

    #[test]
    fn values_as_text() {
        assert_eq!([count(999), count(1_234_567)], ["999", "1,234,567"]);
        assert_eq!([time(12), time(1_250), percent(1, 3)], ["12 ms", "1.3 s", "33.3 %"]);
        assert_eq!(date(1_709_209_496_000), "2024-02-29 12:24:56");
    }
}
