//! Names: any script, rare characters, `·` between parts (handbook §5.4). Refuses only what is
//! no name at all.

use crate::check::plain;
use crate::words::Words;

/// Why the text is no name.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NameProblem {
    /// Nothing there.
    #[error("empty")]
    Empty,
    /// One character only.
    #[error("too short")]
    Short,
    /// More than 50 characters.
    #[error("too long")]
    Long,
    /// A character nobody's name has: a digit, a bracket, a private-use character.
    #[error("strange character {0}")]
    Strange(char),
}

impl NameProblem {
    /// What to do.
    pub fn words(&self) -> Words {
        match self {
            Self::Empty => Words::new("请填写姓名", "Please fill in the name"),
            Self::Short => Words::new("姓名至少两个字，请核对", "A name has at least two characters; please check"),
            Self::Long => {
                Words::new("姓名太长（最多50字），请核对", "The name is too long (at most 50 characters); please check")
            }
            Self::Strange(c) if is_private(*c) => Words::new(
                format!("姓名里有一个只在个别电脑上能显示的字（码点{:X}），请用输入法重新输入", *c as u32),
                format!(
                    "A character of the name can be shown on some computers only (code point {:X}); type it again",
                    *c as u32
                ),
            ),
            Self::Strange(c) => Words::new(
                format!("姓名里有“{c}”，请核对后改正"),
                format!("There is “{c}” in the name; check and put it right"),
            ),
        }
    }
    /// What to do, in Chinese.
    pub fn text(&self) -> String {
        self.words().text
    }
}

const LONGEST: usize = 50;

/// The name as it is kept: outer blanks gone, blanks that only align (李　明) gone, one blank
/// between Latin words, every kind of middle dot as `·` (U+00B7).
pub fn clean(text: &str) -> String {
    let chars: Vec<char> = plain(text).chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    let mut out = String::new();
    for (i, c) in chars.iter().copied().enumerate() {
        let (before, after) = (out.chars().next_back(), chars.get(i + 1..).and_then(next_word));
        match c {
            ' ' if before == Some(' ') || !(is_latin(before) && is_latin(after)) => {}
            '•' | '・' | '‧' | '∙' | '⋅' | '●' | '▪' | '\u{ff65}' => out.push('·'),
            '.' if before.is_some_and(is_han) && after.is_some_and(is_han) => out.push('·'),
            c => out.push(c),
        }
    }
    out
}

/// Reads a name.
pub fn read(text: &str) -> Result<String, NameProblem> {
    let name = clean(text);
    if let Some(strange) = name.chars().find(|c| !is_of_a_name(*c)) {
        return Err(NameProblem::Strange(strange));
    }
    match name.chars().count() {
        0 => Err(NameProblem::Empty),
        1 => Err(NameProblem::Short),
        n if n > LONGEST => Err(NameProblem::Long),
        _ => Ok(name),
    }
}

fn next_word(rest: &[char]) -> Option<char> {
    rest.iter().copied().find(|c| *c != ' ')
}

fn is_latin(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphabetic() && !is_han(c) || c == '.')
}

const fn is_han(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}' | '〇')
}

const fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

fn is_of_a_name(c: char) -> bool {
    // The newest Han planes may be unknown to this compiler's tables, so they are named.
    (is_han(c) || c.is_alphabetic() || matches!(c, '·' | ' ' | '-' | '\'' | '.' | '’')) && !is_private(c)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    use crate::words::both;

    #[test]
    fn names_are_cleaned_not_changed() {
        for (text, name) in [
            ("李　明", "李明"),
            ("　王 小 明 ", "王小明"),
            ("阿依努尔•买买提", "阿依努尔·买买提"),
            ("阿依努尔．买买提", "阿依努尔·买买提"),
            ("阿依努尔 · 买买提", "阿依努尔·买买提"),
            ("Ａｎｎａ  Ｌｅｅ", "Anna Lee"),
            ("𬭎䶮", "𬭎䶮"),
            ("欧阳\u{200b}若汐", "欧阳若汐"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(name), "{text}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused_with_a_reason() {
        for (text, problem) in [
            ("", NameProblem::Empty),
            ("　", NameProblem::Empty),
            ("王", NameProblem::Short),
            ("王3", NameProblem::Strange('3')),
            ("合计：", NameProblem::Strange(':')),
            ("王\u{e123}", NameProblem::Strange('\u{e123}')),
        ] {
            assert_eq!(read(text), Err(problem), "{text}");
            assert!(both(&problem.words()), "{problem:?}");
        }
        assert_eq!(read(&"王".repeat(51)), Err(NameProblem::Long));
    }

    proptest! {
        #[test]
        fn cleaning_twice_is_cleaning_once(text in "\\PC{0,60}") {
            let once = clean(&text);
            prop_assert_eq!(clean(&once), once.clone());
            let _ = read(&text);
        }
    }
}
