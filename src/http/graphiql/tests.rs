mod build;

use super::libraries::LICENCE;
use super::*;

fn policy_and_html(source: AssetSource) -> (String, String) {
    let page = GraphiqlPage::new(source);
    (page.content_security_policy.to_str().unwrap().to_owned(), page.html)
}

#[test]
fn embedded_libraries_are_the_files_that_the_hashes_name() {
    let files = assets::embedded();
    if files.is_empty() {
        return;
    }
    for library in &LIBRARIES {
        let file = files.iter().find(|file| file.name == library.name).unwrap();
        assert_eq!(integrity(&file.content), library.integrity, "{}", library.name);
    }
}

#[test]
fn the_cdn_the_build_and_the_script_take_the_versions_that_npm_pins() {
    let pins: serde_json::Value = serde_json::from_str(include_str!("../../../tools/graphiql/package.json")).unwrap();
    for (package, version) in pins["dependencies"].as_object().unwrap() {
        let pinned = format!("{package}@{}", version.as_str().unwrap());
        assert!(LIBRARIES.iter().any(|library| library.package() == pinned), "{pinned}");
    }
    let script = include_str!("../../../scripts/graphiql-assets");
    for library in &LIBRARIES {
        let line = format!("put {} {}\n", library.installed, library.name);
        assert!(script.contains(&line), "{line}");
        // The CDN serves packages as npm installs them.
        let file = library.installed.split_once('/').unwrap().1;
        assert_eq!(
            library.cdn_url.split_once(&library.package()).unwrap().1,
            format!("/{file}")
        );
    }
}

#[test]
fn the_policy_admits_own_files_and_at_most_the_four_of_the_cdn() {
    let own = PAGE.len() + EXPLORER.len();
    for (source, cdn_addresses, files) in [
        (AssetSource::Own(Vec::new()), 0, own + LIBRARIES.len()),
        (AssetSource::Cdn, 2 * LIBRARIES.len(), own + LIBRARIES.len()),
        (AssetSource::Nothing, 0, own),
    ] {
        let (policy, html) = policy_and_html(source);
        assert_eq!(policy.matches("https://").count(), cdn_addresses, "{policy}");
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(html.matches("integrity=\"sha384-").count(), files, "{html}");
        assert!(!html.contains("<!--"), "{html}");
    }
}

#[test]
fn a_folder_holds_the_files_as_the_script_or_as_npm_names_them_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let load = || GraphiqlPage::load(&GraphiqlAssets::Folder(folder.path().to_owned()));
    let error = |loaded: Result<Arc<GraphiqlPage>, AssetsError>| loaded.err().expect("it is refused").to_string();

    let missing = error(load());
    assert!(
        missing.contains("has neither graphiql.css nor graphiql/dist/style.css"),
        "{missing}"
    );
    assert!(
        missing.contains("npm install graphiql@4.1.2 react-dom@18.3.1 react@18.3.1"),
        "{missing}"
    );

    std::fs::write(folder.path().join("graphiql.css"), "body { display: none }").unwrap();
    let other = error(load());
    assert!(
        other.contains("graphiql.css is not the file of graphiql@4.1.2"),
        "{other}"
    );

    let files = assets::embedded();
    for (number, library) in LIBRARIES.iter().enumerate() {
        let Some(file) = files.iter().find(|file| file.name == library.name) else {
            return;
        };
        let name = if number % 2 == 0 {
            library.name
        } else {
            library.installed
        };
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.content).unwrap();
    }
    let page = load().unwrap_or_else(|error| panic!("{error}"));
    assert!(!page.html.contains("https://"), "{}", page.html);
    for library in &LIBRARIES {
        let served = page.files.iter().find(|file| file.name == library.name).unwrap();
        assert_eq!(integrity(&served.content), library.integrity);
    }
}

#[test]
fn the_page_and_its_files_are_served_with_their_types_and_nothing_else_is() {
    let page = GraphiqlPage::new(AssetSource::Own(vec![
        StaticFile::new("react.js", Bytes::from_static(b"1")),
        StaticFile::new(LICENCE.0, Bytes::from_static(b"MIT")),
    ]));
    let response = page.response();
    assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    for (name, content_type) in [
        ("page.js", "text/javascript; charset=utf-8"),
        ("explorer.js", "text/javascript; charset=utf-8"),
        ("explorer.css", "text/css; charset=utf-8"),
        ("react.js", "text/javascript; charset=utf-8"),
        ("graphiql.LICENSE.txt", "text/plain; charset=utf-8"),
    ] {
        let response = page.file(name);
        assert_eq!(response.status(), StatusCode::OK, "{name}");
        assert_eq!(response.headers()[header::CONTENT_TYPE], content_type);
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
    for name in [
        "graphiql.js",
        "../Cargo.toml",
        "..%2fCargo.toml",
        "/etc/passwd",
        "package-lock.json",
        "",
    ] {
        assert_eq!(page.file(name).status(), StatusCode::NOT_FOUND, "{name}");
    }
}

#[test]
fn the_page_runs_no_script_of_its_own_text_and_sets_no_style_in_it() {
    let (_, html) = policy_and_html(AssetSource::Cdn);
    assert!(!html.contains("<style") && !html.contains(" style="), "{html}");
    assert_eq!(
        html.matches("<script").count(),
        html.matches("<script defer src=").count(),
        "{html}"
    );
    for (name, content) in EXPLORER.iter().chain(&PAGE) {
        assert!(!content.contains("innerHTML") && !content.contains("eval("), "{name}");
    }
}

#[test]
fn words_name_what_is_no_folder() {
    for (word, assets) in [
        ("embedded", GraphiqlAssets::Embedded),
        ("cdn", GraphiqlAssets::Cdn),
        ("none", GraphiqlAssets::Without),
        ("./none", GraphiqlAssets::Folder("./none".into())),
    ] {
        assert_eq!(GraphiqlAssets::from(std::path::PathBuf::from(word)), assets);
    }
}
