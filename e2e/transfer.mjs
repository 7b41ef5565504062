// Sends one token from //Ferdie to an account of its own by @polkadot/api, as a wallet does, and waits until it is
// final. Prints the blocks as JSON. Usage: node transfer.mjs ws://127.0.0.1:PORT

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const [url] = process.argv.slice(2);
const api = await ApiPromise.create({ provider: new WsProvider(url), noInitWarn: true });
const keyring = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 });
const [ferdie, recipient] = ['//Ferdie', '//Transfer'].map((seed) => keyring.addFromUri(seed));
const amount = 10n ** BigInt(api.registry.chainDecimals[0]);
const before = (await api.query.system.account(recipient.address)).data.free.toBigInt();

const { inBlock, finalised } = await new Promise((resolve, reject) => {
  let inBlock;
  const status = (result) => {
    const { isInvalid, isDropped, isUsurped } = result.status;
    if (isInvalid || isDropped || isUsurped) reject(new Error(`the node refused it: ${result.status}`));
    if (result.dispatchError) reject(new Error(result.dispatchError.toString()));
    if (result.status.isInBlock) inBlock = result.status.asInBlock.toHex();
    if (result.status.isFinalized) resolve({ inBlock, finalised: result.status.asFinalized.toHex() });
  };
  api.tx.balances.transferKeepAlive(recipient.address, amount).signAndSend(ferdie, status).catch(reject);
});

const after = (await (await api.at(finalised)).query.system.account(recipient.address)).data.free.toBigInt();
if (after - before !== amount) throw new Error(`The account received ${after - before}, not ${amount}`);
console.log(JSON.stringify({ inBlock, finalised, symbol: api.registry.chainTokens[0] }));
process.exit(0);
