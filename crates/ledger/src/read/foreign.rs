//! Files that people take for an `.xlsx`: known by their first bytes, so that the sentence can
//! say what to do. It must not open them.

use domain::fault::Code;

/// The container of Office before 2007, and of encrypted workbooks.
const OLD_CONTAINER: [u8; 8] = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
/// The sizes of the file an office program keeps beside one that is open.
const TEMPORARY: [usize; 2] = [162, 165];

/// What else the bytes are; `None` if they may be a workbook.
pub(super) fn recognise(bytes: &[u8]) -> Option<Code> {
    if bytes.starts_with(&OLD_CONTAINER) {
        let encrypted = holds_wide(bytes, "EncryptedPackage");
        return Some(if encrypted { Code::WorkbookLocked } else { Code::WorkbookOld });
    }
    let start = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes).trim_ascii_start();
    if start.first() == Some(&b'<') {
        return Some(Code::WorkbookPage);
    }
    let temporary = TEMPORARY.contains(&bytes.len()) && !bytes.starts_with(b"PK");
    temporary.then_some(Code::WorkbookTemporary)
}

/// Whether the name of a stream stands among the bytes, two bytes for each letter.
fn holds_wide(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.bytes().flat_map(|b| [b, 0]).collect();
    bytes.windows(wide.len()).any(|w| w == wide)
}
