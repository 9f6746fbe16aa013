//! Workbooks that are none, or that lie: refused with a fault, never a panic, never much memory.

use std::io::{Cursor, Write};

use domain::fault::Code;
use ledger::read_workbook;
use ledger::workbook::Workbook;
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

const LEDGER: &[u8] = include_bytes!("fixtures/dirty.xlsx");

fn code(bytes: &[u8]) -> Option<Code> {
    read_workbook(bytes).err().map(|fault| fault.code)
}

fn packed(name: &str, size: usize) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    out.start_file(name, SimpleFileOptions::default()).expect("a part");
    let chunk = vec![b' '; 1 << 20];
    for _ in 0..size >> 20 {
        out.write_all(&chunk).expect("written");
    }
    out.finish().expect("finished").into_inner()
}

#[test]
fn what_is_no_workbook_is_refused() {
    assert_eq!(code(b""), Some(Code::BadWorkbook));
    assert_eq!(code(b"<html>login</html>"), Some(Code::WorkbookPage));
    assert_eq!(code(&LEDGER[..LEDGER.len() / 2]), Some(Code::BadWorkbook));
    assert_eq!(code(&packed("hello.txt", 0)), Some(Code::BadWorkbook));
}

#[test]
fn a_bomb_is_refused_by_its_declared_size() {
    assert_eq!(code(&packed("xl/worksheets/sheet1.xml", 300 << 20)), Some(Code::WorkbookTooLarge));
}

#[test]
fn a_bomb_that_declares_little_is_refused_while_unpacking() {
    let mut bytes = packed("xl/worksheets/sheet1.xml", 120 << 20);
    let real = (120u32 << 20).to_le_bytes();
    let places: Vec<usize> = bytes.windows(4).enumerate().filter(|(_, w)| *w == real).map(|(i, _)| i).collect();
    assert!(!places.is_empty());
    for at in places {
        bytes[at..at + 4].copy_from_slice(&1000u32.to_le_bytes());
    }
    assert!(read_workbook(&bytes).is_err());
}

#[test]
fn a_cell_in_the_last_corner_costs_nothing() {
    let mut book = rust_xlsxwriter::Workbook::new();
    book.add_worksheet().write_string(1_048_575, 16_383, "x").expect("written");
    let book = read_workbook(&book.save_to_buffer().expect("saved")).expect("a workbook");
    let beyond: Vec<(u32, u32)> = book.sheets[0].beyond.iter().map(|b| (b.row, b.column)).collect();
    assert_eq!((book.sheets[0].rows.len(), beyond), (0, vec![(1_048_576, 16_384)]), "it is passed over by name");
}

#[test]
fn too_many_parts_are_refused() {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for i in 0..=ledger::read::MAX_PARTS {
        out.start_file(format!("{i}"), SimpleFileOptions::default()).expect("a part");
    }
    assert_eq!(code(&out.finish().expect("finished").into_inner()), Some(Code::WorkbookTooLarge));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        prop_assert!(read_workbook(&bytes).is_err());
        prop_assert!(Workbook::from_bytes(&bytes).is_err() || bytes.len() < 200);
    }

    #[test]
    fn a_truncated_ledger_is_refused(cut in 0..LEDGER.len() - 1) {
        prop_assert!(read_workbook(&LEDGER[..cut]).is_err());
    }

    #[test]
    fn flipped_bits_never_panic(flips in proptest::collection::vec((0..LEDGER.len(), 0u8..8), 1..6)) {
        let mut bytes = LEDGER.to_vec();
        for (at, bit) in flips {
            bytes[at] ^= 1 << bit;
        }
        let _ = read_workbook(&bytes);
    }

    /// Flips inside a part, packed again so that no checksum stops them.
    #[test]
    fn damaged_parts_never_panic(part in 0usize..12, flips in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut archive = zip::ZipArchive::new(Cursor::new(LEDGER)).expect("the fixture");
        let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for i in 0..archive.len() {
            let mut entry = archive.by_index(i).expect("a part");
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut bytes).expect("read");
            if i == part % 12 {
                for (at, byte) in &flips {
                    let at = at.index(bytes.len());
                    bytes[at] = *byte;
                }
            }
            out.start_file(entry.name().expect("a name"), SimpleFileOptions::default()).expect("a part");
            out.write_all(&bytes).expect("written");
        }
        let _ = read_workbook(&out.finish().expect("finished").into_inner());
    }
}
