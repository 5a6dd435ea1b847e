//! The files of npm packages that GraphiQL's page needs, and where they are in a folder. build.rs uses this file, too.

use std::path::{Path, PathBuf};

/// A file of a package. `tools/graphiql` pins the same versions, which a test compares.
pub struct Library {
    /// The name of the file here.
    pub name: &'static str,
    /// Its path in a folder `node_modules`.
    pub installed: &'static str,
    pub cdn_url: &'static str,
    pub integrity: &'static str,
}

/// In loading order: GraphiQL expects React to be there.
pub const LIBRARIES: [Library; 4] = [
    Library {
        name: "graphiql.css",
        installed: "graphiql/dist/style.css",
        cdn_url: "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/dist/style.css",
        integrity: "sha384-1el1QShFBnnXTx9x/Cprg82hZWKt0ry29OAYIXt05swbi0KcZDFoj0CWguMpopJr",
    },
    Library {
        name: "react.js",
        installed: "react/umd/react.production.min.js",
        cdn_url: "https://cdn.jsdelivr.net/npm/react@18.3.1/umd/react.production.min.js",
        integrity: "sha384-DGyLxAyjq0f9SPpVevD6IgztCFlnMF6oW/XQGmfe+IsZ8TqEiDrcHkMLKI6fiB/Z",
    },
    Library {
        name: "react-dom.js",
        installed: "react-dom/umd/react-dom.production.min.js",
        cdn_url: "https://cdn.jsdelivr.net/npm/react-dom@18.3.1/umd/react-dom.production.min.js",
        integrity: "sha384-gTGxhz21lVGYNMcdJOyq01Edg0jhn/c22nsx0kyqP0TxaV5WVdsSH1fSDUf5YJj1",
    },
    Library {
        name: "graphiql.js",
        installed: "graphiql/dist/index.umd.js",
        cdn_url: "https://cdn.jsdelivr.net/npm/graphiql@4.1.2/dist/index.umd.js",
        integrity: "sha384-9XdHu7ajgGJziD4J1zNBKQ842Q/+zZfDv+ib1eMhZWBH6hPAs806x+Jbcf0yNO6B",
    },
];

/// The MIT licence requires its notice to accompany the code; the bundles of React have theirs in a comment.
pub const LICENCE: (&str, &str) = ("graphiql.LICENSE.txt", "graphiql/LICENSE");

/// The file in a folder, under this program's name for it (`scripts/graphiql-assets`) or npm's (`node_modules`).
pub fn find(folder: &Path, name: &str, installed: &str) -> Option<PathBuf> {
    [name, installed]
        .into_iter()
        .map(|file| folder.join(file))
        .find(|path| path.is_file())
}
