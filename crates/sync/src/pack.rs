//! zstd frames with the shared dictionary. Foreign bytes never make it allocate beyond the
//! caller's cap, and nothing else in the house may compress or decompress what travels.

use std::cell::RefCell;
use std::sync::LazyLock;

use zstd::bulk::{Compressor, Decompressor};
use zstd::dict::{DecoderDictionary, EncoderDictionary};
use zstd::zstd_safe;

/// Trained on synthetic text only (a dictionary trained on case notes would leak them). Frozen
/// with wire version 1: other bytes are another version.
const DICTIONARY: &[u8] = include_bytes!("../dict/v1.zdict");
/// Largest dictionary [`train`] makes.
const DICTIONARY_BYTES_MAX: usize = 110 * 1024;

/// How much CPU to spend on fewer bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Level {
    /// zstd 3: answers that are made for one reader.
    Quick,
    /// zstd 19: uploads over a thin line, and segments that are made once and sent often.
    Dense,
}

/// Bytes that are no frame of ours, or would unpack to more than the cap.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not packed bytes within the cap")]
pub struct BadPack;

// Preparing a dictionary costs more than packing a day's work, so it happens once per process.
static QUICK: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, 3));
static DENSE: LazyLock<EncoderDictionary<'static>> = LazyLock::new(|| EncoderDictionary::copy(DICTIONARY, 19));
static DECODER: LazyLock<DecoderDictionary<'static>> = LazyLock::new(|| DecoderDictionary::copy(DICTIONARY));

thread_local! {
    static QUICK_CONTEXT: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DENSE_CONTEXT: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) };
    static DECODER_CONTEXT: RefCell<Option<Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Packs bytes into one frame that declares its content size and names no dictionary id.
pub fn pack(level: Level, bytes: &[u8]) -> Vec<u8> {
    let (slot, dictionary) = match level {
        Level::Quick => (&QUICK_CONTEXT, &*QUICK),
        Level::Dense => (&DENSE_CONTEXT, &*DENSE),
    };
    slot.with_borrow_mut(|context| {
        let packer = context.get_or_insert_with(|| packer(dictionary));
        packer.compress(bytes).expect("memory to memory, the buffer has zstd's own upper bound")
    })
}

fn packer(dictionary: &'static EncoderDictionary<'static>) -> Compressor<'static> {
    let mut packer = Compressor::with_prepared_dictionary(dictionary).expect("a prepared dictionary fits");
    packer
        .set_parameter(zstd_safe::CParameter::DictIdFlag(false))
        .expect("a parameter of every zstd; four bytes less a frame");
    packer
}

/// Bytes a frame says it unpacks to; nothing is unpacked.
pub fn content_size(bytes: &[u8]) -> Option<usize> {
    let size = zstd_safe::get_frame_content_size(bytes).ok()??;
    usize::try_from(size).ok()
}

/// Unpacks one frame of at most `cap` bytes of content.
///
/// The declared size is checked first and is all that is allocated. Unpacking is from memory to
/// memory, so the frame's window costs nothing beyond that.
pub fn unpack(bytes: &[u8], cap: usize) -> Result<Vec<u8>, BadPack> {
    let size = content_size(bytes).filter(|size| *size <= cap).ok_or(BadPack)?;
    // One frame exactly: zstd would go on into a second one.
    if zstd_safe::find_frame_compressed_size(bytes) != Ok(bytes.len()) {
        return Err(BadPack);
    }
    DECODER_CONTEXT.with_borrow_mut(|context| {
        let unpacker = context.get_or_insert_with(|| {
            Decompressor::with_prepared_dictionary(&DECODER).expect("a prepared dictionary fits")
        });
        let content = unpacker.decompress(bytes, size).map_err(|_| BadPack)?;
        if content.len() == size { Ok(content) } else { Err(BadPack) }
    })
}

/// Trains a dictionary on samples; what a release writes to `dict/v1.zdict` before the format is
/// frozen. Empty when the samples are too few.
pub fn train(samples: &[Vec<u8>]) -> Vec<u8> {
    zstd::dict::from_samples(samples, DICTIONARY_BYTES_MAX).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOTE: &str = "走访儿童，监护人奶奶在家，学习成绩良好，情绪稳定，下次走访继续关注。";

    #[test]
    fn what_is_packed_comes_back_and_domain_words_are_nearly_free() {
        for level in [Level::Quick, Level::Dense] {
            let packed = pack(level, NOTE.as_bytes());
            assert_eq!(unpack(&packed, 1000), Ok(NOTE.as_bytes().to_vec()));
            assert!(packed.len() < NOTE.len(), "{} of {}", packed.len(), NOTE.len());
        }
        assert!(pack(Level::Quick, b"").len() <= 10);
        assert_eq!(unpack(&pack(Level::Quick, b""), 0), Ok(vec![]));
    }

    #[test]
    fn a_bomb_is_refused_by_its_declared_size() {
        let bomb = pack(Level::Dense, &vec![0; 4 << 20]);
        assert!(bomb.len() < 2000);
        assert_eq!(unpack(&bomb, (4 << 20) - 1), Err(BadPack));
        assert!(unpack(&bomb, 4 << 20).is_ok());
    }

    #[test]
    fn a_frame_without_a_size_or_with_a_second_frame_behind_it_is_refused() {
        let streamed = zstd::stream::encode_all(NOTE.as_bytes(), 3).expect("memory");
        assert_eq!(unpack(&streamed, 1000), Err(BadPack), "no declared size");
        let twice = [pack(Level::Quick, b"a"), pack(Level::Quick, b"b")].concat();
        assert_eq!(unpack(&twice, 1000), Err(BadPack));
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
            prop_assert_eq!(unpack(&pack(Level::Quick, &bytes), 3000), Ok(bytes));
        }

        #[test]
        fn damaged_frames_never_panic_nor_exceed_the_cap(
            bytes in prop::collection::vec(any::<u8>(), 0..500), at in any::<prop::sample::Index>(), bit in 0..8u8, cut in any::<prop::sample::Index>(),
        ) {
            let mut packed = pack(Level::Quick, &bytes);
            prop_assert_eq!(unpack(&packed[..cut.index(packed.len())], 600), Err(BadPack));
            let n = packed.len();
            packed[at.index(n)] ^= 1 << bit;
            if let Ok(content) = unpack(&packed, 600) {
                prop_assert!(content.len() <= 600);
            }
        }

        #[test]
        fn noise_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(unpack(&bytes, 1 << 20).is_err());
        }
    }
}
