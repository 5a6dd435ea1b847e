// Runs operations and shows their results.
"use strict";

(() => {
  const { make } = window.tributary.elements;
  const { coloured } = window.tributary.language;
  const { ask, results, ONE_ANSWER, EVENTS } = window.tributary.transport;

  const MOST_EVENTS = 200;

  const size = (bytes) => (bytes < 1024 ? `${bytes} B` : `${(bytes / 1024).toFixed(1)} KB`);
  const shown = (value) => make("pre", { className: "answer", tabIndex: 0, "aria-label": "Answer" }, coloured(JSON.stringify(value, null, 2), "json"));

  /** `onrunning` is told whether an operation runs. */
  const createResults = ({ onrunning }) => {
    let control = null;
    const status = make("span", { className: "status" }, "Ctrl-Enter runs the operation.");
    const copy = make("button", { type: "button", className: "plain", hidden: true }, "Copy");
    const body = make("div", { className: "result-body" });
    const element = make("section", { className: "result", "aria-label": "Result" },
      make("div", { className: "bar" }, make("div", { role: "status" }, status), copy), body);
    let copied = "";

    const say = (kind, text) => {
      status.className = `status ${kind}`;
      status.textContent = text;
    };
    const put = (value) => {
      copied = JSON.stringify(value, null, 2);
      copy.hidden = false;
    };
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(copied);
        copy.textContent = "Copied";
      } catch {
        copy.textContent = "Not allowed";
      }
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    });

    const once = async (operation, headers, signal) => {
      const began = performance.now();
      const response = await ask(operation, headers, { accept: ONE_ANSWER, signal });
      const text = await response.text();
      const took = Math.round(performance.now() - began);
      let answer;
      try {
        answer = JSON.parse(text);
      } catch {
        answer = { unreadable: text };
      }
      const failed = answer.errors?.length ? ` \u00b7 ${answer.errors.length} ${answer.errors.length === 1 ? "error" : "errors"}` : "";
      const cost = answer.extensions?.cost?.actualQueryCost ?? answer.extensions?.cost?.actual;
      say(!response.ok || failed ? "bad" : "good",
        `${response.status} ${response.statusText} \u00b7 ${took} ms \u00b7 ${size(new Blob([text]).size)}` +
          (cost === undefined ? "" : ` \u00b7 cost ${cost}`) + failed);
      body.replaceChildren(shown(answer));
      put(answer);
    };

    const listen = async (operation, headers, signal) => {
      const response = await ask(operation, headers, { accept: EVENTS, signal });
      const events = make("ol", { className: "events", reversed: true });
      body.replaceChildren(events);
      let count = 0;
      let failed = !response.ok;
      if (!failed) say("live", "Listening \u00b7 no event yet");
      for await (const event of results(response)) {
        count += 1;
        failed ||= Boolean(event.errors && !event.data);
        if (!failed) say("live", `Listening \u00b7 ${count} ${count === 1 ? "event" : "events"}`);
        const time = new Date().toLocaleTimeString();
        events.prepend(make("li", {}, make("div", { className: "quiet" }, `${count} \u00b7 ${time}`), shown(event)));
        if (events.children.length > MOST_EVENTS) events.lastChild.remove();
        put(event);
      }
      if (failed) say("bad", `${response.status} ${response.statusText} \u00b7 ended with an error`);
      else say("", `Ended \u00b7 ${count} ${count === 1 ? "event" : "events"}`);
    };

    const stop = () => control?.abort();
    return {
      element,
      say,
      stop,
      isRunning: () => control !== null,
      /** Removes everything of the previous tab. */
      clear: () => {
        stop();
        // A stopped operation must not report anything more.
        control = null;
        onrunning(false);
        body.replaceChildren();
        copy.hidden = true;
        say("", "Ctrl-Enter runs the operation.");
      },
      run: async (operation, headers, isSubscription) => {
        stop();
        const mine = new AbortController();
        control = mine;
        onrunning(true);
        say("live", "Running\u2026");
        copy.hidden = true;
        try {
          await (isSubscription ? listen : once)(operation, headers, mine.signal);
        } catch (error) {
          if (control === mine && mine.signal.aborted) say("", "Stopped");
          else if (!mine.signal.aborted) {
            body.replaceChildren();
            say("bad", `The gateway did not answer: ${error.message}`);
          }
        } finally {
          if (control === mine) {
            control = null;
            onrunning(false);
          }
        }
      },
    };
  };

  window.tributary.createResults = createResults;
})();
