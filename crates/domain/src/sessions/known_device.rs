//! A device that somebody signed in from before.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq;

const ID: usize = 16;
const TAG: usize = 16;

/// Proves that one account was signed in to on one device; derived with a secret key.
#[derive(Debug, Clone, Copy)]
pub struct DeviceTag([u8; TAG]);

/// A device and the accounts that were signed in to on it, the last one first. What it says is worth something only where a
/// tag that is derived anew is found in it.
#[derive(Debug, Clone)]
pub struct KnownDevice {
    /// Names the device.
    pub id: [u8; ID],
    tags: Vec<DeviceTag>,
}

impl KnownDevice {
    /// A device shared by more people forgets the first ones.
    const MAX_TAGS: usize = 8;

    /// A device on which nobody has signed in yet.
    #[must_use]
    pub fn new(id: [u8; ID]) -> Self {
        Self { id, tags: Vec::new() }
    }

    /// Reads what [`expose`](Self::expose) wrote; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > 4 * (ID + TAG * Self::MAX_TAGS) / 3 + 1 {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (id, rest) = bytes.split_first_chunk::<ID>()?;
        let (tags, []) = rest.as_chunks::<TAG>() else { return None };
        Some(Self { id: *id, tags: tags.iter().map(|tag| DeviceTag(*tag)).collect() })
    }

    /// The device as its cookie holds it.
    #[must_use]
    pub fn expose(&self) -> String {
        let tags = self.tags.iter().flat_map(|tag| tag.0);
        BASE64_URL_SAFE_NO_PAD.encode(self.id.into_iter().chain(tags).collect::<Vec<u8>>())
    }

    /// Whether the account of that tag was signed in to on it.
    #[must_use]
    pub fn knows(&self, tag: &DeviceTag) -> bool {
        self.tags.iter().fold(false, |found, other| found | other.is(tag))
    }

    /// Remembers the account of that tag as the last one.
    #[must_use]
    pub fn remembering(self, tag: DeviceTag) -> Self {
        let others = self.tags.into_iter().filter(|other| !other.is(&tag));
        Self { id: self.id, tags: std::iter::once(tag).chain(others).take(Self::MAX_TAGS).collect() }
    }
}

impl DeviceTag {
    /// Wraps what was derived for a device and an account.
    #[must_use]
    pub fn new(bytes: [u8; TAG]) -> Self {
        Self(bytes)
    }

    fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tag(number: u8) -> DeviceTag {
        DeviceTag::new([number; TAG])
    }

    #[test]
    fn a_device_remembers_the_last_accounts_and_reads_itself_again() {
        let device = (0..9).fold(KnownDevice::new([7; ID]), |device, number| device.remembering(tag(number)));
        let again = KnownDevice::parse(&device.remembering(tag(5)).expose()).unwrap();
        assert_eq!(again.id, [7; ID]);
        assert!(!again.knows(&tag(0)), "the first one is forgotten");
        assert!((1..9).all(|number| again.knows(&tag(number))));
    }

    #[test]
    fn a_device_without_accounts_knows_nobody() {
        assert!(!KnownDevice::parse(&KnownDevice::new([0; ID]).expose()).unwrap().knows(&tag(0)));
    }

    proptest! {
        #[test]
        fn whatever_is_read_is_written_the_same(text in "[A-Za-z0-9_-]{0,250}|.{0,60}") {
            if let Some(device) = KnownDevice::parse(&text) {
                prop_assert_eq!(device.expose(), text);
            }
        }
    }
}
