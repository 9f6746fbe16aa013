//! How long a passphrase holds against somebody who took the computer along: an honest guess,
//! meant to be too low rather than too high; and what a PIN is. It must not keep what it looks at.

use serde::{Deserialize, Serialize};

use crate::words::Words;

/// What is said about a passphrase.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Strength {
    /// Whether it may be used.
    pub enough: bool,
    /// 0 (guessed at once) to 4.
    pub score: u8,
    /// How long it holds and what to do.
    pub words: Words,
}

/// Fewest characters, whatever they are.
const CHARS_MIN: usize = 6;
/// Longest text looked at; more characters only make it better.
const CHARS_MAX: usize = 100;

/// Bits a thief must guess for each character. A Chinese character of running text is worth less
/// than one drawn from all characters; a letter of a word or of pinyin less than a drawn one.
const HAN_BITS: f64 = 7.0;
const LETTER_BITS: f64 = 3.0;
const CAPITAL_BITS: f64 = 4.0;
const DIGIT_BITS: f64 = 3.0;
const OTHER_BITS: f64 = 4.0;

/// What thieves try first, with the bits it is worth as a whole.
const USUAL_BITS: f64 = 6.0;
const USUAL: &[&str] = &[
    "password",
    "passw0rd",
    "admin",
    "root",
    "qwerty",
    "asdf",
    "zxcv",
    "1qaz2wsx",
    "iloveyou",
    "woaini",
    "abc123",
    "5201314",
    "520",
    "1314",
    "我爱你",
    "我爱中国",
    "生日快乐",
    "恭喜发财",
    "一帆风顺",
    "万事如意",
    "身体健康",
    "平安",
    "好好学习天天向上",
    "为人民服务",
    "床前明月光",
    "疑是地上霜",
    "春眠不觉晓",
    "处处闻啼鸟",
    "白日依山尽",
    "黄河入海流",
    "儿童主任",
    "未保站",
    "民政",
    "社区",
    "密码",
    "口令",
    "童档",
    "tongdang",
];

/// Bits of a year, a day written as eight digits, a telephone number.
const YEAR_BITS: f64 = 6.0;
const DAY_BITS: f64 = 14.0;
const TELEPHONE_BITS: f64 = 14.0;
/// Bits of a sign or a space between two words.
const SIGN_BITS: f64 = 1.0;
/// Bits of a run like 1111, 1234, dcba.
const RUN_BITS: f64 = 6.0;

/// Bits from which on a score is given. Somebody with good machines tries about a thousand a
/// second, since each try costs 256 MiB of memory (`client::KdfCost`): a day, a year, a hundred
/// years, ten thousand years.
const STEPS: [f64; 4] = [26.4, 34.9, 41.5, 48.0];
const WORDS: [(&str, &str); 5] = [
    (
        "太容易猜到：偷走电脑的人一天之内就能试出来，请再长一些。",
        "Too easily guessed: whoever stole the computer finds it within a day. Make it longer.",
    ),
    (
        "还不够：有心人一年之内能试出来，请再加一两个不相干的词。",
        "Not enough: somebody patient finds it within a year. Add a word or two that have nothing to do with it.",
    ),
    (
        "可以用：要试上几十年。再加一个词会更好。",
        "It will do: it takes decades to find. One more word would be better.",
    ),
    ("很好：几百年也难试出来。", "Good: it would hardly be found in centuries."),
    (
        "非常好：试不出来。请记牢，忘了只能靠抄下来的恢复码。",
        "Very good: it cannot be found. Keep it in mind; once forgotten only the recovery code on paper helps.",
    ),
];

/// How many digits a PIN has.
const PIN_DIGITS: std::ops::RangeInclusive<usize> = 6..=12;

/// The PIN a text is, if it is one: the wide digits of an input method are digits as well.
pub fn pin(text: &str) -> Option<String> {
    let digit = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10),
        _ => Some(c).filter(char::is_ascii_digit),
    };
    let digits: String = text.trim().chars().map(digit).collect::<Option<_>>()?;
    PIN_DIGITS.contains(&digits.len()).then_some(digits)
}

/// The PIN a text is, if it may be set: a thief who has five tries begins with runs, repeats and
/// birthdays.
pub fn good_pin(text: &str) -> Option<String> {
    let pin = pin(text)?;
    let digits: Vec<char> = pin.chars().collect();
    let part = once(&digits);
    let (mut at, mut pieces, guesses) = (0, 0, first_guesses(&[]));
    while at < part.len() {
        (at, pieces) = (at + piece(&part[at..], part[at], &guesses).0, pieces + 1);
    }
    let distinct = digits.iter().collect::<std::collections::BTreeSet<_>>().len();
    (pieces > 2 && part.len() > 3 && distinct > 3 && !birthday(&pin)).then_some(pin)
}

/// Whether six digits are year, month and day.
fn birthday(pin: &str) -> bool {
    let number = |at: std::ops::Range<usize>| pin.get(at).and_then(|digits| digits.parse::<u8>().ok()).unwrap_or(0);
    pin.len() == 6 && (1..=12).contains(&number(2..4)) && (1..=31).contains(&number(4..6))
}

/// Judges a passphrase. `known` are words a thief knows as well: names of
/// people, children, units, in characters and in pinyin.
pub fn strength(passphrase: &str, known: &[&str]) -> Strength {
    let text: Vec<char> = passphrase.trim().chars().take(CHARS_MAX).collect();
    let words = first_guesses(known);
    // Wang.Xiao-Fang is no better than wangxiaofang: the signs between are worth a guess each.
    let joined: Vec<char> = text.iter().copied().filter(|c| c.is_alphanumeric()).collect();
    let signs = (text.len() - joined.len()) as f64;
    let bits = f64::min(bits(once(&text), &words), bits(once(&joined), &words) + signs * SIGN_BITS);
    let mut score = STEPS.iter().filter(|step| bits >= **step).count();
    // What looks like a PIN would be tried as one where a PIN is set: no passphrase looks like one.
    if text.len() < CHARS_MIN || pin(passphrase).is_some() {
        score = score.min(1);
    }
    Strength { enough: score >= 2, score: u8::try_from(score).unwrap_or(4), words: WORDS[score].into() }
}

/// What is tried first: usual words, and those known.
fn first_guesses(known: &[&str]) -> Vec<Vec<char>> {
    let words = USUAL.iter().chain(known).map(|word| word.to_lowercase().chars().collect::<Vec<char>>());
    words.filter(|word| word.len() > 1).collect()
}

/// The shortest piece that, said again and again, makes the text.
fn once(text: &[char]) -> &[char] {
    let period =
        (1..=text.len() / 2).find(|n| text.len().is_multiple_of(*n) && text.chunks(*n).all(|c| c == &text[..*n]));
    period.map_or(text, |n| &text[..n])
}

fn bits(text: &[char], words: &[Vec<char>]) -> f64 {
    let lower: Vec<char> = text.iter().map(char::to_ascii_lowercase).collect();
    let (mut at, mut all) = (0, 0.0);
    while at < lower.len() {
        let (taken, worth) = piece(&lower[at..], text[at], words);
        (at, all) = (at + taken, all + worth);
    }
    all
}

/// What stands at the beginning: how many characters, and what they are worth together.
fn piece(rest: &[char], first: char, words: &[Vec<char>]) -> (usize, f64) {
    if let Some(word) = words.iter().filter(|word| rest.starts_with(word)).max_by_key(|word| word.len()) {
        return (word.len(), USUAL_BITS);
    }
    let digits: String = rest.iter().take_while(|c| c.is_ascii_digit()).collect();
    let like = |n: usize, starts: &[&str]| digits.len() >= n && starts.iter().any(|start| digits.starts_with(start));
    if like(11, &["13", "14", "15", "16", "17", "18", "19"]) {
        return (11, TELEPHONE_BITS);
    }
    if like(8, &["19", "20"]) {
        return (8, DAY_BITS);
    }
    if like(4, &["19", "20"]) {
        return (4, YEAR_BITS);
    }
    match run(rest) {
        n if n >= 3 => (n, RUN_BITS),
        _ => (1, worth(first)),
    }
}

/// How many characters go on by the same step of -1, 0 or 1.
fn run(rest: &[char]) -> usize {
    let step = |pair: &[char]| i64::from(u32::from(pair[1])) - i64::from(u32::from(pair[0]));
    let Some(first) = rest.get(..2).map(step).filter(|step| step.abs() <= 1) else { return 1 };
    1 + rest.windows(2).take_while(|pair| step(pair) == first).count()
}

fn worth(c: char) -> f64 {
    match c {
        'a'..='z' => LETTER_BITS,
        'A'..='Z' => CAPITAL_BITS,
        '0'..='9' => DIGIT_BITS,
        ' ' => 1.0,
        '\u{3400}'..='\u{9fff}' => HAN_BITS,
        _ => OTHER_BITS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_thieves_try_first_is_refused_however_long_it_is() {
        let weak = [
            "",
            "123456",
            "12345678901234567890",
            "111111111111",
            "password2026",
            "19880214",
            "14000002468",
            "woaini1314520",
            "王小芳19880214",
            "abcabcabcabcabcabc",
            "床前明月光疑是地上霜",
            "童档童档童档童档童档",
            "春风",
        ];
        for passphrase in weak {
            let said = strength(passphrase, &["王小芳", "澄明区"]);
            assert!(!said.enough, "{passphrase}: {said:?}");
        }
    }

    #[test]
    fn signs_between_the_parts_of_a_known_name_and_a_year_help_nothing() {
        let known = ["王小芳", "wangxiaofang", "wang", "xiaofang", "wangxf"];
        for weak in ["Wang.Xiao-Fang_1988", "wangxiaofang1988", "王·小·芳 1988", "Wangxf@19880214"] {
            assert!(!strength(weak, &known).enough, "{weak}: {:?}", strength(weak, &known));
        }
    }

    #[test]
    fn four_unrelated_words_are_enough() {
        for passphrase in ["竹影社区的春天 2026", "四只山羊夜里过河", "灯塔 豆浆 棉鞋 火车", "Korb7 lampe.Zug wiese"]
        {
            let said = strength(passphrase, &["王小芳", "澄明区"]);
            assert!(said.enough, "{passphrase}: {said:?}");
        }
    }

    #[test]
    fn a_pin_is_six_to_twelve_digits_and_no_passphrase_looks_like_one() {
        for (text, meant) in [("739105", "739105"), (" ７３９１05 ", "739105"), ("739105862047", "739105862047")] {
            assert_eq!(pin(text).as_deref(), Some(meant), "{text}");
            let said = strength(text, &[]);
            assert!(!said.enough, "{text}: {said:?}");
        }
        for text in ["", "73910", "7391058620473", "73910a", "739 105", "-739105", "七三九一零五", "٧٣٩١٠٥"]
        {
            assert_eq!(pin(text), None, "{text}");
        }
        assert!(strength("7391058621473", &[]).enough, "longer than any PIN");
    }

    #[test]
    fn a_pin_of_the_first_guesses_is_refused() {
        let guessed = [
            "123456",
            "654321",
            "888888",
            "121212",
            "123123",
            "123321",
            "111222",
            "112233",
            "880200",
            "5201314",
            "19880214",
            "880214",
            "14000002468",
            "000000000000",
            "12345",
        ];
        for text in guessed {
            assert_eq!(good_pin(text), None, "{text}");
        }
        for text in ["739105", "802461", "881314", "147258", "739105862047"] {
            assert_eq!(good_pin(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn more_never_makes_it_worse_by_much_and_every_score_has_its_words() {
        let long = "灯塔豆浆棉鞋火车雨伞核桃";
        let mut last = 0;
        for n in 1..=long.chars().count() {
            let said = strength(&long.chars().take(n).collect::<String>(), &[]);
            assert!(said.score >= last, "{n}: {said:?}");
            last = said.score;
        }
        assert_eq!(last, 4);
        assert!(WORDS.iter().all(|(text, en)| text.ends_with('。') && crate::words::speaks_both(text, en)));
    }
}
