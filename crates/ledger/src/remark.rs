//! Where words go that fit no field: to the person they are about, to the remark, or, where they
//! must not stand in ordinary text, to the remark of the sensitive record. It must not read fields.

use crate::target::{Part, Target};

/// How many digits in a row are the number of a telephone, a card or a document.
const NUMBER: usize = 7;

/// Which record words of a column may stand in.
pub(crate) fn part_of(target: &Target, text: &str) -> Part {
    match target {
        Target::Field(Part::Sensitive, _) => Part::Sensitive,
        _ if holds_number(text) => Part::Sensitive,
        _ => Part::Child,
    }
}

/// Whether a number of a telephone, a card or a document stands in a text, however spaced.
pub(crate) fn holds_number(text: &str) -> bool {
    let mut run = 0;
    text.chars().map(crate::words::half).any(|c| {
        match c {
            '0'..='9' => run += 1,
            ' ' | '-' => {}
            _ => run = 0,
        }
        run >= NUMBER
    })
}

/// A remark while it grows: each line once.
#[derive(Default)]
pub(crate) struct Remark(Vec<String>);

impl Remark {
    /// What was written as a remark comes first.
    pub(crate) fn begin(&mut self, text: String) {
        self.0.insert(0, text);
    }

    pub(crate) fn add(&mut self, line: String) {
        if !self.0.contains(&line) {
            self.0.push(line);
        }
    }

    /// The whole; `None` if nothing stands in it.
    pub(crate) fn text(mut self) -> Option<String> {
        self.0.retain(|line| !line.trim().is_empty());
        (!self.0.is_empty()).then(|| self.0.join("\n"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_seen_however_they_are_spaced() {
        for text in
            ["14000000111（爷爷）", "140 0000 0111", "0531-88881234", "６２９９０００００００", "卡6299 0000 0000 0000"]
        {
            assert!(holds_number(text), "{text}");
        }
        for text in ["2021年确诊", "3号楼2单元301", "鞋码36", "每月 950 元"] {
            assert!(!holds_number(text), "{text}");
        }
    }
}
