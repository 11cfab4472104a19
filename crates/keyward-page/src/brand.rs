use std::fmt::Write as _;

use keyward_web::StaticFile;
use sha2::{Digest as _, Sha256};

/// The largest logo, in bytes.
const LOGO_BYTES_MAX: usize = 32 * 1024;

/// How the page looks as a part of the platform's portal.
#[derive(Debug, Default)]
pub struct Brand {
    /// The platform's name, instead of ours.
    name: Option<String>,
    /// A link back to the portal.
    back_url: Option<String>,
    /// The logo and the colours, as files of the page.
    files: Vec<StaticFile>,
    /// Identifies the version of the files.
    version: String,
}

/// Why something can't be a part of the brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBrand {
    /// The name.
    #[error("not a name of 1 to 40 characters")]
    Name,
    /// The link.
    #[error("not an http or https URL of at most 200 characters")]
    BackUrl,
    /// The logo.
    #[error("not an SVG or PNG image of at most 32 KiB")]
    Logo,
    /// The colour.
    #[error("not a colour such as #0a6b4f")]
    Accent,
    /// The colour can't be read.
    #[error("too light: text of this colour on white needs a contrast of 4.5 to 1")]
    AccentTooLight,
}

/// A colour of 24 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

const WHITE: Colour = Colour([255; 3]);
/// The grounds and the texts of `page.css`.
const LIGHT_GROUND: Colour = Colour([0xf6, 0xf7, 0xf9]);
const DARK_CARD: Colour = Colour([0x17, 0x1b, 0x22]);
const DARK_TEXT: Colour = Colour([0x0c, 0x12, 0x26]);
/// Text needs this contrast (WCAG 2.2, 1.4.3).
const CONTRAST_MIN: f64 = 4.5;

impl Brand {
    /// Sets the platform's name.
    ///
    /// # Errors
    /// [`InvalidBrand::Name`].
    pub fn name(mut self, name: &str) -> Result<Self, InvalidBrand> {
        let is_name =
            (1..=40).contains(&name.chars().count()) && !name.chars().any(char::is_control);
        if !is_name {
            return Err(InvalidBrand::Name);
        }
        self.name = Some(name.to_owned());
        Ok(self)
    }

    /// Sets the link back to the portal.
    ///
    /// # Errors
    /// [`InvalidBrand::BackUrl`].
    pub fn back_url(mut self, url: &str) -> Result<Self, InvalidBrand> {
        let is_web = ["https://", "http://"]
            .iter()
            .any(|scheme| url.starts_with(scheme));
        if !is_web || url.len() > 200 || url.contains(|c: char| c.is_whitespace() || c.is_control())
        {
            return Err(InvalidBrand::BackUrl);
        }
        self.back_url = Some(url.to_owned());
        Ok(self)
    }

    /// Sets the logo: an SVG or PNG image.
    ///
    /// # Errors
    /// [`InvalidBrand::Logo`].
    pub fn logo(mut self, bytes: Vec<u8>) -> Result<Self, InvalidBrand> {
        let is_png = bytes.starts_with(b"\x89PNG\r\n\x1a\n");
        let is_svg = str::from_utf8(&bytes).is_ok_and(|text| text.contains("<svg"));
        let (name, content_type) = match (is_png, is_svg) {
            (true, _) => ("brand-logo.png", "image/png"),
            (false, true) => ("brand-logo.svg", "image/svg+xml"),
            (false, false) => return Err(InvalidBrand::Logo),
        };
        if bytes.len() > LOGO_BYTES_MAX {
            return Err(InvalidBrand::Logo);
        }
        self.add(name, content_type, bytes);
        Ok(self)
    }

    /// Sets the accent colour. In dark mode, a lighter tone of it is used.
    ///
    /// # Errors
    /// [`InvalidBrand::Accent`] or [`InvalidBrand::AccentTooLight`].
    pub fn accent(mut self, colour: &str) -> Result<Self, InvalidBrand> {
        let accent = Colour::parse(colour).ok_or(InvalidBrand::Accent)?;
        if accent.contrast(LIGHT_GROUND) < CONTRAST_MIN {
            return Err(InvalidBrand::AccentTooLight);
        }
        let mut dark = accent;
        while dark.contrast(DARK_CARD) < CONTRAST_MIN || dark.contrast(DARK_TEXT) < CONTRAST_MIN {
            dark = dark.lighter();
        }
        let css = format!(
            ":root {{ --accent: {accent}; --accent-ground: {}; }}\n\
             @media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark}; --accent-ground: {}; }} }}\n",
            accent.tint(WHITE),
            dark.tint(DARK_CARD),
        );
        self.add("brand.css", "text/css; charset=utf-8", css.into_bytes());
        Ok(self)
    }

    fn add(&mut self, name: &'static str, content_type: &'static str, bytes: Vec<u8>) {
        let mut hash = String::new();
        for byte in Sha256::digest(&bytes).iter().take(8) {
            // Writing into a String can't fail.
            let _infallible = write!(hash, "{byte:02x}");
        }
        self.version.push_str(&hash);
        // Kept for the life of the process, like the files of the build.
        let plain: &'static [u8] = bytes.leak();
        self.files.push(StaticFile {
            name,
            content_type,
            hash: hash.leak(),
            plain,
            gzip: plain,
        });
    }

    /// The name that the page shows.
    pub(crate) fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or("Keyward")
    }

    /// The link back to the portal.
    pub(crate) fn back(&self) -> Option<&str> {
        self.back_url.as_deref()
    }

    /// The file with this name.
    pub(crate) fn file(&self, name: &str) -> Option<&StaticFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// The logo's file.
    pub(crate) fn logo_name(&self) -> Option<&'static str> {
        let mut names = self.files.iter().map(|file| file.name);
        names.find(|name| name.starts_with("brand-logo."))
    }

    /// The version of the files.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }
}

impl Colour {
    fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        let value = u32::from_str_radix(digits, 16).ok().filter(|_| is_hex)?;
        let [_, red, green, blue] = value.to_be_bytes();
        Some(Self([red, green, blue]))
    }

    /// The relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 {
                share / 12.92
            } else {
                ((share + 0.055) / 1.055).powf(2.4)
            }
        });
        let [red, green, blue] = linear;
        0.0722f64.mul_add(blue, 0.2126f64.mul_add(red, 0.7152 * green))
    }

    fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    /// One step towards white.
    fn lighter(self) -> Self {
        Self(
            self.0
                .map(|channel| channel.saturating_add((255 - channel) / 16 + 1)),
        )
    }

    /// A tenth of the colour on a ground.
    fn tint(self, ground: Self) -> Self {
        let mut mixed = self.0;
        for (channel, under) in mixed.iter_mut().zip(ground.0) {
            let sum = u16::from(*channel) + 9 * u16::from(under);
            *channel = u8::try_from(sum / 10).unwrap_or(under);
        }
        Self(mixed)
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_accent_can_be_read_in_light_and_in_dark() {
        for accent in ["#0a6b4f", "#2b4bc9", "#000000", "#a91d2b"] {
            let brand = Brand::default().accent(accent).unwrap();
            let css = str::from_utf8(brand.file("brand.css").unwrap().plain).unwrap();
            assert!(
                css.starts_with(&format!(":root {{ --accent: {accent};")),
                "{css}"
            );
            let dark = css.rsplit("--accent: ").next().unwrap().get(..7).unwrap();
            let dark = Colour::parse(dark).unwrap();
            assert!(dark.contrast(DARK_CARD) >= CONTRAST_MIN, "{css}");
        }
        let refused = |accent| Brand::default().accent(accent).unwrap_err();
        assert_eq!(refused("#ffcc00"), InvalidBrand::AccentTooLight);
        for accent in ["", "red", "#fff", "#12345g", "#+12345", "#1234567"] {
            assert_eq!(refused(accent), InvalidBrand::Accent, "{accent}");
        }
        assert!((WHITE.contrast(Colour([0; 3])) - 21.0).abs() < 0.01);
    }

    #[test]
    fn a_logo_is_a_small_image() {
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec();
        assert_eq!(
            Brand::default().logo(svg).unwrap().logo_name(),
            Some("brand-logo.svg")
        );
        let png = b"\x89PNG\r\n\x1a\n".to_vec();
        assert_eq!(
            Brand::default().logo(png).unwrap().logo_name(),
            Some("brand-logo.png")
        );
        let large = [b"<svg>".to_vec(), vec![b' '; LOGO_BYTES_MAX]].concat();
        for bytes in [b"GIF89a".to_vec(), vec![], large] {
            assert_eq!(
                Brand::default().logo(bytes).unwrap_err(),
                InvalidBrand::Logo
            );
        }
    }

    #[test]
    fn a_name_and_a_link_are_plain() {
        let brand = Brand::default()
            .name("ACME")
            .unwrap()
            .back_url("https://acme.example/portal")
            .unwrap();
        assert_eq!(
            (brand.shown_name(), brand.back()),
            ("ACME", Some("https://acme.example/portal"))
        );
        assert_eq!(Brand::default().name("").unwrap_err(), InvalidBrand::Name);
        for url in ["", "javascript:alert(1)", "//acme.example", "https://a b"] {
            assert_eq!(
                Brand::default().back_url(url).unwrap_err(),
                InvalidBrand::BackUrl,
                "{url}"
            );
        }
    }
}
