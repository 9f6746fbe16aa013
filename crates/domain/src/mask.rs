//! How numbers and names are shown until somebody asks to see them (handbook §7.4).

use crate::check::tel::{NONE, apart};
use crate::form::Mask;

/// A value as a list or a page shows it before the eye is clicked.
pub fn show(mask: Mask, text: &str) -> String {
    match mask {
        Mask::IdNo => id_no(text),
        Mask::Tel => tel(text),
        Mask::Bank => last4(text),
    }
}

/// `9901**********0018`; short numbers keep their last four only.
pub fn id_no(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    match chars.len() {
        0..=10 => last4(text),
        n => chars[..4].iter().chain(&vec!['*'; n - 8]).chain(&chars[n - 4..]).collect(),
    }
}

/// `138****1234`, each number of several; landlines keep their last four. An extension stays.
pub fn tel(text: &str) -> String {
    let main = |number: &str| match number.chars().collect::<Vec<char>>().as_slice() {
        chars @ [_, _, _, _, _, _, _, _, _, _, _] if chars.iter().all(char::is_ascii_digit) => {
            chars[..3].iter().chain(&['*'; 4]).chain(&chars[7..]).collect()
        }
        _ if number == NONE => number.to_owned(),
        _ => last4(number),
    };
    let one = |number: &str| match apart(number) {
        (number, Some(extension)) => format!("{}-{extension}", main(number)),
        (number, None) => main(number),
    };
    text.split('、').map(one).collect::<Vec<String>>().join("、")
}

/// `****0018`: what lists show of any number. Four characters or fewer are hidden whole.
pub fn last4(text: &str) -> String {
    let count = text.chars().count();
    match count {
        0 => String::new(),
        1..=4 => "****".into(),
        _ => text.chars().skip(count - 4).fold("****".into(), |out, c| out + c.encode_utf8(&mut [0; 4])),
    }
}

/// `王*明`, `王*`: a child's name for those she is not assigned to.
pub fn name(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    match chars.as_slice() {
        [] => String::new(),
        [one] => one.to_string(),
        [first, _] => format!("{first}*"),
        [first, hidden @ .., last] => format!("{first}{}{last}", "*".repeat(hidden.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn masks_look_as_the_handbook_says() {
        for (mask, text, shown) in [
            (Mask::IdNo, "990102201503070018", "9901**********0018"),
            (Mask::IdNo, "E12345678", "****5678"),
            (Mask::Tel, "14000001234", "140****1234"),
            (Mask::Tel, "14000001234、0531-88881234", "140****1234、****1234"),
            (Mask::Tel, "0531-88881234-2", "****1234-2"),
            (Mask::Tel, "无", "无"),
            (Mask::Bank, "6299000000000000002", "****0002"),
            (Mask::Bank, "123", "****"),
            (Mask::Bank, "", ""),
        ] {
            assert_eq!(show(mask, text), shown);
        }
        assert_eq!(
            (name("王小明"), name("王明"), name("阿依努尔·买买提")),
            ("王*明".into(), "王*".into(), "阿******提".into())
        );
    }

    proptest! {
        #[test]
        fn no_more_than_eight_characters_of_a_document_are_shown(text in "\\PC{0,40}") {
            let clear = text.chars().filter(|c| *c != '*').count().min(8);
            prop_assert!(id_no(&text).chars().filter(|c| *c != '*').count() <= clear);
        }
    }
}
