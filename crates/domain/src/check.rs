//! Validators for numbers, names and dates people write by hand (handbook §5). They say what is
//! wrong and what to do; a damaged number is never guessed.

pub mod bank;
pub mod credit;
pub mod day;
pub mod dis_cert;
pub mod id_no;
pub mod name;
pub mod paper;
pub mod tel;
pub mod time;

/// Text as people meant it: full-width letters, digits and blanks made half width, invisible
/// characters and outer blanks removed. Nothing else is changed.
pub fn plain(text: &str) -> String {
    let narrow = text.chars().filter(|c| !is_invisible(*c)).map(|c| match c {
        '\u{3000}' | '\u{a0}' | '\u{2002}'..='\u{200a}' | '\t' => ' ',
        '！'..='～' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        c => c,
    });
    narrow.collect::<String>().trim().to_owned()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
        || (c.is_control() && c != '\n' && c != '\t')
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
