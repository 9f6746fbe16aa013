//! Pictures as they are kept: decoded within hard limits, turned upright, made small, and encoded
//! anew, so that nothing of the original but its pixels stays (no place, no camera, no date).
//!
//! It must not know whose picture it is.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use domain::fault::{Code, Fault};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::{DynamicImage, ExtendedColorType, ImageDecoder as _, ImageReader, Limits, RgbImage};
use sync::file::THUMB_BYTES_MAX;

/// Largest picture as it comes, in bytes.
pub(crate) const RAW_BYTES_MAX: usize = 15 << 20;
/// Largest picture as it is kept (handbook §3: 300 KB a photograph).
pub(crate) const KEPT_BYTES_MAX: usize = 300 * 1024;
/// Longest side of what comes, in pixels: a telephone's panorama has 16,382. Most memory decoding may take:
/// a picture of 108 million pixels takes 324 MB.
const SIDE_MAX: u32 = 30_000;
const ALLOC_BYTES_MAX: u64 = 344 << 20;
/// Longest sides and qualities to try, the best first.
const SIDES: [u32; 5] = [1600, 1280, 1024, 800, 480];
const QUALITIES: [u8; 4] = [82, 72, 60, 45];
const THUMB_SIDES: [u32; 3] = [240, 180, 120];
const THUMB_QUALITIES: [u8; 3] = [72, 55, 40];

/// A picture as it is kept: two JPEGs.
pub(crate) struct Picture {
    /// At most [`KEPT_BYTES_MAX`].
    pub(crate) whole: Vec<u8>,
    /// At most [`THUMB_BYTES_MAX`].
    pub(crate) thumb: Vec<u8>,
}

/// Reads a JPEG, PNG, WebP or BMP. [`Code::LargePicture`] for one of too many pixels, [`Code::BadPicture`]
/// for anything else.
pub(crate) fn read(raw: &[u8]) -> Result<Picture, Fault> {
    if raw.len() > RAW_BYTES_MAX {
        return Err(Code::LargePicture.into());
    }
    // Foreign bytes in a foreign decoder: a defect there is a picture that cannot be read.
    let made = catch_unwind(AssertUnwindSafe(|| make(raw))).unwrap_or(Err(Code::BadPicture));
    made.map_err(Into::into)
}

fn make(raw: &[u8]) -> Result<Picture, Code> {
    let (width, height) = dimensions(raw).ok_or(Code::BadPicture)?;
    let pixels = u64::from(width) * u64::from(height);
    // three bytes a pixel at least
    if width > SIDE_MAX || height > SIDE_MAX || pixels.saturating_mul(3) > ALLOC_BYTES_MAX {
        return Err(Code::LargePicture);
    }
    decode(raw).ok_or(Code::BadPicture)
}

/// Width and height as the head of the file says; nothing is decoded.
fn dimensions(raw: &[u8]) -> Option<(u32, u32)> {
    ImageReader::new(Cursor::new(raw)).with_guessed_format().ok()?.into_dimensions().ok()
}

fn decode(raw: &[u8]) -> Option<Picture> {
    let mut reader = ImageReader::new(Cursor::new(raw)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE_MAX);
    limits.max_image_height = Some(SIDE_MAX);
    limits.max_alloc = Some(ALLOC_BYTES_MAX);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let (width, height) = decoder.dimensions();
    let within = width <= SIDE_MAX && height <= SIDE_MAX && decoder.total_bytes() <= ALLOC_BYTES_MAX;
    if !within || width == 0 || height == 0 {
        return None;
    }
    let orientation = decoder.orientation().ok()?;
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    // Small first: turning a large picture costs a second one of its size.
    image = shrunk(image, SIDES[0]);
    image.apply_orientation(orientation);
    let image = on_paper(image);
    let whole = smallest(&image, &SIDES, &QUALITIES, KEPT_BYTES_MAX)?;
    let thumb = smallest(&image, &THUMB_SIDES, &THUMB_QUALITIES, THUMB_BYTES_MAX)?;
    Some(Picture { whole, thumb })
}

fn shrunk(image: DynamicImage, side: u32) -> DynamicImage {
    let fits = image.width() <= side && image.height() <= side;
    if fits { image } else { image.resize(side, side, FilterType::Triangle) }
}

/// JPEG knows no transparency: what was clear becomes white.
fn on_paper(image: DynamicImage) -> DynamicImage {
    if !image.color().has_alpha() {
        return DynamicImage::ImageRgb8(image.into_rgb8());
    }
    let clear = image.into_rgba8();
    let blend = |colour: u8, alpha: u8| {
        let (colour, alpha) = (u32::from(colour), u32::from(alpha));
        u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
    };
    let mut paper = RgbImage::new(clear.width(), clear.height());
    for (to, from) in paper.pixels_mut().zip(clear.pixels()) {
        let [r, g, b, a] = from.0;
        to.0 = [blend(r, a), blend(g, a), blend(b, a)];
    }
    DynamicImage::ImageRgb8(paper)
}

/// The best JPEG of at most `most` bytes.
fn smallest(image: &DynamicImage, sides: &[u32], qualities: &[u8], most: usize) -> Option<Vec<u8>> {
    for side in sides {
        let image = shrunk(image.clone(), *side).into_rgb8();
        for quality in qualities {
            let mut bytes = Vec::new();
            let encoder = &mut JpegEncoder::new_with_quality(&mut bytes, *quality);
            encoder.encode(&image, image.width(), image.height(), ExtendedColorType::Rgb8).ok()?;
            if bytes.len() <= most {
                return Some(bytes);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests;
