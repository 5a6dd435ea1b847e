// Decides what the page becomes: GraphiQL, if its files can be had, or else the explorer of our own. First-party and
// separate from the HTML, so that the Content-Security-Policy needs to allow no inline script.
"use strict";

(async () => {
  // A CDN that is blocked may neither answer nor refuse.
  const PATIENCE_MS = 6_000;
  const root = document.getElementById("page");

  /** The elements that load the files a template names; a script waits for those before it. */
  const elements = (template) =>
    [...document.getElementById(template).content.children].map((named) => {
      // A script that is cloned out of a template does not run; one that is made does.
      const element = document.createElement(named.localName);
      for (const { name, value } of named.attributes) element.setAttribute(name, value);
      element.async = false;
      return element;
    });
  const load = (files) =>
    Promise.all(
      files.map(
        (element) =>
          new Promise((resolve, reject) => {
            element.onload = resolve;
            element.onerror = () => reject(new Error(`${element.src ?? element.href} cannot be loaded`));
            document.head.append(element);
          }),
      ),
    );
  const late = () => new Promise((_, reject) => setTimeout(reject, PATIENCE_MS, new Error("it takes too long")));

  const explore = async (notice) => {
    // One after the other, and not in the browser's own order: in that they would wait for libraries that never come.
    for (const file of elements("explorer-files")) {
      file.async = true;
      await load([file]);
    }
    window.tributary.startExplorer(root, notice);
  };

  const libraries = elements("graphiql-files");
  try {
    if (libraries.length === 0) return await explore(null);
    const found = await Promise.race([load(libraries), late()]).catch((error) => {
      console.info(`GraphiQL's files: ${error.message}`);
      return null;
    });
    if (found) return window.tributary.startGraphiql(root);
    // What arrives late must not style the page that is there by then.
    for (const file of libraries) file.remove();
    await explore(
      "GraphiQL could not be loaded, so this is Tributary\u2019s own explorer. GraphiQL is here if Tributary is built " +
        "where npm is at hand, or started with --graphiql-assets.",
    );
  } catch (error) {
    root.textContent = `The page could not be started: ${error.message}`;
  }
})();
