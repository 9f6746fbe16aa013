//! The disability certificate's number: identity number, kind, degree, reissue (handbook §3.1 B).

use crate::check::id_no;
use crate::words::Words;

/// A certificate number in its parts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct DisCert {
    /// The whole number as stored.
    pub number: String,
    /// First 18 characters: the holder's identity number.
    pub id_no: String,
    /// Digit 19: the kind (GB/T 26341).
    pub kind: char,
    /// Digit 20: the degree, 1–4.
    pub level: char,
}

/// Text that is no certificate number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not 20 digits, optionally with B1 or B2")]
pub struct BadDisCert;

impl BadDisCert {
    /// What to do.
    pub fn words(self) -> Words {
        Words::new(
            "残疾人证号应为身份证号加类别、等级共20位（补办的带B1或B2），请对照证件核对",
            "The number of a disability certificate is the ID number with kind and degree, 20 characters (reissued: B1 or B2 after it); compare it with the certificate",
        )
    }
}

/// Reads a certificate number.
pub fn read(text: &str) -> Result<DisCert, BadDisCert> {
    let number = id_no::normal(text);
    if !number.is_ascii() || !(number.len() == 20 || number.len() == 22) {
        return Err(BadDisCert);
    }
    let (main, reissue) = number.split_at(20);
    let (id, rest) = main.split_at(18);
    let digits = id.strip_suffix('X').unwrap_or(id).bytes().all(|b| b.is_ascii_digit());
    let again = reissue.is_empty() || matches!(reissue.as_bytes(), [b'B', b'1'..=b'9']);
    match rest.as_bytes() {
        [kind @ b'1'..=b'7', level @ b'1'..=b'4'] if digits && again => {
            Ok(DisCert { id_no: id.into(), kind: char::from(*kind), level: char::from(*level), number })
        }
        _ => Err(BadDisCert),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn the_parts_come_apart() {
        let cert = read("９90102201503070018 43b1").expect("a certificate");
        assert_eq!((cert.id_no.as_str(), cert.kind, cert.level), ("990102201503070018", '4', '3'));
        assert_eq!(cert.number, "99010220150307001843B1");
        for bad in ["", "990102201503070018", "99010220150307001883", "99010220150307001845", "99010220150307001843C1"]
        {
            assert_eq!(read(bad), Err(BadDisCert), "{bad}");
        }
    }

    #[test]
    fn what_to_do_is_said_in_both_languages() {
        assert!([BadDisCert].iter().all(|problem| both(&problem.words())));
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in "\\PC{0,30}|[0-9BX]{18,24}") {
            let _ = read(&text);
        }
    }
}
