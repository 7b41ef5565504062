// The contract with the server: what it sends over /events and answers to /payments, as JSON.
// It is for the type checker alone and is not served. The server's side of it is snapshot.rs.
// Every moment is in milliseconds since the Unix epoch, by the server's clock.

/** 0x and hexadecimal digits. */
export type Hash = string;

/** The whole state at a moment. */
export interface Snapshot {
  /** The version of this contract. A page shows only the version that it knows. */
  format: 2;
  /** The moment of the state. */
  now: number;
  /** The relay chain's name. */
  relay: string;
  /** Milliseconds from one relay block to the next, if none is missing. */
  relay_millis: number;
  relay_best: number | null;
  relay_final: number | null;
  reorganisations: number;
  links: Link[];
  /** Names of authors that have one, by their keys. */
  names: Dictionary;
  /** What each reason is called, by the reason. */
  reasons: Dictionary;
  /** Whether the server takes payments: it does on a local network. */
  payments: boolean;
  /** Oldest first. */
  relay_blocks: RelayBlock[];
  paras: Para[];
  /** The transaction that is looked for, if there is one. */
  transaction: Transaction | null;
}

export interface Dictionary {
  [key: string]: string | undefined;
}

export interface Link {
  node: string;
  /** Why the node does not answer; null if it does. */
  error: string | null;
}

export interface RelayBlock {
  number: number;
  hash: Hash;
  /** Its timestamp. */
  moment: number;
  /** When it was imported, if it was watched then. */
  seen: number | null;
  /** Whether it begins a session, and so backs nothing. */
  session: boolean;
  status: "best" | "final" | "fork";
}

/** A parachain. */
export interface Para {
  info: ParaInfo;
  /** The cadences that it has had, oldest first; none if it tells neither them nor its slots. */
  cadences: Cadence[];
  /** The number of the newest block that is built, included, and included for good. */
  built_number: number | null;
  included_number: number | null;
  final_number: number | null;
  /** The unincluded segment, oldest first. */
  segment: Hash[];
  /** The newest blocks of the chain, oldest first. */
  blocks: Parablock[];
  /** The newest blocks that are not part of it, or not on the way to be, oldest first. */
  forks: Parablock[];
  missed: Missed[];
  /** Over the newest blocks. */
  pace: Pace | null;
  /** Over the blocks of each cadence, oldest first. */
  paces: Pace[];
  distributions: Distributions;
  emission: Emission | null;
}

export interface ParaInfo {
  id: number;
  name: string;
  /** Its token's symbol. */
  symbol: string;
  decimals: number;
}

export interface Cadence {
  /** The last block of the cadence before; 0 for the first cadence. */
  since: number;
  /** The moment of that block, if the chain tells it. */
  moment: number | null;
  slot_millis: number;
  /** Blocks a slot. */
  velocity: number;
  /** The most blocks that the unincluded segment may have, if the chain tells it. */
  capacity: number | null;
}

export type ParablockState = "built" | "backed" | "included" | "final" | "lost";

export interface Parablock {
  para: number;
  number: number;
  hash: Hash;
  parent: Hash | null;
  state: ParablockState;
  /** A key of `Snapshot.reasons` if the block is lost. The server may leave it out of a block that is not. */
  lost_reason?: string | null;
  /** The key whose turn its slot is. */
  author: string | null;
  slot: number | null;
  /** The relay parent's number. */
  relay_parent: number | null;
  /** Its timestamp. */
  authored: number | null;
  /** When it was imported, if it was watched then. */
  seen: number | null;
  /** Milliseconds from the block before, by their timestamps. */
  interval: number | null;
  /** Blocks of the unincluded segment as its relay parent has it, this one among them. */
  depth: number | null;
  /** What it declares to use, and the most that it may. */
  weight: Weight | null;
  limit: Weight | null;
  /** What each class of extrinsics uses. */
  classes: ClassWeights | null;
  /** How its collator's proposer ended it; null if the server does not read the collator's log. */
  proposal: Proposal | null;
  core: number | null;
  candidate: Hash | null;
  backed: RelayStep | null;
  included: RelayStep | null;
  /** When its inclusion was learned to be final. */
  final_at: number | null;
}

export interface Weight {
  /** Picoseconds. */
  ref_time: number;
  /** Bytes. */
  proof_size: number;
}

export interface ClassWeights {
  normal: ClassWeight;
  operational: ClassWeight;
  mandatory: ClassWeight;
}

/** What a class uses, and the most that it may; the limit is null if there is none. */
export interface ClassWeight {
  used: Weight;
  limit: Weight | null;
}

export interface Proposal {
  /** All extrinsics of the block, with the inherents. */
  extrinsics: number;
  /** How long building the block took. */
  millis: number;
  end: ProposalEnd;
}

/** Why the proposer added no further transaction. */
export type ProposalEnd =
  "no_more_transactions" | "deadline" | "block_size" | "block_weight" | "transaction_forbidden";

/** What a relay block did to a parablock. */
export interface RelayStep {
  /** The relay block's number. */
  relay: number;
  /** Its timestamp. */
  moment: number;
  /** When it was imported, if it was watched then. */
  seen: number | null;
}

/** A slot without a block, or several in a row. */
export interface Missed {
  para: number;
  slot: number;
  /** The blocks that are missing from this slot on. */
  count: number;
  /** When the slot began. */
  moment: number;
  /** The key whose turn it was. */
  author: string | null;
  /** A key of `Snapshot.reasons`. */
  reason: string;
}

/** How fast blocks came, over some that are final. */
export interface Pace {
  /** Milliseconds between two blocks at this cadence, if the chain tells it. */
  block_millis: number | null;
  /** The first and the last block. */
  from: number;
  to: number;
  /** The mean time between two blocks, and the longest, in milliseconds. */
  mean: number;
  worst: number;
  /** Blocks that are missing between the first and the last. */
  missed: number;
}

/** How many blocks took how many seconds: item n counts those of n seconds, the last one all longer ones too. */
export interface Distributions {
  /** From one block to the next. */
  interval: number[];
  /** From authored to backed. */
  backing: number[];
  /** From backed to included. */
  inclusion: number[];
  /** From authored to final. */
  finality: number[];
}

/** In tokens. */
export interface Emission {
  /** To treasury and collators, with each block. */
  per_block: number;
  /** The most that all recipients get in a year. */
  per_year: number;
}

export interface Transaction {
  hash: Hash;
  /** When the server submitted it; null if somebody else did. */
  submitted_at: number | null;
  /** The parachain and the block that it is in, if it is in one that is not lost. */
  para: number | null;
  block: Parablock | null;
  /** Whether it was seen in a block that is not part of the chain. */
  forked: boolean;
}

/** The answer to POST /payments. */
export interface Submitted {
  hash: Hash;
  submitted_at: number;
}
