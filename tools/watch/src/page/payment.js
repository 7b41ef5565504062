// @ts-check
// The section that sends a payment on a local network and draws its way. It keeps what was sent until the
// snapshots tell of it. The text that is announced changes with the steps; the counter beside it is not announced.

import { pay } from "./connection.js";
import { find, keyed, say, set } from "./dom.js";
import { seconds, wholeSeconds } from "./format.js";
import { usualWaits } from "./model.js";
import { shownPayment, trackOf, trackText } from "./track.js";

/** @import { Para, Snapshot, Submitted } from "./types.d.ts" */
/** @import { Payment, Stage, Waits } from "./track.js" */

/** The payment whose way is drawn. @type {{ payment: Payment, waits: Waits } | null} */
let shown = null;
/** What this page sent last. @type {Submitted | null} */
let sent = null;
let sending = false;

/** @param {() => void} onSent Is called when the server has taken a payment. */
export function listenForPayments(onSent) {
  find("pay").addEventListener("click", async () => {
    if (sending) return;
    showSending(true, "");
    try {
      sent = await pay();
      showSending(false, "");
      onSent();
    } catch (error) {
      showSending(false, `Not sent: ${error instanceof Error ? error.message : error}`);
    }
  });
}

/**
 * The button stays focusable while it does nothing.
 * @param {boolean} now
 * @param {string} error
 */
function showSending(now, error) {
  sending = now;
  set(find("pay"), { "aria-disabled": now });
  say(find("payment-error"), error);
}

/**
 * @param {Snapshot} snapshot
 * @param {Para | undefined} para The chosen one.
 * @param {number} now
 */
export function renderPayment(snapshot, para, now) {
  const { payments, transaction, relay_millis } = snapshot;
  find("payment").hidden = !payments;
  const payment = payments ? shownPayment(sent, transaction) : null;
  const of = snapshot.paras.find(({ info }) => info.id === payment?.para) ?? para;
  shown = payment && { payment, waits: usualWaits(of, relay_millis) };
  find("track").hidden = !payment;
  find("payment-transaction").hidden = !payment;
  say(find("pay"), `Send 1 ${para?.info.symbol ?? "token"} from Alice to Bob`);
  say(find("payment-hash"), payment?.hash ?? "");
  const track = renderTrack(now);
  say(find("payment-status"), payment && track ? trackText(track, payment.forked) : "");
}

/**
 * Draws the way as it is now. It may be called as often as the screen is drawn.
 * @param {number} now
 */
export function renderTrack(now) {
  if (!shown) return null;
  const track = trackOf(shown.payment, shown.waits, now);
  keyed(find("track"), "stage", track, ({ id }) => id, drawStage);
  return track;
}

/**
 * @param {Element} element
 * @param {Stage} stage
 */
function drawStage(element, { id, name, progress, after, note, filled }) {
  const current = progress === "awaited" ? "step" : null;
  set(element, { "data-stage": id, "data-progress": progress, "aria-current": current });
  const [line, title, time, place] = element.children;
  const text = { done: seconds(after), awaited: wholeSeconds(after), open: "" }[progress];
  if (line instanceof HTMLElement) line.style.setProperty("--filled", String(filled));
  say(title, name);
  say(time, text);
  say(place, note);
}
