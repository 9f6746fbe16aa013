//! Sounds that many do not tell apart: z zh, c ch, s sh, n l, an ang, en eng, in ing. Both what was typed
//! and a reading are spelt the same way, the shorter one.

/// How a reading is spelt.
pub(super) fn reading(reading: &str) -> impl Iterator<Item = char> + Clone {
    let letters = reading.strip_suffix('g').filter(|short| short.ends_with('n')).unwrap_or(reading);
    let second = letters.chars().nth(1);
    letters
        .chars()
        .enumerate()
        .filter(move |(n, _)| !(*n == 1 && second == Some('h')))
        .map(|(n, c)| if n == 0 { head(c) } else { c })
}

/// How the first letter of a reading is spelt.
pub(super) const fn head(c: char) -> char {
    if c == 'l' { 'n' } else { c }
}

/// How what was typed is spelt. A `g` behind `n` stays where a vowel follows: it begins another syllable.
pub(super) fn typed(typed: &[char]) -> Vec<char> {
    let mut out: Vec<char> = Vec::with_capacity(typed.len());
    for (n, c) in typed.iter().copied().enumerate() {
        let (before, after) = (n.checked_sub(1).and_then(|n| typed.get(n)), typed.get(n + 1));
        let vowel = matches!(after, Some('a' | 'e' | 'i' | 'o' | 'u' | 'v'));
        match (before, c) {
            (Some('z' | 'c' | 's'), 'h') => {}
            (Some('n'), 'g') if !vowel => {}
            (_, c) => out.push(head(c)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_sounds_alike_is_spelt_alike() {
        let of = |text: &str| typed(&text.chars().collect::<Vec<_>>()).into_iter().collect::<String>();
        for (one, other) in [("zhang", "zan"), ("lin", "ning"), ("cheng", "cen"), ("shuang", "suan")] {
            assert_eq!(of(one), of(other));
            assert_eq!(reading(one).collect::<String>(), of(one));
        }
        assert_eq!(of("minguo"), "minguo");
    }
}
