//! A collator's log: how its proposer ended each block that it built.
//!
//! No RPC method returns this. The proposer logs a block before it is sealed, and the seal changes the
//! block's hash. A later line has both hashes, so each proposal is matched by the hash before the seal. Of
//! a block that is ended by the deadline, with shortened hashes:
//!
//! ```text
//! Prepared block for proposing at 7 (14 ms) hash: 0xaa; parent_hash: 0x99; end: HitDeadline; extrinsics_count: 9
//! Pre-sealed block for proposal at 7. Hash now 0xbb, previously 0xaa.
//! ```

use crate::observation::{Proposal, ProposalEnd};
use std::{
    collections::VecDeque,
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};
use subxt::utils::H256;

/// Blocks that may be proposed and not sealed yet. A collator builds one after the other.
const UNSEALED: usize = 16;
/// The most bytes that are read at once, and the longest line.
const CHUNK: usize = 1 << 20;

/// The log of a collator, from now on.
pub struct CollatorLog {
    tail: Tail,
    /// The hash before the seal, and the proposal.
    unsealed: VecDeque<(H256, Proposal)>,
}

/// A block that the collator built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposedBlock {
    pub number: u64,
    /// The hash of the sealed block.
    pub hash: H256,
    pub proposal: Proposal,
}

impl CollatorLog {
    /// The log at `path`, which may not be there yet. What it already holds is skipped.
    pub fn new(path: &Path) -> Self {
        Self { tail: Tail::new(path), unsealed: VecDeque::new() }
    }

    /// The blocks that were logged since the last call, or the first of them.
    pub fn blocks(&mut self) -> Vec<ProposedBlock> {
        // A log that cannot be read now may be readable later.
        let text = self.tail.read().unwrap_or_default();
        text.lines().filter_map(|line| self.line(line)).collect()
    }

    /// Whether the last call did not read the log to its end.
    pub fn has_more(&self) -> bool {
        self.tail.has_more
    }

    /// Takes in a line. Returns the block that it completes, if any.
    fn line(&mut self, line: &str) -> Option<ProposedBlock> {
        if let Some(prepared) = prepared(line) {
            self.unsealed.push_back(prepared);
            if self.unsealed.len() > UNSEALED {
                self.unsealed.pop_front();
            }
            return None;
        }
        let (number, hash, before) = sealed(line)?;
        let at = self.unsealed.iter().position(|(unsealed, _)| *unsealed == before)?;
        let (_, proposal) = self.unsealed.remove(at)?;
        Some(ProposedBlock { number, hash, proposal })
    }
}

/// The hash before the seal, and the proposal, from a line of sc-basic-authorship.
fn prepared(line: &str) -> Option<(H256, Proposal)> {
    let (_, rest) = line.split_once("Prepared block for proposing at ")?;
    let (_number, rest) = rest.split_once(" (")?;
    let (millis, rest) = rest.split_once(" ms) hash: ")?;
    let (hash, rest) = rest.split_once("; parent_hash: ")?;
    let (_parent, rest) = rest.split_once("; end: ")?;
    let (end, extrinsics) = rest.split_once("; extrinsics_count: ")?;
    let end = match end {
        "NoMoreTransactions" => ProposalEnd::NoMoreTransactions,
        "HitDeadline" => ProposalEnd::Deadline,
        "HitBlockSizeLimit" => ProposalEnd::BlockSize,
        "HitBlockWeightLimit" => ProposalEnd::BlockWeight,
        "TransactionForbidden" => ProposalEnd::TransactionForbidden,
        _ => return None,
    };
    // The logger adds spaces to some lines.
    let extrinsics = extrinsics.trim_end().parse().ok()?;
    Some((hash.parse().ok()?, Proposal { extrinsics, millis: millis.parse().ok()?, end }))
}

/// The number, the hash, and the hash before the seal, from a line of the Aura collator.
fn sealed(line: &str) -> Option<(u64, H256, H256)> {
    let (_, rest) = line.split_once("Pre-sealed block for proposal at ")?;
    let (number, rest) = rest.split_once(". Hash now ")?;
    let (hash, before) = rest.split_once(", previously ")?;
    let before = before.trim_end().strip_suffix('.')?;
    Some((number.parse().ok()?, hash.parse().ok()?, before.parse().ok()?))
}

/// A file that grows, followed as by `tail -F`: it may appear later, be truncated, or be replaced.
struct Tail {
    path: PathBuf,
    /// The file that is being read. After a rotation it has another name, until all of it is read.
    file: Option<File>,
    /// The beginning of a line that has no end yet.
    partial: Vec<u8>,
    /// Whether the last read was cut off.
    has_more: bool,
}

impl Tail {
    /// Begins at the end of the file, if there is one.
    fn new(path: &Path) -> Self {
        let at_end = |mut file: File| file.seek(SeekFrom::End(0)).map(|_| file);
        let file = open(path).and_then(at_end).ok();
        Self { path: path.into(), file, partial: Vec::new(), has_more: false }
    }

    /// The whole lines that were written since the last call, or some of them if they are many.
    fn read(&mut self) -> io::Result<String> {
        self.has_more = false;
        let file = match &mut self.file {
            Some(file) => file,
            None => self.file.insert(open(&self.path)?),
        };
        let metadata = file.metadata()?;
        if metadata.len() < file.stream_position()? {
            file.rewind()?;
            self.partial.clear();
        }
        let read = file.by_ref().take(CHUNK as u64).read_to_end(&mut self.partial)?;
        self.has_more = read == CHUNK;
        let identity = |metadata: &fs::Metadata| (metadata.dev(), metadata.ino());
        let is_replaced =
            || fs::metadata(&self.path).is_ok_and(|other| identity(&other) != identity(&metadata));
        if read == 0 && is_replaced() {
            self.file = None;
            self.partial.clear();
        }
        let length = self.partial.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let whole: Vec<u8> = self.partial.drain(..length).collect();
        if self.partial.len() > CHUNK {
            self.partial.clear();
        }
        Ok(String::from_utf8_lossy(&whole).into_owned())
    }
}

/// Opens the file at `path`. A pipe is refused, because opening one waits for its writer.
fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    File::open(path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Lines of a collator of a local network.
    const PREPARED: &str =
        "2026-11-28 03:35:24 [Parachain] 🎁 Prepared block for proposing at 1 (29 ms) hash: \
        0x1682546e056c4eb528d69fb6d7e027f2254fda02d270753092f0e76687c3ea49; parent_hash: 0xe8b0…4803; end: \
        NoMoreTransactions; extrinsics_count: 3    ";
    const SEALED: &str = "2026-11-28 03:35:24 [Parachain] 🔖 Pre-sealed block for proposal at 1. Hash now \
        0xa972e61dad95c24a867901c34330bae2c34ea9e595623ea63dfa762b8f9d93c5, previously \
        0x1682546e056c4eb528d69fb6d7e027f2254fda02d270753092f0e76687c3ea49.";

    /// The block of these two lines.
    fn block() -> ProposedBlock {
        let hash = "0xa972e61dad95c24a867901c34330bae2c34ea9e595623ea63dfa762b8f9d93c5".parse().unwrap();
        let end = ProposalEnd::NoMoreTransactions;
        ProposedBlock { number: 1, hash, proposal: Proposal { extrinsics: 3, millis: 29, end } }
    }

    /// The lines of another block, from the formats in sc-basic-authorship and in cumulus' Aura collator.
    fn lines(number: u8, end: &str) -> (String, String) {
        let (before, hash) = (H256::repeat_byte(number), H256::repeat_byte(100 + number));
        let parent = H256::zero();
        (
            format!(
                "🎁 Prepared block for proposing at {number} (7 ms) hash: {before:?}; parent_hash: {parent}; \
                 end: {end}; extrinsics_count: 2"
            ),
            format!(
                "🔖 Pre-sealed block for proposal at {number}. Hash now {hash:?}, previously {before:?}."
            ),
        )
    }

    fn path(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("tandem-log-{name}-{}", std::process::id()));
        let _ = fs::remove_file(&path);
        path
    }

    fn append(path: &Path, text: &str) {
        let mut file = File::options().create(true).append(true).open(path).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    #[test]
    fn a_proposal_is_matched_with_the_sealed_block() {
        let mut log = CollatorLog::new(Path::new("/nowhere"));
        assert_eq!(log.line(SEALED), None);
        assert_eq!(log.line(PREPARED), None);
        assert_eq!(log.line("2026-11-28 03:35:24 [Parachain] 💤 Idle (1 peers)"), None);
        assert_eq!(log.line(SEALED), Some(block()));
        assert_eq!(log.line(SEALED), None);
        // Two blocks whose lines are mixed.
        let (first, second) = (lines(5, "HitDeadline"), lines(6, "HitDeadline"));
        log.line(&first.0);
        log.line(&second.0);
        assert_eq!(log.line(&second.1).map(|block| block.number), Some(6));
        assert_eq!(log.line(&first.1).map(|block| block.hash), Some(H256::repeat_byte(105)));
    }

    #[test]
    fn each_end_has_its_reason() {
        let mut log = CollatorLog::new(Path::new("/nowhere"));
        let mut end = |name| {
            let (prepared, sealed) = lines(5, name);
            log.line(&prepared);
            log.line(&sealed).map(|block| block.proposal.end)
        };
        assert_eq!(end("NoMoreTransactions"), Some(ProposalEnd::NoMoreTransactions));
        assert_eq!(end("HitDeadline"), Some(ProposalEnd::Deadline));
        assert_eq!(end("HitBlockSizeLimit"), Some(ProposalEnd::BlockSize));
        assert_eq!(end("HitBlockWeightLimit"), Some(ProposalEnd::BlockWeight));
        assert_eq!(end("TransactionForbidden"), Some(ProposalEnd::TransactionForbidden));
        assert_eq!(end("OutOfCoffee"), None);
    }

    #[test]
    fn lines_that_are_cut_off_are_no_proposals() {
        for line in [PREPARED, SEALED] {
            let line = line.trim_end();
            let whole = line.chars().count();
            for length in 0..whole {
                let part: String = line.chars().take(length).collect();
                assert_eq!((prepared(&part), sealed(&part)), (None, None), "{part}");
            }
        }
    }

    #[test]
    fn blocks_that_are_never_sealed_are_forgotten() {
        let mut log = CollatorLog::new(Path::new("/nowhere"));
        for number in 0..=UNSEALED as u8 {
            log.line(&lines(number, "HitDeadline").0);
        }
        assert_eq!(log.unsealed.len(), UNSEALED);
        assert_eq!(log.line(&lines(0, "").1), None);
        assert!(log.line(&lines(1, "").1).is_some());
    }

    #[test]
    fn a_log_is_followed_from_its_end() {
        let path = path("end");
        append(&path, &format!("{PREPARED}\n{SEALED}\n"));
        let mut log = CollatorLog::new(&path);
        assert!(log.blocks().is_empty());
        let (prepared, sealed) = lines(5, "HitDeadline");
        append(&path, &format!("{prepared}\n{}", &sealed[..30]));
        assert!(log.blocks().is_empty());
        append(&path, &format!("{}\n", &sealed[30..]));
        assert_eq!(log.blocks().len(), 1);
        assert!(log.blocks().is_empty());
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_log_that_appears_later_is_followed_from_its_beginning() {
        let path = path("late");
        let mut log = CollatorLog::new(&path);
        assert!(log.blocks().is_empty());
        append(&path, &format!("{PREPARED}\n{SEALED}\n"));
        assert_eq!(log.blocks(), [block()]);
        fs::remove_file(path).unwrap();
    }

    #[test]
    fn a_log_that_is_truncated_or_replaced_is_followed_on() {
        let path = path("rotated");
        append(&path, "a line that is longer than those after it, without an end yet");
        let mut log = CollatorLog::new(&path);
        assert!(log.blocks().is_empty());
        fs::write(&path, "short\n").unwrap();
        assert!(log.blocks().is_empty());
        append(&path, &format!("{PREPARED}\n{SEALED}\n"));
        assert_eq!(log.blocks(), [block()]);

        // What was written before the rotation is read first.
        let rotated = path.with_extension("old");
        let (prepared, sealed) = lines(5, "HitDeadline");
        append(&path, &format!("{prepared}\n{sealed}\n"));
        fs::rename(&path, &rotated).unwrap();
        assert_eq!(log.blocks().len(), 1);
        assert!(log.blocks().is_empty());
        append(&path, &format!("{PREPARED}\n{SEALED}\n"));
        let blocks: Vec<_> = (0..3).flat_map(|_| log.blocks()).collect();
        assert_eq!(blocks, [block()]);
        fs::remove_file(path).unwrap();
        fs::remove_file(rotated).unwrap();
    }
}
