//! The frames of an answer, written whole and read as the bytes come in. A reader never believes
//! a length beyond the caps, and never mistakes a cut answer for a whole one.

use domain::id::Digest;

use crate::key::{DeviceKey, verified};
use crate::pack::{self, Level};
use crate::wire::{End, Frame, Head, Rows, Signature};

/// Largest frame, packed.
pub const PACKED_BYTES_MAX: usize = 4 << 20;
/// Largest frame, unpacked.
pub const RAW_BYTES_MAX: usize = 8 << 20;

// No text begins with these, so a portal's page is known by its first byte.
const HEAD: u8 = 0xa1;
const ROWS: u8 = 0xa2;
const END: u8 = 0xa3;
const PREFIX: usize = 5;

/// Why bytes are no answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum BadFrame {
    /// Not frames at all: a portal's page, a proxy's message, another version.
    #[error("not the frames of an answer")]
    Format,
    /// A frame beyond the caps.
    #[error("frame outside its caps")]
    Caps,
    /// Frames out of order: no head first, or something after the end.
    #[error("frames out of order")]
    Order,
    /// The answer ended before its last frame; what came before is good.
    #[error("answer cut off")]
    Truncated,
}

/// The bytes of one frame. Rows encoded once may be kept and sent again as they are.
pub fn encode(level: Level, frame: &Frame) -> Vec<u8> {
    let (kind, cbor) = match frame {
        Frame::Head(head) => (HEAD, minicbor::to_vec(head)),
        Frame::Rows(rows) => (ROWS, minicbor::to_vec(rows)),
        Frame::End(end) => (END, minicbor::to_vec(end)),
    };
    let packed = pack::pack(level, &cbor.unwrap_or_default());
    let mut out = Vec::with_capacity(PREFIX + packed.len());
    out.push(kind);
    out.extend_from_slice(&(packed.len() as u32).to_be_bytes());
    out.extend_from_slice(&packed);
    out
}

impl Head {
    /// Signs the answer to the request that bore `request_sig`.
    pub fn sign(&mut self, key: &DeviceKey, district: &Digest, request_sig: &[u8; 64]) {
        self.sig = None;
        let cbor = minicbor::to_vec(&*self).unwrap_or_default();
        self.sig = Some(Signature(key.sign(&covered(district, request_sig, &cbor))));
    }

    /// Whether it is signed by `public` as the answer to that request.
    pub fn is_signed(&self, district: &Digest, request_sig: &[u8; 64], public: &[u8; 32]) -> bool {
        let Some(Signature(sig)) = self.sig else { return false };
        let bare = Self { sig: None, ..self.clone() };
        let cbor = minicbor::to_vec(bare).unwrap_or_default();
        verified(public, &covered(district, request_sig, &cbor), &sig)
    }
}

fn covered<'a>(district: &'a Digest, request_sig: &'a [u8; 64], cbor: &'a [u8]) -> [&'a [u8]; 4] {
    [b"tongdang/answer/1", &district.0, request_sig, cbor]
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Expect {
    Head,
    Rows,
    Nothing,
}

/// Reads an answer as it comes: feed bytes, take frames, ask [`FrameReader::finish`] at the end.
#[derive(Debug)]
pub struct FrameReader {
    buffer: Vec<u8>,
    expect: Expect,
}

impl Default for FrameReader {
    fn default() -> Self {
        Self { buffer: Vec::new(), expect: Expect::Head }
    }
}

impl FrameReader {
    /// Takes the next bytes of the answer. Take all frames before feeding more, so that the
    /// buffer never holds more than one frame and one chunk.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// The next whole frame; `None` while it is not all there. After an error the answer is void.
    pub fn take(&mut self) -> Result<Option<Frame>, BadFrame> {
        let Some(kind) = self.buffer.first().copied() else { return Ok(None) };
        match (kind, self.expect) {
            (HEAD, Expect::Head) | (ROWS | END, Expect::Rows) => {}
            (HEAD | ROWS | END, _) => return Err(BadFrame::Order),
            _ => return Err(BadFrame::Format),
        }
        let Some((prefix, rest)) = self.buffer.split_first_chunk::<PREFIX>() else { return Ok(None) };
        let len = u32::from_be_bytes([prefix[1], prefix[2], prefix[3], prefix[4]]) as usize;
        if len > PACKED_BYTES_MAX {
            return Err(BadFrame::Caps);
        }
        let Some(packed) = rest.get(..len) else { return Ok(None) };
        let frame = decode(kind, packed)?;
        self.buffer.drain(..PREFIX + len);
        self.expect = if kind == END { Expect::Nothing } else { Expect::Rows };
        Ok(Some(frame))
    }

    /// Whether the answer came whole, with nothing behind it.
    pub fn finish(&self) -> Result<(), BadFrame> {
        match self.expect {
            Expect::Nothing if self.buffer.is_empty() => Ok(()),
            Expect::Nothing => Err(BadFrame::Order),
            Expect::Head | Expect::Rows => Err(BadFrame::Truncated),
        }
    }
}

fn decode(kind: u8, packed: &[u8]) -> Result<Frame, BadFrame> {
    let raw = pack::unpack(packed, RAW_BYTES_MAX).map_err(|_| BadFrame::Format)?;
    let mut decoder = minicbor::Decoder::new(&raw);
    let frame = match kind {
        HEAD => decoder.decode::<Head>().map(|head| Frame::Head(Box::new(head))),
        ROWS => decoder.decode::<Rows>().map(Frame::Rows),
        _ => decoder.decode::<End>().map(Frame::End),
    };
    let frame = frame.map_err(|_| BadFrame::Format)?;
    if decoder.position() == raw.len() { Ok(frame) } else { Err(BadFrame::Format) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scene::{DISTRICT, answer, device, head};
    use proptest::prelude::*;

    fn read(bytes: &[u8], step: usize) -> (Vec<Frame>, Result<(), BadFrame>) {
        let (mut reader, mut frames) = (FrameReader::default(), vec![]);
        for chunk in bytes.chunks(step.max(1)) {
            reader.feed(chunk);
            loop {
                match reader.take() {
                    Ok(Some(frame)) => frames.push(frame),
                    Ok(None) => break,
                    Err(bad) => return (frames, Err(bad)),
                }
            }
        }
        let end = reader.finish();
        (frames, end)
    }

    fn bytes(frames: &[Frame]) -> Vec<u8> {
        frames.iter().flat_map(|frame| encode(Level::Quick, frame)).collect()
    }

    #[test]
    fn the_answer_to_nothing_new_is_small() {
        let mut quiet = head();
        quiet.receipts.clear();
        quiet.verdicts.clear();
        (quiet.lease, quiet.checkpoint, quiet.sig) = (None, None, None);
        let last = answer().pop().expect("an end");
        let len = bytes(&[Frame::Head(Box::new(quiet)), last]).len();
        assert!(len <= 100, "{len}");
    }

    #[test]
    fn the_heads_signature_belongs_to_one_request() {
        let (server, mut head) = (device(9), head());
        head.sign(&server, &DISTRICT, &[1; 64]);
        assert!(head.is_signed(&DISTRICT, &[1; 64], &server.sign_public()));
        assert!(!head.is_signed(&DISTRICT, &[2; 64], &server.sign_public()), "an answer to another request");
        assert!(!head.is_signed(&DISTRICT, &[1; 64], &device(1).sign_public()));
        head.backed_up += 1;
        assert!(!head.is_signed(&DISTRICT, &[1; 64], &server.sign_public()));
    }

    #[test]
    fn a_portals_page_is_known_at_its_first_byte() {
        for page in ["<!DOCTYPE html><html>登录", "HTTP/1.1 302", "{\"error\":1}", "\u{feff}<html>"] {
            assert_eq!(read(page.as_bytes(), 1), (vec![], Err(BadFrame::Format)), "{page}");
        }
    }

    #[test]
    fn frames_out_of_order_and_lying_lengths_are_refused() {
        let all = answer();
        let (head, rows, end) = (&all[..1], &all[1..2], &all[all.len() - 1..]);
        for wrong in [bytes(rows), bytes(end), bytes(&[head, head].concat()), bytes(&[head, end, rows].concat())] {
            assert_eq!(read(&wrong, 7).1, Err(BadFrame::Order));
        }
        let lie = [&[HEAD][..], &u32::MAX.to_be_bytes()].concat();
        assert_eq!(read(&lie, 5).1, Err(BadFrame::Caps));
    }

    proptest! {
        #[test]
        fn an_answer_reads_the_same_in_chunks_of_any_size(step in 1usize..600) {
            let whole = answer();
            prop_assert_eq!(read(&bytes(&whole), step), (whole, Ok(())));
        }

        #[test]
        fn a_cut_answer_gives_its_whole_frames_and_says_it_was_cut(cut in any::<prop::sample::Index>(), step in 1usize..600) {
            let (whole, all) = (answer(), bytes(&answer()));
            let (frames, end) = read(&all[..cut.index(all.len())], step);
            prop_assert_eq!(end, Err(BadFrame::Truncated));
            prop_assert_eq!(&frames[..], &whole[..frames.len()]);
        }

        #[test]
        fn damaged_answers_never_panic(at in any::<prop::sample::Index>(), bit in 0..8u8) {
            let mut all = bytes(&answer());
            let n = all.len();
            all[at.index(n)] ^= 1 << bit;
            let _ = read(&all, 100);
        }

        #[test]
        fn noise_in_a_frame_never_panics(kind in HEAD..=END, noise in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = decode(kind, &noise);
            let _ = decode(kind, &pack::pack(Level::Quick, &noise));
        }
    }
}
