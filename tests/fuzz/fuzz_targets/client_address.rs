//! Who asks, as `X-Forwarded-For` and `Forwarded` tell it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::hint::black_box;
use std::net::IpAddr;
use threshold_transport::{TrustedProxies, client_address};

const PROXY: [u8; 4] = [10, 0, 0, 1];
const STRANGER: [u8; 4] = [192, 0, 2, 1];
const CLIENT: &str = "198.51.100.7";

fuzz_target!(|header: &[u8]| {
    let trusted: TrustedProxies = "10.0.0.0/8, fd00::/8".parse().expect("two blocks");
    let (proxy, stranger, client) = (IpAddr::from(PROXY), IpAddr::from(STRANGER), CLIENT.parse::<IpAddr>());
    let lines: Vec<&[u8]> = header.split(|byte| *byte == b'\n').collect();
    assert_eq!(client_address(stranger, &lines, &lines, &trusted), stranger, "a stranger is not believed");

    let (x_forwarded_for, forwarded) =
        (client_address(proxy, &lines, &[], &trusted), client_address(proxy, &[], &lines, &trusted));
    let both = client_address(proxy, &lines, &lines, &trusted);
    assert!(both == proxy || (both == x_forwarded_for && both == forwarded), "two stories");

    // What the proxy adds counts, whatever stood there before.
    let line = [header, b", ", CLIENT.as_bytes()].concat();
    assert_eq!(Ok(client_address(proxy, &[&line], &[], &trusted)), client);
    let added: Vec<&[u8]> = lines.iter().copied().chain([b"for=198.51.100.7".as_slice()]).collect();
    assert_eq!(Ok(client_address(proxy, &[], &added, &trusted)), client);

    if let Some(proxies) = std::str::from_utf8(header).ok().and_then(|text| text.parse::<TrustedProxies>().ok()) {
        black_box(client_address(stranger, &lines, &lines, &proxies));
    }
});
