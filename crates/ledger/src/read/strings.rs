//! Text of cells and comments as it is kept: runs of rich text joined, readings left out, what is
//! struck out remembered.

use domain::fault::{Code, Fault};

use super::styles::is_on;
use super::xml::{Step, Xml, end_name, name};

/// Text and how much of it is struck out.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Said {
    pub(super) text: String,
    /// Characters that are struck out run by run.
    pub(super) struck: usize,
}

impl Said {
    /// Whether all of it is struck out by its runs.
    pub(super) fn is_struck(&self) -> bool {
        self.struck > 0 && self.struck >= self.text.chars().count()
    }
}

/// The shared strings by their number.
pub(super) fn shared(xml: &str) -> Result<Vec<Said>, Fault> {
    let (mut xml, mut strings) = (Xml::new(xml), Vec::new());
    loop {
        match xml.step()? {
            Step::Over => return Ok(strings),
            Step::Open(tag) if name(&tag) == "si" => strings.push(rich(&mut xml)?),
            Step::Open(_) | Step::Close(_) | Step::Text(_) => {}
        }
    }
}

/// The text of the element just opened (`si`, `is`, a comment's `text`), to its end.
pub(super) fn rich(xml: &mut Xml<'_>) -> Result<Said, Fault> {
    let (mut said, mut struck, mut depth) = (Said::default(), false, 0usize);
    loop {
        match xml.step()? {
            Step::Open(tag) => match name(&tag) {
                "t" => {
                    let text = unescape(&xml.text()?);
                    said.struck += if struck { text.chars().count() } else { 0 };
                    said.text.push_str(&text);
                }
                "rPh" => xml.skip()?,
                "strike" => {
                    struck = is_on(&tag);
                    depth += 1;
                }
                _ => depth += 1,
            },
            Step::Close(_) if depth == 0 => return Ok(said),
            Step::Close(tag) => {
                struck &= end_name(&tag) != "r";
                depth -= 1;
            }
            Step::Text(_) => {}
            Step::Over => return Err(Code::BadWorkbook.into()),
        }
    }
}

/// `_x000A_` is how characters that XML may not hold are written; a carriage return is nothing.
pub(super) fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        out.push_str(&rest[..at]);
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        match code.and_then(|hex| u32::from_str_radix(hex, 16).ok()).and_then(char::from_u32) {
            Some(c) => {
                out.push(c);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str("_x");
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    out.retain(|c| c != '\r');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escaped_characters_become_themselves() {
        for (written, meant) in [
            ("甲_x000D_\n乙", "甲\n乙"),
            ("_x005F_x000D_", "_x000D_"),
            ("_x12", "_x12"),
            ("a_xZZZZ_", "a_xZZZZ_"),
            ("_x字字字字_", "_x字字字字_"),
        ] {
            assert_eq!(unescape(written), meant);
        }
    }

    #[test]
    fn runs_are_joined_readings_left_out_and_struck_ones_counted() {
        let xml = "<sst><si><r><rPr><strike/></rPr><t>旧</t></r><r><rPr><strike val=\"0\"/></rPr><t xml:space=\"preserve\">新 </t></r><rPh><t>x</t></rPh></si><si><t>&#26446;</t></si></sst>";
        let strings = shared(xml).expect("strings");
        assert_eq!((strings[0].text.as_str(), strings[0].struck, strings[0].is_struck()), ("旧新 ", 1, false));
        assert_eq!(strings[1].text, "李");
    }
}
