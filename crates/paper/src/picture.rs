//! A drawing of our own → points, with the house's typeface: the same on a machine without Korean letters.

use std::sync::Arc;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::fontdb::{Database, Source};
use resvg::usvg::{Options, Size, Tree};

use crate::PaperError;
use crate::world::FONTS;

/// Points to a side: a drawing that would be larger is drawn smaller.
const SIDE: f32 = 8_000.0;

/// An SVG drawing as PNG, `scale` points to a unit. It loads nothing: no file, no address.
///
/// # Errors
/// When it is no drawing.
pub fn png(svg: &str, scale: f32) -> Result<Vec<u8>, PaperError> {
    let failed = |error: &dyn std::fmt::Display| PaperError::Picture(error.to_string());
    let mut fonts = Database::new();
    for font in FONTS {
        fonts.load_font_source(Source::Binary(Arc::new(font)));
    }
    fonts.set_sans_serif_family("Pretendard GOV");
    let options = Options {
        fontdb: Arc::new(fonts),
        font_family: "Pretendard GOV".to_owned(),
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options).map_err(|error| failed(&error))?;
    let size = tree.size();
    let most = SIDE / size.width().max(size.height());
    let scale = scale.min(most);
    // The thinnest drawing is a point high.
    let whole = Size::from_wh(size.width() * scale, size.height() * scale)
        .ok_or_else(|| failed(&"it has no size"))?
        .to_int_size();
    let mut points =
        Pixmap::new(whole.width(), whole.height()).ok_or_else(|| failed(&"it has no size"))?;
    resvg::render(
        &tree,
        Transform::from_scale(scale, scale),
        &mut points.as_mut(),
    );
    points.encode_png().map_err(|error| failed(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(text: &str) -> Pixmap {
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"20\" font-family=\"Pretendard GOV, sans-serif\" font-size=\"14\"><rect width=\"60\" height=\"20\" fill=\"#fff\"/><text x=\"2\" y=\"15\">{text}</text></svg>"
        );
        Pixmap::decode_png(&png(&svg, 1.0).unwrap()).unwrap()
    }

    #[test]
    fn korean_letters_are_drawn_and_differ() {
        let blank = drawn("");
        assert_eq!((blank.width(), blank.height()), (60, 20));
        assert_ne!(drawn("한글").data(), blank.data());
        // Boxes for letters that are missing would all look alike.
        assert_ne!(drawn("한글").data(), drawn("지표").data());
    }

    #[test]
    fn what_is_no_drawing_or_too_large_does_not_take_the_memory() {
        assert!(png("<svg", 1.0).is_err());
        let wide = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900000\" height=\"2\"/>";
        let made = Pixmap::decode_png(&png(wide, 2.0).unwrap());
        assert!(made.is_ok_and(|made| made.width() <= 8_000));
    }
}
