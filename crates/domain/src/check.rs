//! Validators for numbers, names and dates people write by hand (handbook §5). They say what is
//! wrong and what to do; a damaged number is never guessed.
//!
//! Each kind has one normal form, `normal`, in which it is stored, compared and searched, so that the
//! same thing written in two ways is one thing: `normal` of a normal form is itself, and what cannot
//! be read comes back as it was written, without what a keyboard adds. `form::normal` knows which
//! field is of which kind.

use icu_normalizer::ComposingNormalizerBorrowed;

pub mod amount;
pub mod bank;
pub mod clock;
pub mod credit;
pub mod day;
pub mod dis_cert;
pub mod id_no;
pub mod name;
pub mod paper;
pub mod tel;
pub mod time;

/// Text as people meant it, for kinds that are compared: full-width letters and digits made half
/// width, letters in one spelling (NFKC), invisible characters and outer blanks removed. Not for
/// sentences: their signs are the author's.
pub fn plain(text: &str) -> String {
    composed(text).trim().to_owned()
}

/// One spelling of every character, nothing invisible, every blank the same.
fn composed(text: &str) -> String {
    let seen: String = text.chars().filter(|c| !is_invisible(*c)).map(|c| if c == '\t' { ' ' } else { c }).collect();
    ComposingNormalizerBorrowed::new_nfkc().normalize(&seen).into_owned()
}

/// Plain text without some signs. What stood apart by one of them may be one character afterwards.
fn without(text: &str, added: impl Fn(char) -> bool) -> String {
    plain(&plain(text).chars().filter(|c| !added(*c)).collect::<String>())
}

/// One line as it is kept: no invisible characters, no line break, one blank between words, full-width
/// letters and digits half width. Signs stay the author's.
pub fn line(text: &str) -> String {
    let narrow = text.chars().filter(|c| !is_invisible(*c)).map(|c| match c {
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    });
    narrow.collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
        || (c.is_control() && c != '\n' && c != '\t')
}

/// Every stroke people put between the parts of a number.
const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2010}'
            ..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}' | '\u{30fc}' | '_'
    )
}

/// Whether the text is a number that a spreadsheet has rounded: `3.70102E+17`.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, "0"));
    digits(whole) && digits(part) && digits(exponent.trim_start_matches('+'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_becomes_plain_without_losing_words() {
        assert_eq!(plain("\u{feff} １２３　ＡＢ（甲）\u{200b} "), "123 AB(甲)");
        assert_eq!(plain("𬭎·䶮"), "𬭎·䶮");
        assert_eq!(plain("李⼩明"), "李小明", "a radical that a PDF puts for its character");
        assert_eq!(line(" ５号楼（东）\n 甲\u{200b}户 "), "5号楼（东） 甲户");
    }

    #[test]
    fn rounded_numbers_are_seen() {
        for text in ["3.70102E+17", "3.70102e17", "4E+17"] {
            assert!(is_scientific(text), "{text}");
        }
        for text in ["E1", "370102", "A123E5", "1E"] {
            assert!(!is_scientific(text), "{text}");
        }
    }
}
