//! Note text that compresses like real Chinese case notes, for the bench and for training the
//! dictionary.
//!
//! Phrases of the work and words drawn by corpus-like frequency, calibrated (docs/TESTING.md,
//! "The district day"): one note of 400 characters under zstd-19 is 0.67 of its bytes (real texts 0.61–0.69),
//! six in one frame 0.50 (0.45–0.56), six with the dictionary 0.42 (0.42–0.43). So that the last
//! figure is honest the dictionary never sees the bench's mixture: it is trained on other phrases
//! and on words in another order of frequency. It must not hold anything a real person wrote.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use super::word::{TRAINING_PHRASES, WORDS, WORK_PHRASES};
use crate::chance::Seeded;

/// Share of clauses that are a stock phrase.
const PHRASE_SHARE: f64 = 0.3;
/// Rare words after the common ones: names, dialect, slips. Without this tail text packs too well.
const RARE_WORDS: usize = 40_000;

/// Which language a text is written in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Mixture {
    /// Notes of benches and demos.
    Work,
    /// Notes only the dictionary trainer sees.
    Training,
}

struct Vocabulary {
    words: Vec<String>,
    /// Running sums of the weights: the k-th word comes with weight 1/k (Zipf).
    sums: Vec<f64>,
    phrases: &'static [&'static str],
}

impl Vocabulary {
    fn of(mixture: Mixture) -> &'static Self {
        static WORK: OnceLock<Vocabulary> = OnceLock::new();
        static TRAINING: OnceLock<Vocabulary> = OnceLock::new();
        match mixture {
            Mixture::Work => WORK.get_or_init(|| Self::build(&WORK_PHRASES, 11)),
            Mixture::Training => TRAINING.get_or_init(|| Self::build(&TRAINING_PHRASES, 12)),
        }
    }

    fn build(phrases: &'static [&'static str], order: u64) -> Self {
        let mut chance = Seeded::new(order);
        let mut words: Vec<String> = WORDS.split(' ').map(str::to_owned).collect();
        let characters: Vec<char> = WORDS.chars().filter(|c| *c != ' ').collect::<BTreeSet<_>>().into_iter().collect();
        chance.shuffle(&mut words);
        let mut character = || characters[chance.below(characters.len())];
        words.extend((0..RARE_WORDS).map(|_| [character(), character()].iter().collect()));
        let mut sum = 0.0;
        let weight = |k: usize| {
            sum += 1.0 / k as f64;
            sum
        };
        let sums = (1..=words.len()).map(weight).collect();
        Self { words, sums, phrases }
    }

    fn word(&self, chance: &mut Seeded) -> &str {
        let at = chance.share() * self.sums.last().copied().unwrap_or(0.0);
        let n = self.sums.partition_point(|sum| *sum <= at);
        &self.words[n.min(self.words.len() - 1)]
    }
}

/// A note of exactly `chars` characters in the bench's language.
pub fn note(chance: &mut Seeded, chars: usize) -> String {
    written(chance, Mixture::Work, chars)
}

/// A note of exactly `chars` characters in either language.
pub fn written(chance: &mut Seeded, mixture: Mixture, chars: usize) -> String {
    let vocabulary = Vocabulary::of(mixture);
    let (mut out, mut length) = (String::with_capacity(chars * 3), 0);
    while length < chars {
        let clause = clause(chance, vocabulary);
        let stop = if chance.hits(0.25) { '。' } else { '，' };
        for c in clause.chars().chain([stop]).take(chars - length) {
            out.push(c);
            length += 1;
        }
    }
    out
}

fn clause(chance: &mut Seeded, vocabulary: &Vocabulary) -> String {
    if chance.hits(PHRASE_SHARE) {
        return chance.pick(vocabulary.phrases).to_owned();
    }
    (0..chance.between(4, 8)).map(|_| vocabulary.word(chance)).collect()
}

/// What zstd-19 leaves of notes: (one alone, six in one frame), as shares of their bytes. The
/// bench refuses to run on other text.
pub fn ratios(notes: &[String]) -> std::io::Result<(f64, f64)> {
    let packed = |text: &str| zstd::bulk::compress(text.as_bytes(), 19).map(|bytes| bytes.len());
    let raw: usize = notes.iter().map(String::len).sum();
    let (mut alone, mut together) = (0, 0);
    for six in notes.chunks(6) {
        together += packed(&six.concat())?;
        for note in six {
            alone += packed(note)?;
        }
    }
    Ok((alone as f64 / raw as f64, together as f64 / raw as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn notes(mixture: Mixture, seed: u64, count: usize) -> Vec<String> {
        let mut chance = Seeded::new(seed);
        (0..count).map(|_| written(&mut chance, mixture, 400)).collect()
    }

    #[test]
    fn the_vocabulary_is_large_and_the_training_phrases_are_others() {
        let words: BTreeSet<&str> = WORDS.split(' ').collect();
        assert_eq!(words.len(), WORDS.split(' ').count(), "a word stands twice");
        assert!(words.len() >= 2000, "{}", words.len());
        assert!(TRAINING_PHRASES.iter().all(|phrase| !WORK_PHRASES.contains(phrase)));
    }

    #[test]
    fn a_note_has_exactly_the_length_asked_for() {
        for chars in [1, 40, 400] {
            assert_eq!(note(&mut Seeded::new(5), chars).chars().count(), chars);
        }
    }

    #[test]
    fn notes_compress_as_real_chinese_notes_do() {
        let (one, six) = ratios(&notes(Mixture::Work, 1, 120)).expect("zstd packs");
        assert!((0.64..=0.70).contains(&one), "one note alone: {one:.3}");
        assert!((0.45..=0.53).contains(&six), "six together: {six:.3}");
    }

    #[test]
    fn a_dictionary_of_the_other_mixture_helps_as_much_as_in_reality_and_no_more() {
        let training = notes(Mixture::Training, 2, 600);
        let dictionary = zstd::dict::from_samples(&training, 110 * 1024).expect("trains");
        let mut packer = zstd::bulk::Compressor::with_dictionary(19, &dictionary).expect("a packer");
        let (mut raw, mut packed) = (0, 0);
        for six in notes(Mixture::Work, 3, 60).chunks(6) {
            let text = six.concat();
            raw += text.len();
            packed += packer.compress(text.as_bytes()).expect("packs").len();
        }
        let ratio = packed as f64 / raw as f64;
        assert!((0.39..=0.45).contains(&ratio), "six with the dictionary: {ratio:.3}");
    }
}
