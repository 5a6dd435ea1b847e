//! Which addresses are public, and which URLs are refused.

use super::*;

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

#[test]
fn special_addresses_are_not_public() {
    for text in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.9.9.9",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.1",
        "192.0.0.170",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "239.1.1.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::8.8.8.8",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "64:ff9b::10.0.0.1",
        "64:ff9b:1::1",
        "64:ff9b:1::8.8.8.8",
        "100::1",
        "100:0:0:1::1",
        "2001::1",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::1",
        "2002:a9fe:a9fe::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "4000::1",
        "e000::1",
        // A public server, and a client 127.0.0.1; a private server, and a public client.
        "2001:0:808:808::80ff:fffe",
        "2001:0:a00:1::f7f7:f7f7",
    ] {
        assert!(!is_public(ip(text)), "{text}");
    }
}

#[test]
fn others_are_public_whatever_they_are_written_as() {
    for text in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.0",
        "100.63.255.255",
        "100.128.0.0",
        "126.255.255.255",
        "128.0.0.1",
        "169.253.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.0.1.1",
        "192.167.0.1",
        "198.17.0.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:4860:4860::8888",
        "2001:200::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
        "2001:0:808:808::f7f7:f7f7",
    ] {
        assert!(is_public(ip(text)), "{text}");
    }
}

#[test]
fn what_is_allowed_is_allowed_with_any_port() {
    let allowed = vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
    let reach = AddressPolicy {
        production: true,
        allowed,
    };
    for (address, port, is_tls, expected) in [
        ("127.0.0.1", 8080, false, Ok(())),
        ("::ffff:127.0.0.1", 8080, false, Ok(())),
        ("fd00::1", 80, false, Ok(())),
        ("8.8.8.8", 443, true, Ok(())),
        ("8.8.8.8", 8443, true, Err(AddressRefusal::Port(8443))),
        ("8.8.8.8", 80, true, Err(AddressRefusal::Port(80))),
        ("8.8.8.8", 80, false, Err(AddressRefusal::Plain)),
        ("10.0.0.1", 443, true, Err(AddressRefusal::Address(ip("10.0.0.1")))),
        (
            "2002:7f00:1::",
            443,
            true,
            Err(AddressRefusal::Address(ip("2002:7f00:1::"))),
        ),
    ] {
        assert_eq!(reach.check(ip(address), port, is_tls), expected, "{address} {port}");
    }
    assert_eq!(AddressPolicy::default().check(ip("8.8.8.8"), 80, false), Ok(()));
}

#[test]
fn blocks_are_read_or_refused() {
    let contains = |block: &str, address: &str| block.parse::<Network>().unwrap().contains(ip(address));
    assert!(contains("0.0.0.0/0", "8.8.8.8") && contains("::/0", "2001::1") && !contains("0.0.0.0/0", "::1"));
    assert!(contains("10.1.2.3/32", "10.1.2.3") && !contains("10.1.2.3/32", "10.1.2.4"));
    for text in ["", "10.0.0.0", "10.0.0.0/33", "::/129", "10.0.0.0/-1", "ten/8"] {
        assert!(text.parse::<Network>().is_err(), "{text}");
    }
}

#[test]
fn urls_are_checked_as_far_as_they_say_where_they_lead() {
    let reach = AddressPolicy {
        production: true,
        allowed: Vec::new(),
    };
    let checked = |text: &str| reach.check_url(text).map(|url| url.to_string());
    assert_eq!(
        checked("https://example.com/hooks?a=1"),
        Ok("https://example.com/hooks?a=1".to_owned())
    );
    let private = |text| Err(AddressRefusal::Address(ip(text)));
    for (text, expected) in [
        ("example.com", Err(AddressRefusal::NotAnAddress)),
        ("ftp://example.com", Err(AddressRefusal::NotAnAddress)),
        ("https://", Err(AddressRefusal::NotAnAddress)),
        ("https://ann:secret@example.com", Err(AddressRefusal::TooMuch)),
        ("https://example.com/#top", Err(AddressRefusal::TooMuch)),
        ("http://example.com", Err(AddressRefusal::Plain)),
        ("https://example.com:8443", Err(AddressRefusal::Port(8443))),
        ("https://127.0.0.1/", private("127.0.0.1")),
        // The other spellings of the same.
        ("https://2130706433/", private("127.0.0.1")),
        ("https://0x7f.1/", private("127.0.0.1")),
        ("https://[::ffff:7f00:1]/", private("::ffff:127.0.0.1")),
        ("https://[fe80::1]/", private("fe80::1")),
    ] {
        assert_eq!(checked(text), expected, "{text}");
    }
    assert_eq!(
        checked(&format!("https://example.com/{}", "a".repeat(2048))),
        Err(AddressRefusal::TooLong)
    );
    assert!(AddressPolicy::default().check_url("http://example.com").is_ok());
}

#[test]
fn what_the_operator_names_may_be_anywhere() {
    let policy = AddressPolicy::of_operator();
    for url in [
        "http://127.0.0.1:4318/",
        "https://[fd00::1]:4318/",
        "http://169.254.169.254/",
        "https://collector/",
    ] {
        assert!(policy.check_url(url).is_ok(), "{url}");
    }
    for address in ["127.0.0.1", "::1", "fe80::1", "8.8.8.8", "::ffff:10.0.0.1"] {
        assert_eq!(policy.check(ip(address), 4318, false), Ok(()), "{address}");
    }
    assert_eq!(policy.check_url("collector:4318"), Err(AddressRefusal::NotAnAddress));
}

#[test]
fn a_name_may_be_plain_and_have_any_port_where_addresses_are_allowed() {
    let policy = |allowed: Vec<Network>| AddressPolicy {
        production: true,
        allowed,
    };
    let text = "http://hooks.internal:8080/";
    assert_eq!(policy(Vec::new()).check_url(text), Err(AddressRefusal::Plain));
    assert!(policy(vec!["10.0.0.0/8".parse().unwrap()]).check_url(text).is_ok());
}

#[test]
fn a_url_has_at_most_2048_characters_and_nobody_s_name() {
    let policy = AddressPolicy::default();
    let long = |length: usize| format!("https://example.com/{:a<1$}", "", length - 20);
    assert!(policy.check_url(&long(2_048)).is_ok());
    assert_eq!(policy.check_url(&long(2_049)), Err(AddressRefusal::TooLong));
    for text in [
        "https://ann@example.com/",
        "https://:secret@example.com/",
        "https://example.com/#",
    ] {
        assert_eq!(policy.check_url(text), Err(AddressRefusal::TooMuch), "{text}");
    }
}
