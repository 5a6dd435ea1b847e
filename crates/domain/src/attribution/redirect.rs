//! Following a link: the address to which its visitor is sent, and whose visits count.

use std::collections::HashSet;

use url::{Url, form_urlencoded};

use super::destination::{allowed_hosts, destination};

/// The names of what is added to an address: the link's key, and the id of the click.
const OWN_NAMES: [&str; 2] = ["ref", "tc"];

/// Where a link leads now, if that is still allowed: its own destination, or else its campaign's. `hosts` are those that
/// the campaign names.
pub fn leads_to(own: Option<&str>, of_campaign: Option<&str>, hosts: &[String], is_production: bool) -> Option<String> {
    let hosts = allowed_hosts(hosts, of_campaign);
    // Without hosts every host would be allowed.
    let text = own.or(of_campaign).filter(|_| !hosts.is_empty())?;
    destination(text, &hosts, is_production).ok()
}

/// The destination with the link's key, the id of the click and the rest of the visitor's query. Names that the
/// destination has are the brand's: visitors cannot replace them. `None`: the destination is no address.
pub fn address(destination: &str, key: Option<&str>, click_id: Option<&str>, query: &str) -> Option<String> {
    let mut url = Url::parse(destination).ok()?;
    let brand = parts(url.query().unwrap_or_default());
    let names: HashSet<_> = brand.iter().map(|(name, _)| name.clone()).collect();
    let visitor = parts(query).into_iter().filter(|(name, _)| !names.contains(name));
    let mut kept: Vec<_> = brand.iter().map(|(_, part)| (*part).to_owned()).collect();
    kept.extend(visitor.map(|(_, part)| part.to_owned()));
    let added = OWN_NAMES.into_iter().zip([key, click_id]);
    kept.extend(added.filter_map(|(name, value)| value.map(|value| format!("{name}={value}"))));
    url.set_query((!kept.is_empty()).then(|| kept.join("&")).as_deref());
    Some(url.into())
}

/// The parts of a query but for our own, each with its decoded name.
fn parts(query: &str) -> Vec<(String, &str)> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    let named = parts.map(|part| {
        let pair = form_urlencoded::parse(part.as_bytes()).next();
        (pair.map(|(name, _)| name.into_owned()).unwrap_or_default(), part)
    });
    named.filter(|(name, _)| !OWN_NAMES.contains(&name.as_str())).collect()
}

/// Whether a user agent says that it is a program which follows links by itself: a search engine, or a preview in a chat.
pub fn says_it_is_a_bot(user_agent: &str) -> bool {
    const WORDS: [&str; 8] = [
        "bot",
        "crawl",
        "spider",
        "slurp",
        "preview",
        "facebookexternalhit",
        "embedly",
        "whatsapp/",
    ];
    // A maker of telephones.
    let text = user_agent.to_ascii_lowercase().replace("cubot", "");
    WORDS.iter().any(|word| text.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(destination: &str, query: &str) -> String {
        address(destination, Some("ann"), Some("c1"), query).unwrap()
    }

    #[test]
    fn the_rest_of_the_query_is_appended() {
        for (destination, query, expected) in [
            ("https://a.example", "", "https://a.example/?ref=ann&tc=c1"),
            (
                "https://a.example/p#top",
                "u=1",
                "https://a.example/p?u=1&ref=ann&tc=c1#top",
            ),
            (
                "https://a.example/?p=1",
                "p=2&q=3&p=4",
                "https://a.example/?p=1&q=3&ref=ann&tc=c1",
            ),
            // A name is the same however it is written.
            (
                "https://a.example/?p%20q=1",
                "p+q=2",
                "https://a.example/?p%20q=1&ref=ann&tc=c1",
            ),
            (
                "https://a.example/?p",
                "%70=2&&=",
                "https://a.example/?p&=&ref=ann&tc=c1",
            ),
            (
                "https://a.example/",
                "ref=x&t%63=y&tc&r%65f=z",
                "https://a.example/?ref=ann&tc=c1",
            ),
            (
                "https://a.example/?ref=x&tc=y&z=1",
                "",
                "https://a.example/?z=1&ref=ann&tc=c1",
            ),
            (
                "https://a.example/",
                "a=%0d%0aset-cookie:x",
                "https://a.example/?a=%0d%0aset-cookie:x&ref=ann&tc=c1",
            ),
            (
                "https://a.example/",
                "a=b c\r\nd\"<#",
                "https://a.example/?a=b%20cd%22%3C%23&ref=ann&tc=c1",
            ),
            (
                "https://a.example/",
                "u=https://evil.example/@",
                "https://a.example/?u=https://evil.example/@&ref=ann&tc=c1",
            ),
        ] {
            assert_eq!(sent(destination, query), expected, "{query:?}");
        }
        assert_eq!(
            address("https://a.example/", None, None, "tc=1").unwrap(),
            "https://a.example/"
        );
        assert_eq!(address("nowhere", None, None, ""), None);
    }

    #[test]
    fn a_link_leads_to_allowed_hosts_only() {
        let hosts = ["a.example".to_owned()];
        let led = |own, campaign, hosts: &[String]| leads_to(own, campaign, hosts, true);
        let (a, b) = (Some("https://a.example/"), Some("https://b.example/"));
        assert_eq!(led(a, None, &hosts).as_deref(), a);
        assert_eq!(led(None, a, &[]).as_deref(), a);
        assert_eq!(led(b, a, &[]), None);
        assert_eq!(led(b, None, &hosts), None);
        assert_eq!(led(a, None, &[]), None);
        assert_eq!(led(None, None, &hosts), None);
        assert_eq!(led(Some("http://a.example/"), None, &hosts), None);
    }

    #[test]
    fn bots_say_so() {
        for agent in [
            "Googlebot/2.1",
            "Slackbot-LinkExpanding 1.0",
            "BingPreview/1.0b",
            "WhatsApp/2.23",
            "Baiduspider",
        ] {
            assert!(says_it_is_a_bot(agent), "{agent}");
        }
        for agent in [
            "",
            "Mozilla/5.0 (Linux; Android 9; CUBOT X19) Chrome/120",
            "Mozilla/5.0 HeadlessChrome/120",
        ] {
            assert!(!says_it_is_a_bot(agent), "{agent}");
        }
    }
}
