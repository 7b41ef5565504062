// Makes a node's keys those of a candidate, as the README says: the node makes them, and the account signs.
// Prints the keys as JSON once both transactions are final. Usage: node collator.mjs http://NODE ws://NETWORK //Seed

import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const [node, network, seed] = process.argv.slice(2);
const api = await ApiPromise.create({ provider: new WsProvider(network), noInitWarn: true });
const account = new Keyring({ type: 'sr25519', ss58Format: api.registry.chainSS58 }).addFromUri(seed);
const owner = `0x${Buffer.from(account.publicKey).toString('hex')}`;

const rpc = { jsonrpc: '2.0', id: 1, method: 'author_rotateKeysWithOwner', params: [owner] };
const headers = { 'Content-Type': 'application/json' };
const answer = await (await fetch(node, { method: 'POST', headers, body: JSON.stringify(rpc) })).json();
if (answer.error) throw new Error(JSON.stringify(answer.error));
const { keys, proof } = answer.result;

// In a block is not enough: that block may be of a fork that loses.
const final = (call) =>
  new Promise((resolve, reject) => {
    const onStatus = ({ dispatchError, status }) => {
      if (status.isInvalid || status.isDropped || status.isUsurped) reject(new Error(`the node refused it: ${status}`));
      if (!status.isFinalized) return;
      if (!dispatchError) return resolve();
      const { isModule, asModule } = dispatchError;
      reject(new Error(isModule ? api.registry.findMetaError(asModule).name : dispatchError.toString()));
    };
    call.signAndSend(account, onStatus).catch(reject);
  });
await final(api.tx.session.setKeys(keys, proof));
await final(api.tx.collatorSelection.registerAsCandidate());
console.log(JSON.stringify({ keys }));
process.exit(0);
