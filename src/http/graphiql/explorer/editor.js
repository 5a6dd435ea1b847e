// A text area with coloured text beneath it: typing, selecting and undoing remain the browser's own.
"use strict";

(() => {
  const { make } = window.tributary.elements;
  const { coloured } = window.tributary.language;

  const PAIRS = { "{": "}", "(": ")", "[": "]" };
  const MOST_OFFERED = 200;

  /** Replaces a part of the text as if it were typed, so that it can be undone. */
  const replace = (area, start, end, text) => {
    area.focus();
    area.setSelectionRange(start, end);
    const typed = text ? document.execCommand("insertText", false, text) : document.execCommand("delete");
    if (!typed) {
      area.setRangeText(text, start, end, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };

  /** Enter keeps the indentation, and spreads a pair of brackets over lines. */
  const breakLine = (area) => {
    const { value, selectionStart: start, selectionEnd: end } = area;
    const line = value.slice(value.lastIndexOf("\n", start - 1) + 1, start);
    const indent = line.match(/^ */)[0];
    const closes = PAIRS[value[start - 1]];
    if (!closes) return replace(area, start, end, `\n${indent}`);
    const isPair = value[end] === closes;
    replace(area, start, end, `\n${indent}  ${isPair ? `\n${indent}` : ""}`);
    area.setSelectionRange(start + indent.length + 3, start + indent.length + 3);
    return undefined;
  };

  /**
   * An editor. `complete` returns completions at a place, as complete.js does; `oninput` receives the text.
   */
  const createEditor = ({ label, language, text, complete, oninput, id }) => {
    const listId = `${id}-offers`;
    const beneath = make("pre", { className: "beneath", "aria-hidden": "true" });
    const list = make("ul", { className: "offers", id: listId, role: "listbox", hidden: true, "aria-label": "Completions" });
    const area = make("textarea", {
      id,
      value: text,
      spellcheck: false,
      autocapitalize: "off",
      autocomplete: "off",
      wrap: "off",
      "aria-label": label,
    });
    if (complete) {
      area.setAttribute("aria-autocomplete", "list");
      area.setAttribute("aria-controls", listId);
    }
    const element = make("div", { className: "editor" }, beneath, area, list);
    let offered = null;
    let chosen = 0;

    const paint = () => beneath.replaceChildren(coloured(area.value, language), "\n");
    const scroll = () => {
      beneath.scrollTop = area.scrollTop;
      beneath.scrollLeft = area.scrollLeft;
    };

    const close = () => {
      offered = null;
      list.hidden = true;
      area.removeAttribute("aria-activedescendant");
    };
    const choose = (index) => {
      chosen = (index + list.children.length) % list.children.length;
      [...list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === chosen)));
      const item = list.children[chosen];
      area.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    };
    const accept = () => {
      const { start } = offered;
      const { insert } = offered.candidates[chosen];
      close();
      replace(area, start, area.selectionEnd, insert);
      close();
    };
    /** Moves the list below the word, by counting letters: all are equally wide, and lines do not wrap. */
    const move = (start) => {
      const before = area.value.slice(0, start);
      const style = getComputedStyle(area);
      const column = start - (before.lastIndexOf("\n") + 1);
      const row = before.split("\n").length;
      const measure = make("span", {}, "0".repeat(100));
      beneath.append(measure);
      const letter = measure.getBoundingClientRect().width / 100;
      measure.remove();
      const left = parseFloat(style.paddingLeft) + column * letter - area.scrollLeft;
      const top = parseFloat(style.paddingTop) + row * parseFloat(style.lineHeight) - area.scrollTop;
      list.style.left = `${Math.max(0, Math.min(left, element.clientWidth - list.offsetWidth - 8))}px`;
      const isLow = top + list.offsetHeight > element.clientHeight && top > list.offsetHeight;
      list.style.top = `${isLow ? top - parseFloat(style.lineHeight) - list.offsetHeight : top}px`;
    };
    const offer = () => {
      close();
      const found = area.selectionStart === area.selectionEnd ? complete?.(area.value, area.selectionEnd) : null;
      if (!found) return;
      found.candidates = found.candidates.slice(0, MOST_OFFERED);
      offered = found;
      list.replaceChildren(
        ...found.candidates.map((candidate, index) =>
          make(
            "li",
            {
              id: `${listId}-${index}`,
              role: "option",
              className: candidate.isDeprecated ? "deprecated" : "",
              // Not on click: the text area must keep the focus.
              onmousedown: (event) => {
                event.preventDefault();
                choose(index);
                accept();
              },
            },
            make("span", {}, candidate.name),
            make("span", { className: "detail" }, candidate.detail),
          ),
        ),
      );
      list.hidden = false;
      choose(0);
      move(found.start);
    };

    area.addEventListener("input", (event) => {
      paint();
      scroll();
      oninput?.(area.value);
      const isWord = event.inputType === "insertText" && /^[\w$]$/.test(event.data ?? "");
      const goesOn = offered && event.inputType?.startsWith("delete");
      if (isWord || goesOn) offer();
      else close();
    });
    area.addEventListener("scroll", () => {
      scroll();
      close();
    });
    area.addEventListener("blur", close);
    area.addEventListener("keydown", (event) => {
      if (event.isComposing || event.metaKey || event.altKey) return;
      if (event.ctrlKey) {
        if (event.key === " " && complete) {
          event.preventDefault();
          offer();
        }
        return;
      }
      if (offered) {
        const acts = { ArrowDown: () => choose(chosen + 1), ArrowUp: () => choose(chosen - 1), Enter: accept, Tab: accept, Escape: close };
        const act = acts[event.key];
        if (act) {
          event.preventDefault();
          event.stopPropagation();
          act();
        } else if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) close();
        return;
      }
      if (event.key === "Enter" && !event.shiftKey) {
        event.preventDefault();
        breakLine(area);
      }
    });
    paint();

    return {
      element,
      area,
      /** Sets another text, which is not an edit of the previous one. */
      show: (other) => {
        area.value = other;
        close();
        paint();
        area.scrollTop = 0;
        scroll();
      },
      replace: (start, end, inserted) => {
        replace(area, start, end, inserted);
        close();
      },
    };
  };

  window.tributary.createEditor = createEditor;
})();
