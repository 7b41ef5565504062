// @ts-check
// The header: which chain it is, of what moment, whether the page is connected, and which nodes do not answer.

import { find, keyed, say, set } from "./dom.js";
import { date } from "./format.js";

/** @import { Para, Snapshot } from "./types.d.ts" */

/** @param {boolean} live */
export function renderConnection(live) {
  say(set(find("connection"), { "data-live": live }), live ? "live" : "reconnecting…");
}

/**
 * @param {Snapshot} snapshot
 * @param {Para | undefined} para The chosen one.
 */
export function renderHeader({ now, relay, links, paras }, para) {
  const name = para?.info.name ?? relay;
  document.title = `${name} – Tandem`;
  say(find("para-name"), name);
  say(find("chain"), para ? `parachain ${para.info.id} on ${relay}` : "no parachain");
  say(find("moment"), date(now));
  const down = links.filter(({ error }) => error !== null);
  keyed(find("links"), "item", down, ({ node }) => node, (item, { node, error }) =>
    say(item, `${node} does not answer: ${error}`));
  find("para-choice").hidden = paras.length < 2;
  keyed(find("para"), "option", paras, ({ info }) => info.id, (option, { info }) =>
    say(set(option, { value: info.id }), `${info.name} (${info.id})`));
  if (para) find("para", HTMLSelectElement).value = String(para.info.id);
}
