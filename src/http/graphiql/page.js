// Decides what the page becomes: GraphiQL, if its files are available, or else our own explorer. First-party and
// separate from the HTML, so that the Content-Security-Policy needs to allow no inline script.
"use strict";

(async () => {
  // A CDN that is blocked may neither answer nor refuse.
  const PATIENCE_MS = 6_000;
  const root = document.getElementById("page");

  /** The elements that load the files named in a template; each script waits for the ones before it. */
  const elements = (template) =>
    [...document.getElementById(template).content.children].map((named) => {
      // A script cloned from a template does not run; a newly created one does.
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
    // One after the other, not in the browser's own order: there they would wait for libraries that never arrive.
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
    // A file that arrives late must not style the page shown by then.
    for (const file of libraries) file.remove();
    await explore(
      "GraphiQL could not be loaded, so this is Tributary\u2019s own explorer. GraphiQL is here if Tributary is built " +
        "where npm is at hand, or started with --graphiql-assets.",
    );
  } catch (error) {
    root.textContent = `The page could not be started: ${error.message}`;
  }
})();
