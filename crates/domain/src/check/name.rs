//! Names: any script, rare characters, `·` between parts (handbook §5.4). Refuses only what is
//! no name at all.

use crate::check::composed;
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
/// between Latin words, every dot people type between the parts as `·` (U+00B7), one apostrophe.
pub fn normal(text: &str) -> String {
    // Before and after: composing takes some signs apart and makes others.
    let chars: Vec<char> = composed(&text.chars().map(sign).collect::<String>()).chars().map(sign).collect();
    let mut out = String::new();
    for (i, c) in chars.iter().copied().enumerate() {
        let (before, after) = (out.chars().next_back(), chars.get(i + 1..).and_then(next_word));
        match c {
            c if c.is_whitespace() => {
                if before != Some(' ') && is_latin(before) && is_latin(after) {
                    out.push(' ');
                }
            }
            '·' if before.is_none_or(|before| before == '·') => {}
            '.' | '。' if before.is_some_and(is_han) && after.is_some_and(is_han) => out.push('·'),
            c => out.push(c),
        }
    }
    // What stood apart only by a blank may be one character now.
    composed(out.trim_end_matches('·'))
}

/// Whether a sign is one of the dots that stand between the parts of a name (`·`), whatever a keyboard
/// or a font makes of it. A full stop is one only between two Han characters.
pub const fn is_dot(c: char) -> bool {
    matches!(
        c,
        '·' | '•'
            | '・'
            | '･'
            | '‧'
            | '∙'
            | '⋅'
            | '●'
            | '▪'
            | '˙'
            | '◦'
            | '⦁'
            | '∘'
            | '\u{387}'
            | '\u{2e31}'
            | '\u{2e33}'
            | '\u{a78f}'
            | '\u{16eb}'
            | '\u{10101}'
    )
}

const fn sign(c: char) -> char {
    match c {
        '’' | '‘' | '`' | '´' | 'ʼ' | '′' => '\'',
        c if is_dot(c) => '·',
        c => c,
    }
}

/// Reads a name.
pub fn read(text: &str) -> Result<String, NameProblem> {
    let name = normal(text);
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
            ("李⼩明", "李小明"),
            ("O’Neil  Ann", "O'Neil Ann"),
            ("张.三", "张·三"),
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
        fn the_normal_form_of_any_text_stays(text in "\\PC{0,60}|[·.。•・ \u{200b}\u{301}阿a]{0,12}") {
            let once = normal(&text);
            prop_assert_eq!(normal(&once), once);
            let _ = read(&text);
        }

        #[test]
        fn a_name_in_parts_is_one_whatever_dot_is_typed(
            parts in proptest::collection::vec("[阿依古丽买提努尔]{1,4}", 2..4),
            dots in proptest::collection::vec("[·•・･‧∙⋅●▪．.。｡﹒˙][ 　]?", 4),
        ) {
            let mut typed = String::new();
            for (part, dot) in parts.iter().zip(&dots) {
                typed.push_str(part);
                typed.push_str(dot);
            }
            let typed = typed.trim_end_matches(|c| dots.iter().any(|dot| dot.contains(c)));
            prop_assert_eq!(normal(typed), parts.join("·"));
        }
    }
}
