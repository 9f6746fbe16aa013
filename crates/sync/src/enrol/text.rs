//! The enrolment text a person types or scans: address and one-time code. Forgiving about how it
//! is written, strict about what it means.

use std::fmt;
use std::str::FromStr;

use domain::moment::Moment;
use zeroize::ZeroizeOnDrop;

/// Port when the text names none.
const PORT: u16 = 8443;
/// Longest text looked at, bytes.
const TEXT_BYTES_MAX: usize = 600;
/// Crockford's base32: no I, L, O, U.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const ID_DIGITS: usize = 4;
const DIGITS: usize = 20;

/// Why a text is no enrolment text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadEnrolText {
    /// The address is missing or is none.
    #[error("no address of a server")]
    Address,
    /// The code is not 20 digits of the alphabet.
    #[error("not a code of 20 letters and digits")]
    Code,
}

/// Where the district's server is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Address {
    /// Name or IP; IPv6 without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
}

/// A one-time code: what finds it, and the secret. The secret is shown to people and nowhere else.
#[derive(Clone, PartialEq, Eq, ZeroizeOnDrop)]
pub struct Code {
    id: u32,
    secret: [u8; 10],
}

/// Address and code on one line, as the QR carries them.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EnrolText {
    /// Where.
    pub address: Address,
    /// With which code.
    pub code: Code,
}

impl Code {
    /// A fresh code.
    pub fn fresh(moment: &mut Moment) -> Self {
        let [a, b, c] = moment.bytes::<3>();
        Self { id: u32::from_be_bytes([0, a, b, c]) & 0xf_ffff, secret: moment.bytes() }
    }
    /// What finds the code at the server, 20 bits; no secret.
    pub const fn id(&self) -> u32 {
        self.id
    }
    /// The secret, 80 bits.
    pub const fn secret(&self) -> &[u8; 10] {
        &self.secret
    }
    /// From the parts the server stored.
    pub const fn from_parts(id: u32, secret: [u8; 10]) -> Self {
        Self { id: id & 0xf_ffff, secret }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Code({:05x}, …)", self.id)
    }
}

/// Four groups of five: `ABCDE-FGHJK-MNPQR-STVWX`.
impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secret = self.secret.iter().fold(0u128, |all, byte| all << 8 | u128::from(*byte));
        let all = u128::from(self.id) << 80 | secret;
        for n in 0..DIGITS {
            if n > 0 && n % 5 == 0 {
                f.write_str("-")?;
            }
            let digit = (all >> (5 * (DIGITS - 1 - n))) & 31;
            write!(f, "{}", char::from(ALPHABET[digit as usize]))?;
        }
        Ok(())
    }
}

impl FromStr for Code {
    type Err = BadEnrolText;
    /// Lower case, spaces and dashes are fine; o is 0, i and l are 1.
    fn from_str(text: &str) -> Result<Self, BadEnrolText> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(BadEnrolText::Code);
        }
        let (mut all, mut n) = (0u128, 0);
        for c in text.chars().map(narrow).filter(|c| !is_gap(*c)) {
            let upper = match c.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                other => other,
            };
            let digit = ALPHABET.iter().position(|a| char::from(*a) == upper).ok_or(BadEnrolText::Code)?;
            (all, n) = (all << 5 | digit as u128, n + 1);
            if n > DIGITS {
                return Err(BadEnrolText::Code);
            }
        }
        if n != DIGITS {
            return Err(BadEnrolText::Code);
        }
        let mut secret = [0; 10];
        secret.copy_from_slice(&all.to_be_bytes()[6..]);
        let id = (all >> (5 * (DIGITS - ID_DIGITS))) as u32;
        Ok(Self { id, secret })
    }
}

fn is_gap(c: char) -> bool {
    c.is_whitespace() || matches!(c, '-' | '—' | '–' | '－' | '_' | '·' | '.')
}

/// Full-width letters, digits and signs as their plain forms.
fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        '。' => '.',
        other => other,
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl FromStr for Address {
    type Err = BadEnrolText;
    fn from_str(text: &str) -> Result<Self, BadEnrolText> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(BadEnrolText::Address);
        }
        let text: String = text.trim().chars().map(narrow).collect();
        let text = text.strip_prefix("https://").unwrap_or(&text).trim_end_matches('/');
        let (host, port) = if let Some(rest) = text.strip_prefix('[') {
            let (host, rest) = rest.split_once(']').ok_or(BadEnrolText::Address)?;
            host.parse::<std::net::Ipv6Addr>().map_err(|_| BadEnrolText::Address)?;
            (host, rest.strip_prefix(':').or_else(|| rest.is_empty().then_some("")))
        } else {
            let (host, port) = text.split_once(':').map_or((text, Some("")), |(host, port)| (host, Some(port)));
            (is_name(host).then_some(host).ok_or(BadEnrolText::Address)?, port)
        };
        let port = match port.ok_or(BadEnrolText::Address)? {
            "" => PORT,
            digits => digits.parse().ok().filter(|port| *port > 0).ok_or(BadEnrolText::Address)?,
        };
        Ok(Self { host: host.to_ascii_lowercase(), port })
    }
}

fn is_name(host: &str) -> bool {
    let label = |label: &str| {
        let edges = label.starts_with('-') || label.ends_with('-');
        !label.is_empty()
            && label.len() <= 63
            && !edges
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.len() <= 253 && host.split('.').all(label)
}

impl fmt::Display for EnrolText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.address, self.code)
    }
}

impl FromStr for EnrolText {
    type Err = BadEnrolText;
    /// The first word is the address, all else the code.
    fn from_str(text: &str) -> Result<Self, BadEnrolText> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(BadEnrolText::Code);
        }
        let text = text.trim();
        let (address, code) = text.split_once(char::is_whitespace).ok_or(BadEnrolText::Code)?;
        Ok(Self { address: address.parse()?, code: code.parse()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{NOW, Seeded};
    use proptest::prelude::*;

    fn code() -> Code {
        Code::fresh(&mut Moment::new(NOW, &mut Seeded(1)))
    }

    #[test]
    fn a_code_is_forgiving_about_how_it_is_written() {
        let code: Code = "ABCDE-01234-56789-FGHJK".parse().expect("a code");
        for written in [
            "abcde-o1234-56789-fghjk",
            "abcde oi234 56789 fghjk",
            "ABCDEOL23456789FGHJK",
            "ＡＢＣＤＥ　０１２３４—５６７８９－ＦＧＨＪＫ",
            " ABCDE\n01234\t56789 FGHJK ",
        ] {
            assert_eq!(written.parse(), Ok(code.clone()), "{written}");
        }
        for wrong in [
            "",
            "ABCDE",
            "ABCDE-01234-56789-FGHJKM",
            "ABCDU-01234-56789-FGHJK",
            "孩子们的登记码一共二十个字符对不对呢啊",
        ] {
            assert_eq!(wrong.parse::<Code>(), Err(BadEnrolText::Code), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_a_name_or_an_ip_with_or_without_port() {
        for (written, host, port) in [
            ("dang.example.cn:9443", "dang.example.cn", 9443),
            ("10.1.2.3", "10.1.2.3", 8443),
            ("https://Dang.Example.cn/", "dang.example.cn", 8443),
            ("１０．１．２．３：８４４４", "10.1.2.3", 8444),
            ("[fd00::1]:443", "fd00::1", 443),
            ("localhost", "localhost", 8443),
        ] {
            let address = Address { host: host.into(), port };
            assert_eq!(written.parse(), Ok(address.clone()), "{written}");
            assert_eq!(address.to_string().parse(), Ok(address));
        }
        for wrong in
            ["", ":1", "a b", "x:0", "x:99999", "x:y", "-x", "a..b", "[::1", "[zz]", "[::1]x", "x/path", "登记"]
        {
            assert_eq!(wrong.parse::<Address>(), Err(BadEnrolText::Address), "{wrong}");
        }
    }

    #[test]
    fn one_line_carries_address_and_code() {
        let text = EnrolText { address: "10.1.2.3:8443".parse().expect("an address"), code: code() };
        assert_eq!(text.to_string().parse(), Ok(text.clone()));
        assert_eq!(format!("10.1.2.3\n{}", text.code).parse(), Ok(text.clone()));
        assert_eq!("10.1.2.3".parse::<EnrolText>(), Err(BadEnrolText::Code));
        assert!(!format!("{text:?}").contains(&text.code.to_string()[6..11]), "the secret is in no log");
    }

    proptest! {
        #[test]
        fn every_code_survives_being_written(seed in any::<u64>()) {
            let code = Code::fresh(&mut Moment::new(NOW, &mut Seeded(seed)));
            prop_assert_eq!(code.to_string().len(), 23);
            prop_assert_eq!(code.to_string().parse(), Ok(code.clone()));
            prop_assert_eq!(Code::from_parts(code.id(), *code.secret()), code);
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _ = (text.parse::<EnrolText>(), text.parse::<Address>(), text.parse::<Code>());
        }
    }
}
