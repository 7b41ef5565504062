//! The live view of a terminal: figures, the newest parablocks, and what was missed.

use crate::{
    parachain::BlockState,
    plain::{author, block, clock, lost, miss, seconds, used},
    snapshot::{Pace, ParachainView, Snapshot, TrackedTransaction},
};
use anyhow::{Context, Result};
use ratatui::{
    backend::TermionBackend,
    layout::{Constraint, Layout},
    style::{Color, Modifier, Style, Stylize},
    termion::{
        event::Key,
        input::TermRead,
        raw::{IntoRawMode, RawTerminal},
        screen::{AlternateScreen, IntoAlternateScreen},
    },
    text::{Line, Span},
    widgets::{Cell, Paragraph, Row, Table},
    Frame, Terminal,
};
use std::{
    io::{stdin, stdout, Stdout},
    net::SocketAddr,
};
use tokio::sync::mpsc::{self, UnboundedReceiver};

type Screen = Terminal<TermionBackend<AlternateScreen<RawTerminal<Stdout>>>>;

/// The terminal as long as it shows the view; it is as before when this is dropped.
pub struct View {
    screen: Screen,
    keys: UnboundedReceiver<Key>,
    looks: Looks,
}

/// What is shown of the snapshot.
#[derive(Default)]
struct Looks {
    /// Which of the parachains.
    para: usize,
    /// How many rows above the newest one.
    back: usize,
    /// Whether what is shown is to stay, and what that is.
    holds: bool,
    held: Option<Box<Snapshot>>,
    /// Where the page is served, if it is.
    page: Option<SocketAddr>,
}

impl View {
    /// Takes the terminal. The address of the `page` is shown, if there is one.
    ///
    /// # Errors
    /// If standard output is no terminal, or cannot be set up.
    pub fn open(page: Option<SocketAddr>) -> Result<Self> {
        let raw = stdout().into_raw_mode().context("setting up the terminal")?;
        let screen = Terminal::new(TermionBackend::new(raw.into_alternate_screen()?))?;
        let (sender, keys) = mpsc::unbounded_channel();
        // Reading keys blocks. The thread ends with the process.
        std::thread::spawn(move || {
            for key in stdin().keys().map_while(Result::ok) {
                if sender.send(key).is_err() {
                    return;
                }
            }
        });
        Ok(Self { screen, keys, looks: Looks { page, ..Looks::default() } })
    }

    /// Waits for the next key. Returns whether it leaves the view.
    pub async fn key(&mut self) -> bool {
        let Some(key) = self.keys.recv().await else { return std::future::pending().await };
        let looks = &mut self.looks;
        match key {
            Key::Char('q') | Key::Ctrl('c') | Key::Esc => return true,
            Key::Char('\t') => looks.para += 1,
            Key::Char(' ') => looks.holds = !looks.holds,
            Key::Up => looks.back += 1,
            Key::PageUp => looks.back += 10,
            Key::Down => looks.back = looks.back.saturating_sub(1),
            Key::PageDown => looks.back = looks.back.saturating_sub(10),
            Key::End => looks.back = 0,
            _ => (),
        }
        false
    }

    /// Shows `snapshot`, or the one that is held.
    ///
    /// # Errors
    /// If the terminal cannot be written.
    pub fn draw(&mut self, snapshot: &Snapshot) -> Result<()> {
        let looks = &mut self.looks;
        if !looks.holds {
            looks.held = None;
        } else if looks.held.is_none() {
            looks.held = Some(Box::new(snapshot.clone()));
        }
        let looks = &self.looks;
        let snapshot = looks.held.as_deref().unwrap_or(snapshot);
        self.screen.draw(|frame| draw(frame, snapshot, looks))?;
        Ok(())
    }
}

fn draw(frame: &mut Frame, snapshot: &Snapshot, looks: &Looks) {
    let Some(view) = snapshot.paras.get(looks.para % snapshot.paras.len().max(1)) else {
        let page = looks.page.map_or(String::new(), |page| format!(", page http://{page}"));
        frame.render_widget(format!("waiting for the chains{page}"), frame.area());
        return;
    };
    let losses = losses(view);
    let tall = (losses.len() as u16).min(frame.area().height / 4) + 1;
    let path = u16::from(snapshot.transaction.is_some());
    let [head, table, below, transaction, keys] = Layout::vertical([
        Constraint::Length(4),
        Constraint::Min(3),
        Constraint::Length(tall),
        Constraint::Length(path),
        Constraint::Length(1),
    ])
    .areas(frame.area());
    frame.render_widget(Paragraph::new(figures(snapshot, view, looks)), head);
    frame.render_widget(blocks(view, looks, table.height), table);
    let begin = losses.len().saturating_sub(usize::from(tall) - 1);
    let title = Line::from("missed and lost, times in UTC").bold();
    let lines = std::iter::once(title).chain(losses.into_iter().skip(begin));
    frame.render_widget(Paragraph::new(lines.collect::<Vec<_>>()), below);
    if let Some(found) = &snapshot.transaction {
        frame.render_widget(Line::from(self::transaction(found)), transaction);
    }
    let several = if snapshot.paras.len() > 1 { "tab next parachain  " } else { "" };
    let page = looks.page.map_or(String::new(), |page| format!("  page http://{page}"));
    frame.render_widget(Line::from(format!("{several}space hold  ↑↓ scroll  q quit{page}")).dim(), keys);
}

fn figures(snapshot: &Snapshot, view: &ParachainView, looks: &Looks) -> Vec<Line<'static>> {
    let info = &view.info;
    let down: Vec<_> =
        snapshot.links.iter().filter(|link| link.error.is_some()).map(|link| link.node.as_str()).collect();
    let state = match (looks.holds, down.is_empty()) {
        (true, _) => "held".yellow(),
        (_, true) => "live".green(),
        _ => format!("no answer from {}", down.join(", ")).red(),
    };
    let capacity = view.cadences.last().and_then(|cadence| cadence.capacity);
    let of = |number: Option<u64>| number.map_or(String::new(), |number| format!(" of {number}"));
    let pace = match &view.pace {
        Some(Pace { mean, block_millis, from, to, missed, .. }) => format!(
            "block time {:.2} s{}, {missed} missed in {}",
            mean / 1_000.0,
            block_millis.map_or(String::new(), |millis| format!(" of {}", seconds(Some(millis)))),
            to - from + 1,
        ),
        None => "block time -".into(),
    };
    vec![
        Line::from(vec![
            Span::from(info.name.clone()).bold(),
            Span::from(format!(" ({}) on {}  ", info.id, snapshot.relay)),
            state,
        ]),
        Line::from(format!("{pace}   unincluded segment {}{}", view.segment.len(), of(capacity))),
        Line::from(format!(
            "parablock  {} built  {} included  {} final",
            block(view.built_number),
            block(view.included_number),
            block(view.final_number)
        )),
        Line::from(format!(
            "relay      {} best  {} final  {} reorganisations",
            block(snapshot.relay_best),
            block(snapshot.relay_final),
            snapshot.reorganisations
        )),
    ]
}

fn blocks(view: &ParachainView, looks: &Looks, height: u16) -> Table<'static> {
    let shown = usize::from(height.saturating_sub(1));
    let end = view.blocks.len().saturating_sub(looks.back).max(shown.min(view.blocks.len()));
    let rows = view.blocks[end.saturating_sub(shown)..end].iter().rev().map(|row| {
        let (weight, proof) = used(row);
        let cells = [
            block(Some(row.number)),
            author(row),
            seconds(row.interval),
            block(row.relay_parent),
            block(row.backed.map(|step| step.relay)),
            block(row.included.map(|step| step.relay)),
            seconds(row.finality()),
            row.depth.map_or("-".into(), |depth| depth.to_string()),
            weight,
            proof,
        ];
        Row::new(cells.map(|cell| Cell::from(Line::from(cell).right_aligned()))).style(style(row.state))
    });
    let names =
        ["block", "author", "after", "parent", "backed", "included", "final", "depth", "weight", "proof"];
    let widths = [7, 8, 7, 7, 7, 8, 7, 5, 6, 9];
    let header = Row::new(names.map(|name| Cell::from(Line::from(name).right_aligned())))
        .style(Style::new().add_modifier(Modifier::BOLD));
    Table::new(rows, widths.map(Constraint::Length)).header(header)
}

fn style(state: BlockState) -> Style {
    match state {
        BlockState::Built => Style::new().fg(Color::Yellow),
        BlockState::Backed => Style::new().fg(Color::Cyan),
        BlockState::Included => Style::new().fg(Color::Green),
        BlockState::Final => Style::new(),
        BlockState::Lost(_) => Style::new().fg(Color::Red),
    }
}

/// Missed slots and lost blocks, oldest first.
fn losses(view: &ParachainView) -> Vec<Line<'static>> {
    let missed = view.missed.iter().map(|missed| (missed.moment, miss(missed)));
    let forks = view.forks.iter().map(|row| (row.authored.unwrap_or_default(), lost(row)));
    let mut losses: Vec<_> = missed.chain(forks).collect();
    losses.sort_by_key(|(moment, _)| *moment);
    losses.into_iter().map(|(_, text)| Line::from(text)).collect()
}

/// The progress of the transaction that is looked for, in one line.
pub fn transaction(found: &TrackedTransaction) -> String {
    let start = format!("transaction {:?}", found.hash);
    let Some(row) = &found.block else {
        return if found.forked {
            format!("{start}: in a block that lost")
        } else {
            format!("{start}: not in a block yet")
        };
    };
    let step = |what: &str, step: Option<crate::parachain::Step>| {
        step.map_or(String::new(), |step| format!(", {what} #{} at {}", step.relay, clock(step.moment)))
    };
    let finalised = row.final_at.map_or(String::new(), |moment| format!(", final at {}", clock(moment)));
    let built = row.authored.map_or(String::new(), |moment| format!(" at {}", clock(moment)));
    let steps =
        format!("{built}{}{}{finalised}", step("backed in", row.backed), step("included in", row.included));
    let utc = if steps.is_empty() { "" } else { " (UTC)" };
    format!("{start}: in #{} of parachain {}{steps}{utc}", row.number, row.para)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        observation::ParachainInfo,
        snapshot::{Distributions, Link, FORMAT},
    };
    use cadence::{ASYNCHRONOUS, RELAY_CHAIN_SLOT_MILLIS};
    use ratatui::backend::TestBackend;

    #[test]
    fn the_view_fits_eighty_columns() {
        let view = ParachainView {
            info: ParachainInfo {
                id: 2_000,
                name: "Tandem Local".into(),
                symbol: "LOC".into(),
                decimals: 18,
            },
            cadences: vec![],
            built_number: Some(100_002),
            included_number: Some(100_000),
            final_number: Some(99_998),
            segment: vec![],
            blocks: vec![],
            forks: vec![],
            missed: vec![],
            pace: Some(Pace {
                block_millis: Some(ASYNCHRONOUS.block_millis().into()),
                from: 1,
                to: 50,
                mean: 6_630.0,
                worst: 2 * u64::from(ASYNCHRONOUS.block_millis()),
                missed: 5,
            }),
            paces: vec![],
            distributions: Distributions::default(),
            emission: None,
        };
        let snapshot = Snapshot {
            format: FORMAT,
            now: 0,
            reasons: Default::default(),
            payments: false,
            relay: "Rococo Local Testnet".into(),
            relay_millis: RELAY_CHAIN_SLOT_MILLIS.into(),
            relay_best: Some(1_000_000),
            relay_final: Some(999_998),
            reorganisations: 12,
            links: vec![Link { node: "ws://127.0.0.1:9944".into(), error: None }],
            names: Default::default(),
            relay_blocks: vec![],
            paras: vec![view],
            transaction: None,
        };
        let mut terminal = Terminal::new(TestBackend::new(80, 24)).unwrap();
        let looks = Looks { page: Some(([127, 0, 0, 1], 40_617).into()), ..Looks::default() };
        terminal.draw(|frame| draw(frame, &snapshot, &looks)).unwrap();
        let text = terminal.backend().to_string();
        for words in [
            "Tandem Local (2000) on Rococo Local Testnet  live",
            "block time 6.63 s of 6.0 s, 5 missed in 50   unincluded segment 0",
            "relay      #1000000 best  #999998 final  12 reorganisations",
            "weight     proof",
            "missed and lost, times in UTC",
            "q quit  page http://127.0.0.1:40617",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }
}
