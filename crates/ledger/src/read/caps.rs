//! Looks at a workbook's container before anything parses it: how many parts, how large, how
//! tightly packed. It must not keep what it unpacks.

use std::io::{Cursor, Read};

use domain::fault::{Code, Fault};
use zip::ZipArchive;

/// Most bytes of a workbook file.
pub const MAX_FILE: usize = 32 << 20;
/// Most parts inside.
pub const MAX_PARTS: usize = 2_000;
/// Most bytes of all parts, unpacked.
pub const MAX_UNPACKED: u64 = 96 << 20;
/// Most bytes a part may unpack to per packed byte, once it is larger than [`FREE`].
pub const MAX_RATIO: u64 = 200;
/// Parts up to this size may be packed as tightly as they like.
const FREE: u64 = 1 << 20;

/// Refuses containers that are too large or that lie about it. Declared sizes first, then the
/// parts are really unpacked into nothing, because a declared size is only a claim.
pub(super) fn check(bytes: &[u8]) -> Result<(), Fault> {
    if bytes.len() > MAX_FILE {
        return Err(Code::WorkbookTooLarge.into());
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Fault::from(Code::BadWorkbook))?;
    if archive.len() > MAX_PARTS {
        return Err(Code::WorkbookTooLarge.into());
    }
    declared(&mut archive)?;
    unpacked(&mut archive)
}

fn declared(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Fault> {
    let mut total = 0u64;
    for i in 0..archive.len() {
        let part = archive.by_index_raw(i).map_err(|_| Fault::from(Code::BadWorkbook))?;
        total = total.saturating_add(part.size());
        let packed = part.compressed_size().max(1);
        if total > MAX_UNPACKED || part.size() > FREE && part.size() / packed > MAX_RATIO {
            return Err(Code::WorkbookTooLarge.into());
        }
    }
    Ok(())
}

fn unpacked(archive: &mut ZipArchive<Cursor<&[u8]>>) -> Result<(), Fault> {
    let (mut left, mut buffer) = (MAX_UNPACKED, vec![0; 64 << 10]);
    for i in 0..archive.len() {
        let mut part = archive.by_index(i).map_err(|_| Fault::from(Code::BadWorkbook))?;
        loop {
            match part.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    left = left.checked_sub(n as u64).ok_or(Code::WorkbookTooLarge)?;
                }
                Err(_) => return Err(Code::BadWorkbook.into()),
            }
        }
    }
    Ok(())
}
