// @ts-check
// The connection to the server: a stream of snapshots that is opened again whenever it breaks, and payments.

/** @import { Submitted } from "./types.d.ts" */

const RETRY_MILLIS = 2_000;

/**
 * Listens for as long as the page is open.
 * @param {(message: unknown) => void} onMessage Gets each message, parsed.
 * @param {() => void} onBreak
 */
export function listen(onMessage, onBreak) {
  const events = new EventSource("/events");
  events.onmessage = ({ data }) => onMessage(JSON.parse(data));
  events.onerror = () => {
    onBreak();
    // The browser tries again by itself, unless what answered was no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(() => listen(onMessage, onBreak), RETRY_MILLIS);
  };
}

/**
 * Has the server send a payment. An error's message says for the user why it was not sent.
 * @returns {Promise<Submitted>}
 */
export async function pay() {
  const request = { method: "POST", headers: { "Content-Type": "application/json" } };
  const answer = await fetch("/payments", request).catch(() => {
    throw new Error("the server does not answer");
  });
  if (!answer.ok) throw new Error((await answer.text()).trim() || `the server answers ${answer.status}`);
  return answer.json();
}
