// Opens the page of `tandem watch` in headless Chromium and uses it as a person would: looks, sends a payment if
// the page offers it, selects a block, holds the picture, goes back in time, all by keyboard. Also compares it
// with the metrics, and measures how long after a collator tells of a block the page shows it.
// Usage: node page.mjs http://127.0.0.1:PORT ws://COLLATOR SCREENSHOT.png [WIDTH HEIGHT light|dark]

import { WsProvider } from '@polkadot/api';
import assert from 'node:assert/strict';
import puppeteer from 'puppeteer-core';

const [url, rpc, screenshot, width = '1280', height = '900', scheme = 'light'] = process.argv.slice(2);
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const collator = new WsProvider(rpc);
// A busy machine takes its time.
const timeout = 120_000;
const browser = await puppeteer.launch({ executablePath, timeout, args: ['--no-sandbox', '--disable-gpu'] });
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(timeout);
  const [errors, asked] = [[], []];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('request', (request) => asked.push(request.url()));
  // Times are UTC, whatever the zone of who looks.
  await page.emulateTimezone('Pacific/Kiritimati');
  await page.setViewport({ width: Number(width), height: Number(height) });
  await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await page.goto(url, { waitUntil: 'domcontentloaded' });

  const text = (selector) => page.$eval(selector, (element) => element.textContent);
  const number = async (selector) => Number((await text(selector)).replace(/\D/g, ''));
  await page.waitForFunction(() => document.getElementById('connection').textContent === 'live');
  await page.waitForSelector('[data-block][data-state="final"]');
  assert.match(await text('#para-name'), /^Tandem/);
  assert.match(await text('#figure-block-time'), /^\d+\.\d s$/);
  assert.match(await text('#figure-depth'), /^\d of \d$/);
  const moment = await text('#moment');
  assert.ok(moment.endsWith(' UTC'), moment);
  const ago = Date.now() - Date.parse(moment.replace(',', ''));
  assert.ok(Math.abs(ago) < 60_000, `${moment} is ${ago} ms ago`);
  const tick = await page.$$eval('#ticks text', (all) => all.map((one) => one.textContent).findLast(Boolean));
  const [hours, minutes] = tick.split(':').map(Number);
  const behind = (Date.now() / 60_000 - hours * 60 - minutes + 14_400) % 1_440;
  assert.ok(behind < 15 || behind > 1_425, `the picture's last time is ${tick}, ${behind} minutes ago`);

  // When the collator reported a block, and when it was first in the table.
  const reported = new Map();
  await collator.isReady;
  await collator.subscribe('chain_newHead', 'chain_subscribeNewHead', [], (_, header) => {
    reported.set(Number(header.number), Date.now());
  });
  await page.evaluate(() => {
    window.shown = {};
    const look = () => {
      for (const row of document.querySelectorAll('#blocks-table tbody tr')) shown[row.dataset.number] ??= Date.now();
    };
    look();
    new MutationObserver(look).observe(document.getElementById('blocks-table'), { subtree: true, childList: true });
  });

  // Every block is in the picture once, and the newest ones are in the table too.
  const [blocks, rows] = await page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)].map((one) => one.dataset);
    return [all('[data-block]').map((one) => one.block), all('#blocks-table tbody tr').map((one) => one.number)];
  });
  assert.equal(new Set(blocks).size, blocks.length);
  assert.ok(rows.length > 0 && rows.every((row) => blocks.includes(row)), `${rows} of ${blocks}`);

  // The metrics tell the same; a block may have come in between, or a fork of two have gone.
  const metrics = await (await fetch(new URL('/metrics', url))).text();
  const built = Number(metrics.match(/^tandem_watch_parablock_number\{.*state="built"\} (\d+)$/m)[1]);
  const shown = await number('#figure-built');
  assert.ok(Math.abs(built - shown) <= 3, `${built} and ${shown} built`);

  // A payment, where the page offers one: it comes to be in a block, and the page says after how many seconds.
  if (await page.$eval('#payment', (section) => !section.hidden)) {
    await page.focus('#pay');
    await page.keyboard.press('Enter');
    const done = await page.waitForFunction(() => {
      const after = document.querySelector('#track [data-stage="block"][data-progress="done"] .after');
      return document.getElementById('payment-error').textContent || after?.textContent;
    });
    assert.match(await done.jsonValue(), /^\d+\.\d s$/);
    assert.match(await text('#payment-hash'), /^0x[0-9a-f]{64}$/);
  }

  // By keyboard: the newest block is selected, then the one before it, and stays so while others come.
  await page.focus('#picture');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  const selected = await number('#details-title');
  // That is announced, once, and not again as snapshots come.
  await page.waitForFunction(() => document.getElementById('selection').textContent !== '');
  const announced = await text('#selection');
  assert.match(announced, /^Parablock #[\d,]+ selected, /);
  assert.equal(Number(announced.split(' ')[1].replace(/\D/g, '')), selected);
  await page.waitForFunction((before) => document.getElementById('figure-built').textContent !== before,
    {}, await text('#figure-built'));
  assert.equal(await number('#details-title'), selected);
  assert.equal(await text('#selection'), announced);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'picture');
  await page.screenshot({ path: screenshot, fullPage: true });

  // Held, the picture stays as the chain goes on.
  await page.keyboard.press('Space');
  assert.equal(await page.$eval('#pause', (button) => button.getAttribute('aria-pressed')), 'true');
  const newest = () => page.$$eval('[data-block]', (all) => Math.max(...all.map((one) => Number(one.dataset.block))));
  const [held, before] = [await newest(), await text('#figure-built')];
  await page.waitForFunction((before) => document.getElementById('figure-built').textContent !== before,
    {}, before);
  assert.equal(await newest(), held);
  await page.keyboard.press('End');
  await page.waitForFunction((held) =>
    [...document.querySelectorAll('[data-block]')].some((one) => Number(one.dataset.block) > held), {}, held);

  // The first one reported may have been there before.
  const delays = async () => {
    const shown = await page.evaluate(() => window.shown);
    const both = [...reported].slice(1).filter(([number]) => shown[number]);
    return both.map(([number, moment]) => shown[number] - moment).sort((one, other) => one - other);
  };
  while ((await delays()).length < 5) await new Promise((done) => setTimeout(done, 500));
  const late = await delays();
  const [median, worst] = [late[late.length >> 1], late.at(-1)];
  assert.ok(median < 10_000, `blocks were shown ${late} ms after the collator reported them`);

  assert.deepEqual(errors, []);
  assert.ok(asked.every((one) => one.startsWith(url) || one.startsWith('data:')), `it asked for ${asked}`);
  console.log(`${blocks.length} blocks, #${built} the newest; see ${screenshot}`);
  console.log(`  ${late.length} blocks shown ${median} ms after the collator reported them, at most ${worst} ms`);
} finally {
  await browser.close();
  await collator.disconnect();
}
