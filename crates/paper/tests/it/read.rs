//! A PDF read back: the letters of each page, as who copies them out of it gets them.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache,
    InterpreterSettings, Paint, PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect};

/// The texts of the pages, without spaces: the typesetter's lines end where it likes.
pub(crate) fn pages(bytes: &[u8]) -> Vec<String> {
    let pdf = Pdf::new(bytes.to_vec()).unwrap();
    let pages = pdf.pages().iter();
    pages
        .map(|page| {
            let cache = InterpreterCache::new();
            let mut context = Context::new(
                Affine::IDENTITY,
                Rect::new(0.0, 0.0, 1.0, 1.0),
                &cache,
                pdf.xref(),
                InterpreterSettings::default(),
            );
            let mut letters = Letters::default();
            interpret_page(page, &mut context, &mut letters);
            letters.text
        })
        .collect()
}

/// A text as [`pages`] writes it.
pub(crate) fn packed(text: &str) -> String {
    text.chars().filter(|letter| is_seen(*letter)).collect()
}

fn is_seen(letter: char) -> bool {
    !letter.is_whitespace() && letter != '\u{200b}'
}

#[derive(Default)]
struct Letters {
    text: String,
}

impl Device<'_> for Letters {
    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}

    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'_>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'_>,
        _: &GlyphDrawMode,
    ) {
        let place = transform * glyph_transform * Point::ORIGIN;
        assert!(
            place.x >= 0.0 && place.x <= 596.0,
            "a letter beside the page: {place:?}"
        );
        match glyph.as_unicode() {
            Some(BfString::Char(letter)) => {
                self.text.extend(Some(letter).filter(|own| is_seen(*own)));
            }
            Some(BfString::String(text)) => self.text.push_str(&packed(&text)),
            None => panic!("a glyph that is no letter"),
        }
    }
}
