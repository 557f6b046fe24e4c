//! Replies of the terminal. Only the colour of its background is of interest.

use super::super::event::TermEvent;

/// The event of `OSC content ST`.
pub(super) fn operating_system_command(content: &[u8]) -> Option<TermEvent> {
    let color = std::str::from_utf8(content).ok()?.strip_prefix("11;")?;
    let channels = color
        .strip_prefix("rgb:")
        .or_else(|| color.strip_prefix("rgba:"))?;
    let mut channels = channels.split('/').map(channel);
    let rgb = (channels.next()??, channels.next()??, channels.next()??);
    Some(TermEvent::Background(rgb))
}

/// One to four hexadecimal digits, which stand for a fraction of all ones.
fn channel(digits: &str) -> Option<u8> {
    let most = match digits.len() {
        n @ 1..=4 => (1u32 << (4 * n)) - 1,
        _ => return None,
    };
    if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let value = u32::from_str_radix(digits, 16).ok()?;
    u8::try_from((value * 255 + most / 2) / most).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_background_is_read_at_every_precision() {
        for (content, expected) in [
            ("11;rgb:0000/2b2b/3636", Some((0, 0x2b, 0x36))),
            ("11;rgb:fd/f6/e3", Some((0xfd, 0xf6, 0xe3))),
            ("11;rgb:f/0/8", Some((255, 0, 136))),
            ("11;rgba:ffff/8080/0000/ffff", Some((255, 128, 0))),
            ("10;rgb:ffff/ffff/ffff", None),
            ("11;rgb:ffff/ffff", None),
            ("11;rgb:fffff/0/0", None),
            ("11;rgb:+f/0/0", None),
            ("11;#ffffff", None),
            ("11;?", None),
        ] {
            let event = operating_system_command(content.as_bytes());
            assert_eq!(event, expected.map(TermEvent::Background), "{content:?}");
        }
    }
}
