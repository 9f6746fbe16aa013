//! Pictures in every state they come in. It must not need a file on the disk.

use super::*;
use proptest::prelude::*;

/// A photograph nobody can mistake: its upper left quarter is red.
fn scene(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let noise = (x.wrapping_mul(31) ^ y.wrapping_mul(17)).wrapping_mul(2_654_435_761) >> 24;
        let noise = u8::try_from(noise % 24).unwrap_or(0);
        if x < width / 2 && y < height / 2 { image::Rgb([220, noise, noise]) } else { image::Rgb([noise, 90, 60]) }
    })
}

fn jpeg(image: &RgbImage) -> Vec<u8> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, 90).encode_image(image).expect("a JPEG");
    bytes
}

/// The same JPEG as a telephone makes it: lying on its side, with the place it was taken at.
pub(crate) fn with_place(jpeg: &[u8]) -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        [&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat()
    };
    // IFD0 at 8: camera, orientation 6 (turn right), GPS at 56; then the GPS IFD and its values.
    tiff.extend(3u16.to_le_bytes());
    tiff.extend(entry(0x0110, 2, 12, 50));
    tiff.extend(entry(0x0112, 3, 1, 6));
    tiff.extend(entry(0x8825, 4, 1, 62));
    tiff.extend(0u32.to_le_bytes());
    tiff.extend(b"CANARYPHONE\0");
    tiff.extend(1u16.to_le_bytes());
    tiff.extend(entry(0x0002, 5, 3, 80));
    tiff.extend(0u32.to_le_bytes());
    for part in [36u32, 1, 40, 1, 0x4350_5347, 1] {
        tiff.extend(part.to_le_bytes());
    }
    let mut out = jpeg[..2].to_vec();
    let length = u16::try_from(tiff.len() + 8).expect("small");
    out.extend([0xff, 0xe1]);
    out.extend(length.to_be_bytes());
    out.extend(b"Exif\0\0");
    out.extend(tiff);
    out.extend(&jpeg[2..]);
    out
}

fn opened(bytes: &[u8]) -> RgbImage {
    image::load_from_memory(bytes).expect("a picture").into_rgb8()
}

fn holds(bytes: &[u8], needle: &[u8]) -> bool {
    bytes.windows(needle.len()).any(|w| w == needle)
}

#[test]
fn a_photograph_loses_its_place_and_camera_and_stands_upright() {
    let raw = with_place(&jpeg(&scene(1200, 800)));
    for canary in [&b"CANARYPHONE"[..], b"Exif", b"GSPC"] {
        assert!(holds(&raw, canary), "the test brings what it looks for");
    }
    let made = read(&raw).expect("a photograph");
    for bytes in [&made.whole, &made.thumb] {
        for canary in [&b"CANARYPHONE"[..], b"Exif", b"GSPC"] {
            assert!(!holds(bytes, canary), "{canary:?}");
        }
    }
    let whole = opened(&made.whole);
    assert_eq!(whole.dimensions(), (800, 1200), "turned upright");
    // Turned right by a quarter, the red quarter is the upper right one.
    assert!(whole.get_pixel(700, 100).0[0] > 150 && whole.get_pixel(100, 100).0[0] < 100);
}

#[test]
fn whatever_comes_is_small_enough_for_a_thin_line() {
    let noise = RgbImage::from_fn(2600, 2000, |x, y| {
        let n = (x.wrapping_mul(7919) ^ y.wrapping_mul(104_729)).wrapping_mul(2_654_435_761);
        image::Rgb([(n >> 24) as u8, (n >> 16) as u8, (n >> 8) as u8])
    });
    for image in [scene(40, 30), scene(4000, 3000), noise, scene(1, 3000)] {
        let made = read(&jpeg(&image)).expect("a photograph");
        assert!(made.whole.len() <= KEPT_BYTES_MAX && made.thumb.len() <= THUMB_BYTES_MAX);
        let (whole, thumb) = (opened(&made.whole), opened(&made.thumb));
        assert!(whole.width() <= 1600 && whole.height() <= 1600);
        assert!(thumb.width() <= 240 && thumb.height() <= 240);
    }
}

#[test]
fn a_screenshot_with_clear_parts_becomes_white_there() {
    let clear = image::RgbaImage::from_pixel(20, 20, image::Rgba([0, 0, 0, 0]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgba8(clear).write_to(&mut bytes, image::ImageFormat::Png).expect("a PNG");
    let made = read(&bytes.into_inner()).expect("a picture");
    assert!(opened(&made.whole).get_pixel(10, 10).0.iter().all(|c| *c > 245));
}

#[test]
fn a_bomb_and_no_picture_are_refused_in_words() {
    // A PNG head that claims 60,000 × 60,000 pixels.
    let mut bomb = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bomb.extend(60_000u32.to_be_bytes());
    bomb.extend(60_000u32.to_be_bytes());
    bomb.extend([8, 6, 0, 0, 0, 0, 0, 0, 0]);
    assert!(read(&bomb).is_err());
    for bytes in [&b""[..], b"%PDF-1.7", b"<svg/>", &jpeg(&scene(30, 30))[..40]] {
        assert_eq!(read(bytes).map(|_| ()).map_err(|f| f.code), Err(Code::BadPicture));
    }
}

#[test]
fn a_telephones_panorama_is_made_small_like_any_photograph() {
    let panorama = RgbImage::from_pixel(16_382, 3_628, image::Rgb([90, 120, 60]));
    let made = read(&jpeg(&panorama)).expect("a picture");
    let whole = opened(&made.whole);
    assert!(whole.width() <= SIDES[0] && whole.height() > 100, "{:?}", whole.dimensions());
}

#[test]
fn a_picture_of_too_many_pixels_is_said_to_be_too_large() {
    // the head of a BMP of 25,000 × 25,000 pixels
    let mut head = b"BM".to_vec();
    head.extend(54u32.to_le_bytes());
    head.extend([0; 4]);
    head.extend(54u32.to_le_bytes());
    head.extend(40u32.to_le_bytes());
    head.extend(25_000i32.to_le_bytes());
    head.extend(25_000i32.to_le_bytes());
    head.extend([1, 0, 24, 0]);
    head.extend([0; 24]);
    assert_eq!(read(&head).map(|_| ()).map_err(|f| f.code), Err(Code::LargePicture));
    assert_eq!(read(&vec![0; RAW_BYTES_MAX + 1]).map(|_| ()).map_err(|f| f.code), Err(Code::LargePicture));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_pictures_never_panic(at in any::<prop::sample::Index>(), byte in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = with_place(&jpeg(&scene(64, 48)));
        let at = at.index(bytes.len());
        bytes[at] = byte;
        let _ = read(&bytes);
        let _ = read(&bytes[..cut.index(bytes.len())]);
    }
}
