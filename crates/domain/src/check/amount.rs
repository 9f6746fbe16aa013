//! Amounts of money and measures as people write them. Money is whole fen.

use crate::check::plain;

/// Yuan as written (`1,200.5元/月`, `0.3万`) in fen, and whether words stood behind it.
pub fn fen(text: &str) -> Option<(i64, bool)> {
    let plain: String = plain(text).chars().filter(|c| !c.is_whitespace() && !matches!(c, ',' | '¥')).collect();
    let (amount, more) = match plain.split_once('元') {
        Some((amount, rest)) => (amount, !rest.is_empty()),
        None => (plain.as_str(), false),
    };
    let (amount, scale) = amount.strip_suffix('万').map_or((amount, 2), |amount| (amount, 6));
    let (whole, part) = amount.split_once('.').unwrap_or((amount, ""));
    let padded = format!("{part:0<scale$}");
    let (kept, lost) = padded.split_at_checked(scale)?;
    if whole.is_empty() || whole.len() > 9 || !digits(whole) || !digits(kept) || lost.bytes().any(|b| b != b'0') {
        return None;
    }
    format!("{whole}{kept}").parse().ok().map(|fen| (fen, more))
}

/// A whole number from 0 on: `３`.
pub fn count(text: &str) -> Option<i64> {
    let plain = plain(text);
    ((1..=9).contains(&plain.len()) && digits(&plain)).then(|| plain.parse().ok())?
}

/// A measure written out, without its unit: `120.5厘米` is `120.5`.
pub fn decimal(text: &str) -> Option<String> {
    let lower = plain(text).to_lowercase();
    let units = ["厘米", "公分", "cm", "公斤", "千克", "kg"];
    let bare = units.iter().find_map(|unit| lower.strip_suffix(unit)).unwrap_or(&lower).trim();
    let (whole, part) = bare.split_once('.').unwrap_or((bare, "0"));
    ((1..=9).contains(&whole.len()) && digits(whole) && !part.is_empty() && digits(part)).then(|| bare.to_owned())
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_read_however_people_write_them() {
        for (text, read) in [
            ("1200", Some((120_000, false))),
            ("１，２００．５元/月", Some((120_050, true))),
            ("0.3万", Some((300_000, false))),
            ("￥12.00", Some((1_200, false))),
            ("12.345", None),
            ("约1200", None),
            ("", None),
            ("-5", None),
        ] {
            assert_eq!(fen(text), read, "{text}");
        }
        assert_eq!((count(" ３ "), count("3.5"), count(""), count("三")), (Some(3), None, None, None));
        assert_eq!(decimal("120.5 CM").as_deref(), Some("120.5"));
        assert_eq!((decimal("１３０公分").as_deref(), decimal("1.2.3"), decimal("高")), (Some("130"), None, None));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,20}|[0-9.,元万]{0,12}") {
            let _ = (fen(&text), count(&text));
            prop_assert!(decimal(&text).is_none_or(|once| decimal(&once) == Some(once.clone())));
        }
    }
}
