//! The part of `wasm-opt`'s interface that `substrate-wasm-builder` calls, without Binaryen.
//!
//! The builder asks for optimisation level 0, so Binaryen (eight minutes of C++) would optimise
//! nothing. Two passes remain: dropping the DWARF sections, done here, and lowering the
//! sign-extension instructions to the MVP, which the `wasm32v1-none` target never emits.

use std::{
    fs,
    io::{Error, ErrorKind, Result},
    path::Path,
};

/// The passes the builder knows. None needs to be told apart: debug sections are always dropped,
/// and there are no sign-extension instructions to lower.
pub enum Pass {
    StripDwarf,
    SignextLowering,
}

/// The builder's way to say what to do.
pub struct OptimizationOptions;

impl OptimizationOptions {
    pub fn new_opt_level_0() -> Self {
        Self
    }

    pub fn mvp_features_only(&mut self) -> &mut Self {
        self
    }

    pub fn debug_info(&mut self, _keep_names: bool) -> &mut Self {
        self
    }

    pub fn add_pass(&mut self, _pass: Pass) -> &mut Self {
        self
    }

    /// Copies the module `from` to `to` without its DWARF sections.
    ///
    /// # Errors
    /// When a file cannot be read or written, or `from` is no wasm module.
    pub fn run(&self, from: impl AsRef<Path>, to: impl AsRef<Path>) -> Result<()> {
        let module = fs::read(from.as_ref())?;
        let stripped = strip_dwarf(&module).ok_or_else(|| {
            Error::new(ErrorKind::InvalidData, format!("{}: not a wasm module", from.as_ref().display()))
        })?;
        fs::write(to, stripped)
    }
}

const HEADER: &[u8] = b"\0asm\x01\0\0\0";
const CUSTOM_SECTION: u8 = 0;

/// A module is a header and a row of sections, each an id, a length and that many bytes; a custom
/// section's bytes open with its name (WebAssembly core specification, 5.5).
fn strip_dwarf(module: &[u8]) -> Option<Vec<u8>> {
    let mut rest = module.strip_prefix(HEADER)?;
    let mut out = HEADER.to_vec();
    while let Some((&id, after_id)) = rest.split_first() {
        let (length, body) = leb128(after_id)?;
        let (body, next) = (body.get(..length)?, body.get(length..)?);
        let is_dwarf = id == CUSTOM_SECTION && {
            let (length, name) = leb128(body)?;
            let name = name.get(..length)?;
            name.starts_with(b".debug_") || name.starts_with(b"reloc..debug_")
        };
        if !is_dwarf {
            out.extend_from_slice(&rest[..rest.len() - next.len()]);
        }
        rest = next;
    }
    Some(out)
}

/// Reads an unsigned LEB128 number of at most 32 bits; returns it and what follows.
fn leb128(bytes: &[u8]) -> Option<(usize, &[u8])> {
    let mut value = 0u64;
    for (i, byte) in bytes.iter().take(5).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((usize::try_from(value).ok()?, &bytes[i + 1..]));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn section(id: u8, body: &[u8]) -> Vec<u8> {
        [&[id, body.len() as u8], body].concat()
    }

    fn custom(name: &str, data: &[u8]) -> Vec<u8> {
        section(CUSTOM_SECTION, &[&[name.len() as u8], name.as_bytes(), data].concat())
    }

    #[test]
    fn drops_dwarf_and_nothing_else() {
        let (code, version, names) =
            (section(10, b"code"), custom("runtime_version", b"v"), custom("name", b"n"));
        let dwarf = custom(".debug_info", b"dwarf");
        let module = [HEADER, &code, &dwarf, &version, &names].concat();
        let expected = [HEADER, &code, &version, &names].concat();
        assert_eq!(strip_dwarf(&module), Some(expected.clone()));
        assert_eq!(strip_dwarf(&expected), Some(expected));
    }

    #[test]
    fn refuses_what_is_no_module() {
        assert_eq!(strip_dwarf(b"ELF"), None);
        assert_eq!(strip_dwarf(&[HEADER, &[10, 200, 1]].concat()), None, "a section longer than the file");
    }
}
