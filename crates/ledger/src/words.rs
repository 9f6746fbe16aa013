//! How words of a sheet are compared: half width, without blanks and punctuation. It must not
//! change what is stored.

/// A full-width letter, digit or sign as its half-width twin.
pub(crate) fn half(c: char) -> char {
    match c {
        '\u{3000}' | '\u{a0}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// The same for a text; invisible characters are gone.
pub(crate) fn half_width(text: &str) -> String {
    text.chars().filter(|c| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{2060}')).map(half).collect()
}

/// A heading or label reduced to what it says: letters and digits only, half width.
pub(crate) fn squash(text: &str) -> String {
    half_width(text).chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// The same without what stands in brackets: `出生日期（年/月/日）` → `出生日期`.
pub(crate) fn squash_bare(text: &str) -> String {
    let mut depth = 0_u32;
    let mut bare = String::new();
    for c in half_width(text).chars() {
        match c {
            '(' | '[' | '【' | '〔' => depth += 1,
            ')' | ']' | '】' | '〕' => depth = depth.saturating_sub(1),
            c if depth == 0 => bare.push(c),
            _ => {}
        }
    }
    squash(&bare)
}

/// One line, blanks at the ends gone, line breaks as `；`.
pub(crate) fn one_line(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim().trim_matches('\u{3000}').trim());
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("；")
}

/// One value that was broken over lines to fit its cell: the breaks are nothing, but between Latin
/// words or numbers a blank.
pub(crate) fn unbroken(text: &str) -> String {
    let mut whole = String::new();
    for line in text.lines().map(|line| line.trim().trim_matches('\u{3000}').trim()).filter(|line| !line.is_empty()) {
        let ascii = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphabetic());
        if ascii(whole.chars().next_back()) && ascii(line.chars().next()) {
            whole.push(' ');
        }
        whole.push_str(line);
    }
    whole
}

/// Whether the cell says "nothing here": a dash, a stroke, dots.
pub(crate) fn is_dash(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty()
        && text.chars().all(|c| matches!(c, '-' | '—' | '－' | '–' | '/' | '／' | '\\' | '…' | '.' | '·' | '_' | ' '))
}

/// Whether the cell says "not known".
pub(crate) fn is_unknown(text: &str) -> bool {
    matches!(squash(text).as_str(), "未知" | "不详" | "未采集" | "不清楚" | "不明" | "不知道")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_compared_by_what_they_say() {
        for heading in ["身份证号", " 身份 证号：", "身份\n证号", "身份证号*", "身份证号（18位）"]
        {
            assert_eq!(squash_bare(heading), "身份证号", "{heading}");
        }
        assert_eq!(squash("ＮＯ．１"), "NO1");
    }

    #[test]
    fn a_dash_is_nothing_and_a_word_is_something() {
        assert!(is_dash("—") && is_dash("／") && is_dash("--") && !is_dash("无") && !is_dash(""));
        assert_eq!(one_line("　王 芳\n 李强 "), "王 芳；李强");
    }
}
