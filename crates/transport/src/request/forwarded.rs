//! What proxies say of those who asked them: the hops of a request, the client's first; `None` where one can't be read.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::str;

/// The hops of `X-Forwarded-For`, its lines joined in their order.
pub(super) fn x_forwarded_for(lines: &[&[u8]]) -> Vec<Option<IpAddr>> {
    lines.iter().flat_map(|line| line.split(|byte| *byte == b',')).map(|hop| node(str::from_utf8(hop).ok()?)).collect()
}

/// The hops of `Forwarded` (RFC 7239 §4), its lines joined in their order. A line that can't be read is one hop that can't.
pub(super) fn forwarded(lines: &[&[u8]]) -> Vec<Option<IpAddr>> {
    let hops = |line: &&[u8]| -> Vec<Option<IpAddr>> {
        let elements = str::from_utf8(line).ok().and_then(|line| split(line, ','));
        elements.map_or_else(|| vec![None], |elements| elements.into_iter().map(element).collect())
    };
    lines.iter().flat_map(hops).collect()
}

/// The address in the parameter `for` of one element; named twice it names nobody.
fn element(text: &str) -> Option<IpAddr> {
    let mut found = None;
    for pair in split(text, ';')? {
        let (name, value) = pair.split_once('=')?;
        if name.trim().eq_ignore_ascii_case("for") && found.replace(node(&unquoted(value.trim())?)?).is_some() {
            return None;
        }
    }
    found
}

/// Splits at a separator that stands outside of quotes; `None` where a quote has no end.
fn split(text: &str, separator: char) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (place, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if character == separator && !quoted => {
                parts.push(text.get(start..place)?);
                start = place + character.len_utf8();
            }
            _ => {}
        }
    }
    parts.push(text.get(start..)?);
    (!quoted).then_some(parts)
}

/// A token, or a quoted string without its quotes (RFC 9110 §5.6.4).
fn unquoted(value: &str) -> Option<String> {
    let Some(inner) = value.strip_prefix('"') else { return Some(value.to_owned()) };
    let inner = inner.strip_suffix('"')?;
    let mut text = String::new();
    let mut characters = inner.chars();
    while let Some(character) = characters.next() {
        text.push(if character == '\\' { characters.next()? } else { character });
    }
    Some(text)
}

/// The address of a node, with a port or without: `192.0.2.1`, `192.0.2.1:80`, `2001:db8::1`, `[2001:db8::1]:80`. Names and
/// `unknown` are none.
fn node(text: &str) -> Option<IpAddr> {
    let text = text.trim_matches([' ', '\t']);
    let bare = || text.parse::<IpAddr>().ok();
    let with_port = || text.parse::<SocketAddr>().ok().map(|address| address.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse::<Ipv6Addr>().ok().map(IpAddr::V6);
    bare().or_else(with_port).or_else(in_brackets).map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unnecessary_wraps, reason = "hops that can be read are compared with those that can not")]
    fn ip(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[test]
    fn addresses_are_read_with_ports_and_brackets() {
        for (text, expected) in [
            ("192.0.2.1", "192.0.2.1"),
            (" 192.0.2.1:4711\t", "192.0.2.1"),
            ("2001:db8::1", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
        ] {
            assert_eq!(node(text), ip(expected), "{text}");
        }
        for text in
            ["", "unknown", "_hidden", "192.0.2.256", "192.0.2.1:", "192.0.2.1:99999", "[192.0.2.1]", "example.org"]
        {
            assert_eq!(node(text), None, "{text}");
        }
    }

    #[test]
    fn elements_are_read_as_the_standard_writes_them() {
        let line = br#"for=192.0.2.43, For="[2001:db8:cafe::17]:4711";proto=http ; by="a,b;c" , for="_gazonk""#;
        assert_eq!(forwarded(&[line]), [ip("192.0.2.43"), ip("2001:db8:cafe::17"), None]);
        assert_eq!(forwarded(&[b"for=192.0.2.1", b"for=192.0.2.2"]), [ip("192.0.2.1"), ip("192.0.2.2")]);
        assert_eq!(forwarded(&[br#"for="192\.0.2.1""#]), [ip("192.0.2.1")]);
    }

    #[test]
    fn what_is_broken_is_a_hop_that_can_not_be_read() {
        for line in
            ["for=\"192.0.2.1", "for", "", "by=192.0.2.1", "for=192.0.2.1;for=192.0.2.2", "for=\"\\\"", "\u{e9}"]
        {
            assert_eq!(forwarded(&[line.as_bytes()]), [None], "{line}");
        }
        assert_eq!(forwarded(&[b"\xff"]), [None]);
        assert_eq!(x_forwarded_for(&[b"192.0.2.1,\xff"]), [ip("192.0.2.1"), None]);
    }
}
