//! Where links may lead, and which pages may send what visitors did.

use crate::problem::Fault;

/// Maximum number of hosts of a campaign, and of origins of a tenant.
pub const MAX_HOSTS: usize = 50;

/// Maximum number of characters of a destination.
const MAX_CHARACTERS: usize = 2048;

/// The address as it is stored, if a link may lead there: https (in production), without a user name or password, and
/// of one of these hosts, if there are any.
pub fn destination(text: &str, hosts: &[String], is_production: bool) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > MAX_CHARACTERS {
        return Err(Fault::invalid(format!("must have at most {MAX_CHARACTERS} characters")));
    }
    let url = web_address(text, is_production)
        .ok_or_else(|| Fault::invalid("must be an https address such as https://shop.example/spring"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Fault::invalid("must not contain a user name or a password"));
    }
    let host = url.host_str().unwrap_or_default();
    if !hosts.is_empty() && !hosts.iter().any(|allowed| allowed == host) {
        let hosts = hosts.join(", ");
        return Err(Fault::invalid(format!(
            "must lead to a host that links may lead to: {hosts}"
        )));
    }
    Ok(url.into())
}

/// The hosts where links of a campaign may lead: those that it names, or else that of its destination. None: there is no
/// destination, and a link may lead nowhere.
pub fn allowed_hosts(hosts: &[String], destination: Option<&str>) -> Vec<String> {
    if !hosts.is_empty() {
        return hosts.to_vec();
    }
    let url = destination.and_then(|text| url::Url::parse(text).ok());
    let host = url.and_then(|url| url.host_str().map(str::to_owned));
    host.into_iter().collect()
}

/// A host as it is stored: in lower case, without scheme, port or path.
pub fn host(text: &str) -> Result<String, Fault> {
    let text = text.trim();
    let wrong = || Fault::invalid("must be a host such as shop.example, without scheme, port or path");
    let has_more = text.is_empty() || text.contains(['/', '@', '?', '#', '\\']) || text.contains(char::is_whitespace);
    let url = (!has_more).then(|| url::Url::parse(&format!("https://{text}/")).ok());
    let url = url.flatten().filter(|url| url.port().is_none()).ok_or_else(wrong)?;
    // A port of https is dropped by the parser.
    match url.host_str().filter(|_| !text.ends_with(":443") && text.len() <= 253) {
        Some(host) => Ok(host.to_owned()),
        None => Err(wrong()),
    }
}

/// The origin of pages as browsers send it: scheme, host, and a port that is not usual.
pub fn origin(text: &str, is_production: bool) -> Result<String, Fault> {
    let wrong = || Fault::invalid("must be an origin such as https://shop.example, without a path");
    let url = web_address(text.trim(), is_production).ok_or_else(wrong)?;
    let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    match is_bare && url.username().is_empty() && url.password().is_none() {
        true => Ok(url.origin().ascii_serialization()),
        false => Err(wrong()),
    }
}

fn web_address(text: &str, is_production: bool) -> Option<url::Url> {
    let url = url::Url::parse(text).ok()?;
    let is_allowed = url.scheme() == "https" || (url.scheme() == "http" && !is_production);
    (is_allowed && url.host_str().is_some_and(|host| !host.is_empty())).then_some(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_an_allowed_host_by_https() {
        let hosts = ["shop.example".to_owned()];
        for (text, expected) in [
            ("https://shop.example", Some("https://shop.example/")),
            (" https://SHOP.example/a?b=c#d ", Some("https://shop.example/a?b=c#d")),
            ("https://shop.example:8443/", Some("https://shop.example:8443/")),
            ("http://shop.example/", None),
            ("https://a.shop.example/", None),
            ("https://shop.example.evil.example/", None),
            ("https://shop.example@evil.example/", None),
            ("https://ann@shop.example/", None),
            ("https://:secret@shop.example/", None),
            ("javascript:alert(1)", None),
            ("//shop.example/", None),
            ("shop.example", None),
            ("", None),
        ] {
            let found = destination(text, &hosts, true).ok();
            assert_eq!(found.as_deref(), expected, "{text:?}");
        }
        assert!(destination("http://shop.example/", &hosts, false).is_ok());
        assert!(destination("https://any.example/", &[], true).is_ok());
        let long = format!("https://shop.example/{}", "x".repeat(2048));
        assert!(destination(&long, &hosts, true).is_err());
    }

    #[test]
    fn a_host_is_nothing_but_a_host() {
        for (text, expected) in [
            ("Shop.Example", Some("shop.example")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("192.0.2.1", Some("192.0.2.1")),
            ("[2001:db8::1]", Some("[2001:db8::1]")),
            ("https://shop.example", None),
            ("shop.example:8443", None),
            ("shop.example:443", None),
            ("shop.example/", None),
            ("a@shop.example", None),
            ("", None),
        ] {
            assert_eq!(host(text).ok().as_deref(), expected, "{text:?}");
        }
    }

    #[test]
    fn hosts_are_those_that_are_named_or_that_of_the_destination() {
        let (named, none) = (["a.example".to_owned()], Vec::<String>::new());
        assert_eq!(allowed_hosts(&named, Some("https://b.example/")), named);
        assert_eq!(allowed_hosts(&[], Some("https://b.example/x")), ["b.example"]);
        assert_eq!(allowed_hosts(&[], None), none);
    }

    #[test]
    fn an_origin_has_no_path() {
        for (text, expected) in [
            ("https://Shop.example", Some("https://shop.example")),
            ("https://shop.example/", Some("https://shop.example")),
            ("https://shop.example:443", Some("https://shop.example")),
            ("https://shop.example:8443", Some("https://shop.example:8443")),
            ("https://shop.example/a", None),
            ("https://shop.example/?a", None),
            ("http://shop.example", None),
            ("*", None),
            ("null", None),
        ] {
            assert_eq!(origin(text, true).ok().as_deref(), expected, "{text:?}");
        }
        assert_eq!(
            origin("http://localhost:3000", false).ok().as_deref(),
            Some("http://localhost:3000")
        );
    }
}
