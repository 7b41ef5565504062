// @ts-check
// The page of `tandem watch --serve`, put together. The server sends the whole state up to ten times a second, as a
// `Snapshot` (types.d.ts), and the page shows it; nothing is kept from one snapshot to the next but what the user
// chose. Modules that say what is (format, model, texts, axis, bars, boxes, layout, track) are pure and tested;
// the others put that into copies of the parts that index.html holds.

import { listen } from "./connection.js";
import { listenForControls } from "./controls.js";
import { listenForPayments } from "./payment.js";
import { render, showConnection, take, tick } from "./view.js";

function animate() {
  tick();
  requestAnimationFrame(animate);
}

listenForControls();
listenForPayments(render);
listen(take, () => showConnection(false));
animate();
