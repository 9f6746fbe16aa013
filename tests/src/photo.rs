//! Photographs as telephones make them: with the place they were taken at. Synthetic only.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};

/// A photograph full of small things, so that it fills several pieces; base64, as screens send it.
pub fn yard(seed: u32) -> String {
    STANDARD.encode(jpeg(seed, 1200, 900))
}

/// The same as the file a telephone hands over.
pub fn yard_file(seed: u32) -> Vec<u8> {
    jpeg(seed, 1200, 900)
}

/// A smaller one, where many are made.
pub fn glimpse(seed: u32) -> String {
    STANDARD.encode(jpeg(seed, 400, 300))
}

/// The same, with words in it that say where and by what it was taken.
pub fn yard_with(seed: u32, place: &str) -> String {
    let plain = jpeg(seed, 400, 300);
    let said = [b"Exif\0\0II*\0\x08\0\0\0\0\0", place.as_bytes()].concat();
    let length = u16::try_from(said.len() + 2).expect("a short place").to_be_bytes();
    STANDARD.encode([&plain[..2], &[0xff, 0xe1], &length, &said, &plain[2..]].concat())
}

/// The bytes of what a screen was given.
pub fn bytes(data: &serde_json::Value) -> Vec<u8> {
    STANDARD.decode(data.as_str().expect("the picture is here")).expect("base64")
}

fn jpeg(seed: u32, width: u32, height: u32) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| {
        let n = ((x / 3).wrapping_mul(7919) ^ (y / 3).wrapping_mul(104_729) ^ seed).wrapping_mul(2_654_435_761);
        let [r, g, b, _] = n.to_be_bytes();
        Rgb([r, g / 2, b / 3])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    image.write_to(&mut bytes, ImageFormat::Jpeg).expect("a JPEG");
    bytes.into_inner()
}
