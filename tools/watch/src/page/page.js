// The page of `tandem watch --serve`. The server sends the whole state up to ten times a second, as a
// `Snapshot` (snapshot.rs) in JSON; nothing is kept from one to the next but what the user chose.
// Each snapshot is put into copies of the parts that index.html holds. They are kept by key, so that
// focus and selection stay. Between two snapshots the picture slides on by the clock.

const REASONS = {
  no_collation: "no collation",
  segment_full: "segment full",
  no_relay_block: "no relay block",
  session_change: "session change",
  not_backed: "not backed in time",
  unavailable: "availability late",
  fork_lost: "fork lost",
  relay_fork: "relay fork lost",
};
const UNKNOWN = "–";
const TABLE_BLOCKS = 15;
const DEPTHS = 60;
const RETRY_MILLIS = 2_000;
const SLIDE_MILLIS = 2_000; // The picture slides on for so long after a snapshot, at most.

const view = {
  snapshot: null,
  received: 0, // When the snapshot came, by performance.now().
  live: false,
  para: null, // The id of the chosen para; the first one if null.
  held: null, // While paused, the snapshot that the picture shows
  end: null, // and the time at its right edge.
  span: 120_000,
  selected: null, // The selected block, as last seen: it may leave the snapshot.
  rows: 1, // Rows that the picture's parablocks take turns in.
  frame: null, // The picture as last drawn, if there is one.
};

// Text

const integers = new Intl.NumberFormat("en-GB", { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const amounts = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 5 });
// Times are UTC, as the moment above the picture says, whatever the zone of who looks.
const clocks = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" });
const dates = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "long", timeZone: "UTC" });

/** `format` of a value, or a dash for one that is not known. */
const known = (value, format) => (value === null || value === undefined ? UNKNOWN : format(value));
const count = (value) => known(value, integers.format);
const block = (number) => known(number, (number) => `#${integers.format(number)}`);
const seconds = (millis) => known(millis, (millis) => `${tenths.format(millis / 1_000)} s`);
/** A length that is set, not measured: without needless zeros. */
const length = (millis) => known(millis, (millis) => `${millis / 1_000} s`);
const time = (moment) => known(moment, clocks.format);
const percent = (part, whole) => (whole > 0 ? `${tenths.format((100 * part) / whole)} %` : UNKNOWN);
/** Execution, from picoseconds. */
const execution = (time) => (time < 1e12 ? `${tenths.format(time / 1e9)} ms` : seconds(time / 1e9));

const bytes = (size) =>
  size < 2 ** 20 ? `${tenths.format(size / 2 ** 10)} KiB` : `${tenths.format(size / 2 ** 20)} MiB`;
const shorten = (name) => (name?.length > 12 ? `${name.slice(0, 6)}…${name.slice(-4)}` : known(name, String));
const nameOf = (author) => view.snapshot.names[author] ?? shorten(author);
const reasonText = (reason) => REASONS[reason] ?? reason;
const stateText = (state) => (state.lost ? `lost: ${reasonText(state.lost)}` : state);

// Elements

const find = (id) => document.getElementById(id);

/** Sets attributes that differ; removes those that are null. */
function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null) element.removeAttribute(name);
    else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
  }
  return element;
}

/** Sets text if it differs, so that it is not announced, nor deselected, without need. */
function say(element, text) {
  if (element.textContent !== String(text)) element.textContent = text;
}

const elementsOf = new WeakMap();

/** Makes the children of `parent` copies of `part`, one for each item, in order, kept by key. */
function keyed(parent, part, items, key, update) {
  const before = elementsOf.get(parent) ?? new Map();
  const wanted = new Map(items.map((item, index) => [key(item, index), item]));
  for (const [name, element] of before) if (!wanted.has(name)) element.remove();
  const model = find("parts").content.querySelector(`[data-part="${part}"]`);
  const after = new Map();
  let next = parent.firstChild;
  for (const [name, item] of wanted) {
    const element = before.get(name) ?? model.cloneNode(true);
    if (element === next) next = next.nextSibling;
    else parent.insertBefore(element, next);
    update(element, item);
    after.set(name, element);
  }
  elementsOf.set(parent, after);
}

/** Makes the children of `parent` copies of `part`, whose own children hold the texts of a row. */
function fill(parent, part, rows, key, texts, update = () => {}) {
  keyed(parent, part, rows, key, (element, row) => {
    texts(row).forEach((text, index) => {
      const place = element.children[index];
      say(place.firstElementChild ?? place, text);
    });
    update(element, row);
  });
}

// What a snapshot tells

const chosen = ({ paras }) => paras.find(({ about }) => about.id === view.para) ?? paras[0];
const blockMillis = (span) => span.slot_millis / Math.max(1, span.velocity);
/** When a parablock first showed up. */
const begin = (row) => row.authored ?? row.backed?.moment ?? row.included?.moment ?? null;

/** The time between two blocks at a moment, as far as that is known. */
function usualMillis(para, moment) {
  const span = para.spans.findLast((span) => (span.moment ?? 0) <= moment);
  return span ? blockMillis(span) : (para.pace?.mean ?? view.snapshot.relay_millis);
}

/** The moments at which a parablock came to be built, backed, included and final, if they are known. */
function way(row) {
  const steps = [
    ["built", row.authored], ["backed", row.backed?.moment],
    ["included", row.included?.moment], ["final", row.finalised],
  ];
  return steps.filter(([, moment]) => moment !== null && moment !== undefined);
}

/** The changes of cadence whose moment is known. */
function changes(para) {
  return para.spans.slice(1).flatMap((span, index) => {
    const moment = span.moment ?? para.blocks.find((row) => row.number === span.since)?.authored;
    const text = `${length(blockMillis(para.spans[index]))} → ${length(blockMillis(span))}`;
    return moment ? [{ moment, text }] : [];
  });
}

/** Missed slots and lost blocks by reason, the most frequent first. */
function losses(para) {
  const byReason = new Map();
  const add = (reason, kind, number, moment) => {
    const loss = byReason.get(reason) ?? { reason, missed: 0, lost: 0, last: null };
    loss[kind] += number;
    loss.last = Math.max(loss.last, moment) || null;
    byReason.set(reason, loss);
  };
  for (const missed of para.missed) add(missed.reason, "missed", missed.count, missed.moment);
  for (const row of para.forks) if (row.state.lost) add(row.state.lost, "lost", 1, begin(row));
  return [...byReason.values()].sort((one, other) => other.missed + other.lost - one.missed - one.lost);
}

/** A parablock's steps: each as text, and whether it is done. */
function stepTexts({ authored, seen, backed, included, finalised, state }) {
  const late = (to, from, what) => (to && from ? `, ${seconds(to - from)} ${what}` : "");
  const inRelay = (step, from, what) =>
    step && `in relay block ${block(step.relay)}, ${time(step.moment)}${late(step.moment, from, what)}`;
  const steps = [
    ["Authored", authored && `${time(authored)}${seen ? `, imported ${seconds(seen - authored)} later` : ""}`, true],
    ["Backed", inRelay(backed, authored, "after authoring"), backed],
    ["Included", inRelay(included, backed?.moment, "after backing"), included],
    ["Final", finalised && `${time(finalised)}${late(finalised, authored, "after authoring")}`, state === "final"],
  ];
  const open = state.lost ? "never" : "not yet";
  return steps.map(([name, text, done]) => [`${name}: ${text || (done ? "time not known" : open)}`, Boolean(done)]);
}

// Connection

function connect() {
  const events = new EventSource("/events");
  events.onmessage = (event) => {
    view.snapshot = JSON.parse(event.data);
    view.received = performance.now();
    showConnection(true);
    render();
  };
  events.onerror = () => {
    showConnection(false);
    // The browser tries again by itself, unless what answered was no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(connect, RETRY_MILLIS);
  };
}

function showConnection(live) {
  view.live = live;
  say(set(find("connection"), { "data-live": live }), live ? "live" : "reconnecting…");
}

// The page

function render() {
  if (!view.snapshot || document.hidden) return;
  const para = chosen(view.snapshot);
  const empty = !para?.blocks.length;
  find("waiting").hidden = !empty;
  for (const part of document.querySelectorAll(".wants-blocks")) part.hidden = empty;
  renderHeader(view.snapshot, para);
  renderTransaction(view.snapshot);
  drawPicture();
  find("figures").hidden = !para;
  if (!para) return;
  renderFigures(view.snapshot, para);
  renderDetails(view.selected);
  renderDistributions(para);
  renderTables(para);
}

function renderHeader({ now, relay, links, paras }, para) {
  const name = para?.about.name ?? relay;
  document.title = `${name} – Tandem`;
  say(find("para-name"), name);
  say(find("chain"), para ? `parachain ${para.about.id} on ${relay}` : "no parachain");
  say(find("moment"), dates.format(now));
  const down = links.filter(([, lost]) => lost);
  keyed(find("links"), "item", down, ([node]) => node, (item, [node, lost]) =>
    say(item, `${node} does not answer: ${lost}`));
  find("para-choice").hidden = paras.length < 2;
  keyed(find("para"), "option", paras, ({ about }) => about.id, (option, { about }) => {
    say(set(option, { value: about.id }), `${about.name} (${about.id})`);
  });
  if (para) find("para").value = para.about.id;
}

function renderFigures(snapshot, para) {
  const { pace, emission, about, segment } = para;
  const capacity = para.spans.at(-1)?.capacity;
  const across = pace && para.spans.some(({ since }) => pace.from < since && since < pace.to);
  const target = pace?.block_millis ? `target ${across ? "now " : ""}${length(pace.block_millis)}` : "target not known";
  const over = pace ? `the last ${pace.to - pace.from}` : "no final blocks yet";
  const newest = para.blocks.findLast((row) => row.weight);
  const figures = [
    ["block-time", "Block time", seconds(pace?.mean), target, pace ? `mean of ${over}` : over],
    // Without its slots being known, what a chain missed is not.
    ["missed", "Missed blocks", para.spans.length ? count(pace?.missed) : UNKNOWN,
      pace ? `in ${over} blocks` : over, ""],
    ["depth", "Unincluded segment", capacity ? `${segment.length} of ${capacity}` : count(segment.length),
      "blocks not included yet", ""],
    ["built", "Parablock built", block(para.best),
      `included ${block(para.included)}`, `final ${block(para.finalised)}`],
    ["relay", "Relay block", block(snapshot.relay_best), `final ${block(snapshot.relay_final)}`,
      `${count(snapshot.reorganisations)} reorganisations`],
    ["weight", "Weight used", ...used(newest, "time", execution)],
    ["proof", "Proof used", ...used(newest, "proof", bytes)],
  ];
  if (emission) {
    const [once, yearly] = [amounts.format(emission.per_block), count(emission.per_year)];
    figures.push(["emission", "Emission per block", `${once} ${about.symbol}`,
      `at most ${yearly}`, `${about.symbol} a year`]);
  }
  const update = (element, [name]) => set(element.children[1], { id: `figure-${name}` });
  fill(find("figures"), "figure", figures, ([name]) => name, ([, ...texts]) => texts, update);
}

/** What a parablock uses of a dimension of its weight: the share of the limit, of what, and which block. */
function used(row, dimension, format) {
  if (!row?.weight) return [UNKNOWN, "not known", ""];
  const part = row.weight[dimension];
  if (!row.limit) return [format(part), "limit not known", `in ${block(row.number)}`];
  const whole = row.limit[dimension];
  return [percent(part, whole), `${format(part)} of ${format(whole)}`, `in ${block(row.number)}`];
}

function renderDetails(row) {
  find("details-none").hidden = row !== null;
  find("details-some").hidden = row === null;
  say(find("details-title"), row ? `Parablock ${block(row.number)}, ${stateText(row.state)}` : "Block");
  if (!row) return;
  const usedOf = (dimension, format) => known(row.weight, () => used(row, dimension, format).slice(0, 2).join(", "));
  renderSteps(find("details-steps"), row);
  describe(find("details-facts"), [
    ["Slot", count(row.slot)], ["Relay parent", block(row.relay_parent)], ["Core", known(row.core, String)],
    ["Segment depth", count(row.depth)], ["Interval", seconds(row.interval)],
    ["Weight", usedOf("time", execution)], ["Proof", usedOf("proof", bytes)],
  ]);
  describe(find("details-hashes"), [
    ["Hash", row.hash], ["Parent", known(row.parent, String)],
    ["Candidate", known(row.candidate, String)], ["Author", known(row.author, (key) => view.snapshot.names[key] ? `${nameOf(key)}, ${key}` : key)],
  ]);
}

function describe(list, pairs) {
  fill(list, "term", pairs, ([term]) => term, (pair) => pair);
}

function renderSteps(list, row) {
  const update = (item, [text, done]) => say(set(item, { "data-done": done }), text);
  keyed(list, "item", stepTexts(row), (_, index) => index, update);
}

function renderTransaction({ transaction, paras }) {
  find("transaction").hidden = !transaction;
  if (!transaction) return;
  const { hash, para, block: row, forked } = transaction;
  const name = paras.find(({ about }) => about.id === para)?.about.name ?? para;
  const absent = forked ? "in a block that lost" : "not seen yet";
  say(find("transaction-hash"), hash);
  say(find("transaction-place"), row ? `in block ${block(row.number)} of ${name}` : absent);
  find("transaction-steps").hidden = !row;
  if (row) renderSteps(find("transaction-steps"), row);
}

// Distributions

function renderDistributions(para) {
  const { interval, backing, inclusion, finality } = para.distributions;
  const charts = [
    bySecond("Interval between blocks", interval),
    bySecond("Authored to backed", backing),
    bySecond("Backed to included", inclusion),
    bySecond("Authored to final", finality),
    depths(para),
  ];
  keyed(find("distributions"), "chart", charts, ({ name }) => name, (element, { name, note, columns, top, ends }) => {
    const [title, text, area, { children: [first, last] }] = element.children;
    [[title, name], [text, note], [first, ends[0]], [last, ends[1]]].forEach((pair) => say(...pair));
    set(area, { "aria-label": `${name}: ${note}` });
    keyed(area, "column", columns, (_, index) => index, (column, [value, label]) => {
      set(column, { title: label }).firstElementChild.style.height = `${(100 * value) / top}%`;
    });
  });
}

/** A chart of how many blocks took how many seconds. */
function bySecond(name, counts) {
  const shown = counts.slice(0, counts.findLastIndex((value) => value > 0) + 1);
  const total = shown.reduce((sum, value) => sum + value, 0);
  const last = counts.length - 1;
  const range = (second) => (second === last ? `${second} s or more` : `${second} s`);
  let below = 0;
  const median = shown.findIndex((value) => (below += value) * 2 >= total);
  return {
    name,
    note: total ? `median ${range(median)}, ${count(total)} blocks` : "no blocks yet",
    columns: shown.map((value, second) => [value, `${range(second)}: ${count(value)}`]),
    top: Math.max(...shown),
    ends: ["0 s", total ? range(shown.length - 1) : ""],
  };
}

/** A chart of the unincluded segment's depth, block by block. */
function depths(para) {
  const rows = para.blocks.filter((row) => row.depth !== null).slice(-DEPTHS);
  const capacity = para.spans.at(-1)?.capacity ?? 0;
  const most = Math.max(0, ...rows.map((row) => row.depth));
  const note = `last ${rows.length} blocks, most ${most}${capacity ? ` of ${capacity}` : ""}`;
  return {
    name: "Unincluded segment depth",
    note: rows.length ? note : "not known",
    columns: rows.map((row) => [row.depth, `${block(row.number)}: ${row.depth}`]),
    top: Math.max(most, capacity),
    ends: rows.length ? [block(rows[0].number), block(rows.at(-1).number)] : ["", ""],
  };
}

// Tables

function renderTables(para) {
  const body = (id) => find(id).tBodies[0];
  const paces = para.paces.length ? para.paces : [para.pace].filter(Boolean);
  fill(body("cadence-table"), "cadence-row", paces, ({ from }) => from, (pace) => [
    length(pace.block_millis), `${block(pace.from)} to ${block(pace.to)}`,
    seconds(pace.mean), seconds(pace.worst), count(pace.missed),
  ]);
  fill(body("missed-table"), "loss-row", losses(para), ({ reason }) => reason, ({ reason, missed, lost, last }) => [
    reasonText(reason), count(missed), count(lost), time(last),
  ]);
  const newest = para.blocks.slice(-TABLE_BLOCKS).reverse();
  fill(body("blocks-table"), "block-row", newest, (row) => row.hash, blockTexts, (element, row) => {
    set(element, { "data-number": row.number, ...dataOf(row) });
    set(element.cells[2], { title: row.author });
  });
}

function blockTexts(row) {
  return [
    block(row.number), stateText(row.state), nameOf(row.author), seconds(row.interval),
    row.weight && row.limit ? percent(row.weight.time, row.limit.time) : UNKNOWN,
    known(row.weight, ({ proof }) => bytes(proof)),
    count(row.depth), block(row.backed?.relay), block(row.included?.relay),
    row.authored && row.finalised ? seconds(row.finalised - row.authored) : UNKNOWN,
  ];
}

/** What is found on the elements of a parablock. */
function dataOf({ hash, state }) {
  const name = state.lost ? "lost" : state;
  return { "data-hash": hash, "data-state": name, "data-selected": hash === view.selected?.hash };
}

// The picture: time runs from left to right, in lanes one below the other.

const GUTTER = 104; // As in index.html, like some heights.
const RELAY = { top: 40, height: 16, forks: 60, bottom: 72 };
const BLOCKS_TOP = 92;
const ROW_HEIGHTS = { least: 7, most: 19, all: 380 };
const MOST_ROWS = 64;
const FORK_ROWS = 2;
const BOX = 18; // The height of a row of forks or missed slots.
const CHARACTER = 6.7; // The width of one in the picture's font
const LINE = 14; // and the height that a line of them takes.
const AHEAD = 76; // The width that is left free for the newest number, while the picture is live.
const TICKS = [1, 2, 5, 10, 15, 30, 60, 120].map((seconds) => seconds * 1_000);

const stillness = matchMedia("(prefers-reduced-motion: reduce)");
const textWidth = (text) => text.length * CHARACTER;
const drawn = () => view.held ?? view.snapshot;
const pixelsPerMilli = () => (find("drawing").clientWidth - GUTTER) / view.span;
/** The right edge of the picture while it is live. */
const liveEnd = () => drawn().now + AHEAD / pixelsPerMilli();

function drawPicture() {
  const snapshot = drawn();
  const para = chosen(snapshot);
  view.frame = null;
  find("pipeline").hidden = !para || snapshot.relay_blocks.length === 0;
  if (find("pipeline").hidden || find("drawing").clientWidth <= GUTTER) return;
  view.selected = para.blocks.concat(para.forks).find(({ hash }) => hash === view.selected?.hash) ?? view.selected;
  const frame = layOut(snapshot, para);
  for (const draw of [drawLanes, drawTicks, drawRelayBlocks, drawBlocks, drawMissed, drawForks, drawMarks]) draw(frame);
  view.frame = frame;
  slide();
}

/** Where everything is. */
function layOut(snapshot, para) {
  const width = find("drawing").clientWidth;
  const end = view.end ?? liveEnd();
  const start = end - view.span;
  const scale = pixelsPerMilli();
  const blocks = para.blocks.filter((row) => begin(row) !== null);
  const needed = rowsNeeded(blocks, snapshot.now, scale);
  // Rows are given up late, lest blocks hop between them.
  if (needed > view.rows || needed < view.rows - 3) view.rows = needed;
  const { least, most, all } = ROW_HEIGHTS;
  const rowHeight = Math.max(least, Math.min(most, Math.floor(all / view.rows)));
  const missedTop = BLOCKS_TOP + view.rows * rowHeight + 6;
  const forksTop = missedTop + BOX + 6;
  return {
    snapshot, para, blocks, width, start, end, scale, rowHeight, missedTop, forksTop,
    height: forksTop + FORK_ROWS * BOX + 4,
    x: (moment) => GUTTER + (moment - start) * scale,
    rowTop: (row) => BLOCKS_TOP + (row.number % view.rows) * rowHeight,
    shift: 0,
    /** Rectangles that reach from a moment to now. */
    growing: [],
  };
}

/** So many rows that no parablock lies over the one that has the same row next. */
function rowsNeeded(blocks, now, scale) {
  let rows = 3;
  blocks.forEach((row, index) => {
    const end = row.state === "final" ? way(row).at(-1)[1] : now + (textWidth(count(row.number)) + 8) / scale;
    const next = blocks.findIndex((other, later) => later > index && begin(other) >= end);
    rows = Math.max(rows, (next < 0 ? blocks.length : next) - index + 1);
  });
  return Math.min(rows, MOST_ROWS);
}

function drawLanes({ snapshot, width, height, missedTop, forksTop, x }) {
  set(find("drawing"), { viewBox: `0 0 ${width} ${height}`, height });
  set(find("plot-area"), { x: GUTTER, width: width - GUTTER, height });
  const lanes = [
    ["Relay chain", RELAY.top - 4, RELAY.bottom],
    ["Parablocks", BLOCKS_TOP - 2, missedTop - 4],
    ["Missed slots", missedTop - 1, missedTop + BOX + 1],
    ["Forks, lost", forksTop - 1, height - 3],
  ];
  keyed(find("lanes"), "lane", lanes, ([name]) => name, (element, [name, y, bottom]) => {
    set(element.firstElementChild, { y, width: width - GUTTER, height: bottom - y });
    say(set(element.lastElementChild, { y: y + 15 }), name);
  });
  set(find("now"), { x1: x(snapshot.now), x2: x(snapshot.now), y1: RELAY.top - 4, y2: height });
}

function drawTicks({ start, end, scale, width, height, x }) {
  const step = TICKS.find((step) => step * scale > 84) ?? TICKS.at(-1);
  const first = Math.ceil(start / step);
  const ticks = Array.from({ length: Math.ceil(end / step) - first + 1 }, (_, index) => (first + index) * step);
  keyed(find("ticks"), "tick", ticks, (moment) => moment, (element, moment) => {
    const text = time(moment);
    set(element.firstElementChild, { x1: x(moment), x2: x(moment), y2: height });
    say(set(element.lastElementChild, { x: x(moment) + 3 }), x(moment) + textWidth(text) < width ? text : "");
  });
}

/** Sessions, changes of cadence, and where on the relay chain the selected parablock has its steps. */
function drawMarks({ snapshot, para, blocks, height, x, rowTop }) {
  const relay = snapshot.relay_blocks.filter(({ state }) => state !== "fork");
  const row = blocks.find(({ hash }) => hash === view.selected?.hash);
  const parent = row && relay.find(({ number }) => number === row.relay_parent);
  const steps = [["parent", parent?.moment], ["backed", row?.backed?.moment], ["included", row?.included?.moment]];
  const marks = [
    ...relay.filter(({ session }) => session).map(({ moment }) => ({ moment, kind: "session", text: "session" })),
    ...changes(para).map(({ moment, text }) => ({ moment, kind: "cadence", text })),
    ...steps.filter(([, moment]) => moment).map(([text, moment]) => ({ moment, kind: "step", text })),
  ];
  marks.sort((one, other) => one.moment - other.moment);
  marks.forEach((mark, index) => {
    const next = marks[index + 1];
    mark.fits = !next || x(next.moment) - x(mark.moment) > textWidth(mark.text) + 6;
  });
  keyed(find("marks"), "mark", marks, ({ text, moment }) => `${text} ${moment}`, (element, mark) => {
    const { moment, kind, text, fits } = mark;
    const bottom = kind === "step" ? rowTop(row) : height;
    set(element.firstElementChild, { class: `mark ${kind}`, x1: x(moment), x2: x(moment), y2: bottom });
    say(set(element.lastElementChild, { x: x(moment) + 4 }), fits ? text : "");
  });
}

function drawRelayBlocks({ snapshot, scale, x }) {
  const blocks = snapshot.relay_blocks;
  const usual = snapshot.relay_millis;
  const every = Math.ceil((textWidth(count(blocks.at(-1).number)) + 6) / (usual * scale));
  keyed(find("relay-blocks"), "relay-block", blocks, ({ hash }) => hash, (element, relay) => {
    const { number, state, session, moment } = relay;
    const [box, label, title] = set(element, { "data-relay-block": number }).children;
    const place = state === "fork" ? { y: RELAY.forks, height: 9 } : { y: RELAY.top, height: RELAY.height };
    set(box, { "data-state": state, x: x(moment) + 1, width: Math.max(2, usual * scale - 2), ...place });
    say(set(label, { x: x(moment) }), state !== "fork" && number % every === 0 ? count(number) : "");
    say(title, `relay block ${count(number)}, ${state}${session ? ", begins a session" : ""}, ${time(moment)}`);
  });
}

function drawBlocks(frame) {
  // Numbers are higher than low rows: the bars that have them come last, over the others.
  const every = Math.ceil(LINE / frame.rowHeight);
  const numbered = ({ number }) => number % every === 0;
  const blocks = frame.blocks.toSorted((one, other) => numbered(one) - numbered(other));
  keyed(find("blocks"), "block", blocks, ({ hash }) => hash, (element, row) => {
    set(element, { "data-block": row.number, ...dataOf(row) });
    drawBlock(element, row, frame, numbered(row));
  });
}

function drawBlock(element, row, frame, numbered) {
  const [built, backed, included, cap, outline, label, title] = element.children;
  const [y, height] = [frame.rowTop(row) + 1, frame.rowHeight - 2];
  const steps = way(row);
  const last = steps.at(-1)[1];
  const open = row.state !== "final";
  const end = open ? Math.max(last, frame.snapshot.now) : last;
  for (const [name, rect] of Object.entries({ built, backed, included })) {
    const index = steps.findIndex(([step]) => step === name);
    set(rect, { y, height, visibility: index < 0 ? "hidden" : null });
    if (index < 0) continue;
    const from = steps[index][1];
    stretch(rect, frame, from, steps[index + 1]?.[1] ?? end);
    if (open && index === steps.length - 1) frame.growing.push([rect, from], [outline, begin(row)]);
  }
  stretch(set(outline, { y: y - 1, height: height + 2 }), frame, begin(row), end);
  set(cap, { x: frame.x(end) - 2, y, height, visibility: open ? "hidden" : null });
  drawNumber(label, numbered ? count(row.number) : "", row, frame, end);
  say(title, `parablock ${count(row.number)}, ${stateText(row.state)}, authored ${time(row.authored)}`);
}

function stretch(rect, { x, scale }, from, to) {
  set(rect, { x: x(from), width: Math.max(1, (to - from) * scale) });
}

/** The number, on the visible part of the bar, or after it while the bar is short. */
function drawNumber(label, text, row, { x, start, rowHeight, rowTop }, end) {
  const left = x(Math.max(begin(row), start + SLIDE_MILLIS / 2));
  const inside = textWidth(text) + 8 < x(end) - left;
  const place = inside ? { class: "inside", x: left + 4 } : { class: "over", x: x(end) + 5 };
  set(label, { y: rowTop(row) + rowHeight / 2 + 4, ...place });
  say(label, inside || row.state !== "final" ? text : "");
}

function drawMissed(frame) {
  const boxes = frame.para.missed.map(({ slot, count: blocks, moment, author, reason }) => {
    const text = reasonText(reason);
    const title = `slot ${count(slot)}, turn of ${nameOf(author)}: ${count(blocks)} missed, ${text}`;
    const millis = blocks * usualMillis(frame.para, moment);
    return { key: `${slot} ${moment}`, moment, millis, texts: [text], title, shape: "missed", data: {} };
  });
  drawBoxes(find("missed"), boxes, 1, frame.missedTop, frame);
}

function drawForks(frame) {
  const boxes = frame.para.forks.filter((row) => begin(row) !== null).map((row) => {
    const [number, state, moment] = [count(row.number), stateText(row.state), begin(row)];
    const title = `parablock ${number} of a fork, ${state}, authored ${time(row.authored)}`;
    const data = { class: "lost", "data-fork": row.number, ...dataOf(row) };
    const texts = [`${number} ${state}`, number];
    return { key: row.hash, moment, millis: usualMillis(frame.para, moment), texts, title, shape: "fork", data };
  });
  drawBoxes(find("forks"), boxes, FORK_ROWS, frame.forksTop, frame);
}

/** Boxes in some rows, each with the first of its texts that there is room for, in it or after it. */
function drawBoxes(parent, boxes, rows, top, { x, scale }) {
  boxes.sort((one, other) => one.moment - other.moment);
  const ends = Array(rows).fill(0);
  for (const box of boxes) {
    box.row = Math.max(0, ends.findIndex((end) => end <= box.moment));
    ends[box.row] = box.moment + box.millis;
  }
  keyed(parent, "box", boxes, ({ key }) => key, (element, { moment, millis, texts, title, shape, data, row }) => {
    const [rect, label] = set(element, data).children;
    const [left, y, width] = [x(moment) + 1, top + row * BOX, Math.max(5, millis * scale - 2)];
    const next = boxes.find((other) => other.row === row && other.moment > moment);
    const room = Math.max(width, next ? x(next.moment) - left - width : Infinity);
    const text = texts.find((text) => textWidth(text) + 6 < room) ?? "";
    const inside = textWidth(text) + 6 < width;
    set(rect, { class: shape, x: left, y: y + 2, width, height: BOX - 4 });
    say(set(label, { x: left + (inside ? 4 : width + 4), y: y + 13 }), text);
    say(element.lastElementChild, title);
  });
}

/** Moves the picture on by the time since the snapshot. */
function slide() {
  const { frame } = view;
  if (!frame) return;
  const moves = view.live && !view.held && !stillness.matches;
  const millis = moves ? Math.min(performance.now() - view.received, SLIDE_MILLIS) : 0;
  const shift = millis * frame.scale;
  // Less is not seen, and would only cost.
  if (shift !== 0 && Math.abs(shift - frame.shift) < 0.5) return;
  frame.shift = shift;
  set(find("moving"), { transform: `translate(${-shift})` });
  for (const [rect, from] of frame.growing) stretch(rect, frame, from, frame.snapshot.now + millis);
}

function animate() {
  slide();
  requestAnimationFrame(animate);
}

// What the user does

/** Holds the picture with `end` at its right edge, or lets it go on if that is null. */
function hold(end) {
  if (!view.snapshot) return;
  view.held = end === null ? null : drawn();
  view.end = end;
  say(set(find("pause"), { "aria-pressed": end !== null }), end === null ? "Pause" : "Go live");
  render();
}

function pause() {
  if (view.snapshot) hold(view.held ? null : liveEnd());
}

/** Moves through time by a quarter of what is shown; beyond now means live. */
function move(direction) {
  if (!view.frame) return;
  const oldest = drawn().relay_blocks[0].moment + view.span;
  const end = (view.end ?? liveEnd()) + (direction * view.span) / 4;
  hold(end >= liveEnd() ? null : Math.max(end, Math.min(oldest, liveEnd())));
}

function zoom(direction) {
  const choices = [...document.getElementsByName("zoom")];
  choices[choices.findIndex((choice) => choice.checked) - direction]?.click();
}

function select(hash) {
  const rows = [drawn(), view.snapshot].map(chosen).flatMap(({ blocks, forks }) => [...blocks, ...forks]);
  view.selected = rows.find((row) => row.hash === hash) ?? null;
  render();
}

/** Selects the parablock before or after the selected one, and brings it into view. */
function step(direction) {
  if (!view.frame) return;
  const { blocks, start, end } = view.frame;
  const index = blocks.findIndex(({ hash }) => hash === view.selected?.hash);
  const row = index < 0 ? blocks.at(-1) : blocks[index + direction];
  if (!row) return;
  if (begin(row) < start || begin(row) > end) hold(Math.min(begin(row) + view.span / 2, liveEnd()));
  select(row.hash);
}

const KEYS = {
  ArrowLeft: () => move(-1),
  ArrowRight: () => move(1),
  ArrowUp: () => step(-1),
  ArrowDown: () => step(1),
  "+": () => zoom(1),
  "-": () => zoom(-1),
  " ": pause,
  End: () => hold(null),
  Escape: () => select(null),
};

function listen() {
  find("picture").addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    act();
  });
  for (const id of ["picture", "blocks-table"]) {
    find(id).addEventListener("click", (event) => {
      const target = event.target.closest("[data-hash]");
      if (target) select(target.dataset.hash);
    });
  }
  find("back").addEventListener("click", () => move(-1));
  find("forward").addEventListener("click", () => move(1));
  find("pause").addEventListener("click", pause);
  find("zoom").addEventListener("change", (event) => {
    view.span = Number(event.target.value);
    hold(view.end);
  });
  find("para").addEventListener("change", (event) => {
    Object.assign(view, { para: Number(event.target.value), selected: null, rows: 1 });
    render();
  });
  document.addEventListener("visibilitychange", render);
  new ResizeObserver(() => view.snapshot && drawPicture()).observe(find("drawing"));
}

listen();
connect();
animate();
