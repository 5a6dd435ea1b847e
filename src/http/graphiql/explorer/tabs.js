// The tabs: their contents survive a reload, and end with the browser's tab.
"use strict";

(() => {
  const { make, arrows } = window.tributary.elements;
  const { operations } = window.tributary.language;
  const { storage } = window.tributary.transport;

  const KEY = "tributary:explorer";

  const stored = () => {
    try {
      const { tabs, open } = JSON.parse(storage.getItem(KEY));
      return Array.isArray(tabs) && tabs[open] ? { tabs, open } : null;
    } catch {
      return null;
    }
  };
  const fresh = () => ({
    tabs: window.tributary.defaultTabs.map(({ query, variables = "" }) => ({ query, variables })),
    open: 0,
  });
  const title = ({ query }) => operations(query).find(({ name }) => name)?.name ?? "New";

  /** `onopen` is told which tab is shown. */
  const createTabs = ({ onopen }) => {
    const state = stored() ?? fresh();
    const list = make("div", { className: "tabs", role: "tablist", "aria-label": "Operations", onkeydown: (event) => {
      if (event.key === "Delete") close(state.open, event);
      else arrows(event, open);
    } });
    const element = make("div", { className: "tab-bar" }, list,
      make("button", { type: "button", className: "plain", title: "New tab", "aria-label": "New tab", onclick: () => add("") }, "+"));

    const save = () => {
      try {
        storage.setItem(KEY, JSON.stringify(state));
      } catch {
        // The storage is full: the tabs work until they are lost with a reload.
      }
    };
    const draw = () => {
      const hadFocus = list.contains(document.activeElement);
      list.replaceChildren(...state.tabs.map((tab, index) => {
        const isOpen = index === state.open;
        const button = make("button", {
          type: "button", role: "tab", id: `tab-${index}`, tabIndex: isOpen ? 0 : -1,
          "aria-selected": String(isOpen), "aria-controls": "panel", onclick: () => open(index),
        }, title(tab));
        const cross = make("button", {
          type: "button", className: "close", tabIndex: -1, title: "Close", "aria-label": `Close ${title(tab)}`,
          onclick: (event) => close(index, event),
        }, "\u00d7");
        return make("div", { className: `tab${isOpen ? " open" : ""}`, role: "presentation" }, button, state.tabs.length > 1 ? cross : null);
      }));
      if (hadFocus) list.querySelector("[aria-selected=true]").focus();
      list.querySelector(".open")?.scrollIntoView({ block: "nearest", inline: "nearest" });
      save();
    };
    const open = (index) => {
      state.open = index;
      draw();
      onopen(state.tabs[index]);
    };
    const add = (query) => {
      state.tabs.push({ query, variables: "" });
      open(state.tabs.length - 1);
    };
    const close = (index, event) => {
      event.stopPropagation();
      if (state.tabs.length === 1) return;
      state.tabs.splice(index, 1);
      open(Math.min(state.open > index ? state.open - 1 : state.open, state.tabs.length - 1));
    };
    draw();

    return {
      element,
      add,
      current: () => state.tabs[state.open],
      edit: (change) => {
        const tab = state.tabs[state.open];
        const before = title(tab);
        Object.assign(tab, change);
        if (title(tab) === before) save();
        else draw();
      },
    };
  };

  window.tributary.createTabs = createTabs;
})();
