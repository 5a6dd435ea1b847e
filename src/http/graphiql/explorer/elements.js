// Creates elements. Text is inserted as text only: nothing from the gateway or its user becomes HTML.
"use strict";

(() => {
  /** An element with properties, attributes (those with a dash, and role), listeners (on...), and children. */
  const make = (tag, properties = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(properties)) {
      if (value === undefined || value === null) continue;
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (name.includes("-") || name === "role") element.setAttribute(name, value);
      else element[name] = value;
    }
    element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return element;
  };

  /** Calls `act` once the calls have paused. */
  const debounce = (milliseconds, act) => {
    let timer = 0;
    return (...given) => {
      clearTimeout(timer);
      timer = setTimeout(act, milliseconds, ...given);
    };
  };

  /** Arrow keys move through a list of tabs, as is usual: the Tab key reaches only the selected one. */
  const arrows = (event, choose) => {
    const tabs = [...event.currentTarget.querySelectorAll("[role=tab]")];
    const at = tabs.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    choose((to + tabs.length) % tabs.length);
    event.currentTarget.querySelectorAll("[role=tab]")[(to + tabs.length) % tabs.length].focus();
  };

  window.tributary.elements = { make, debounce, arrows };
})();
