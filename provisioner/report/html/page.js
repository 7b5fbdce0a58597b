"use strict";
// Hides and unfolds what the page holds already. It makes no markup of any text: what it reads stays text.
(() => {
  const find = (id) => document.getElementById(id);
  const cards = Array.from(document.querySelectorAll("details[data-action]"), (fold) => ({ fold, text: null }));
  const groups = Array.from(document.querySelectorAll(".group"));
  const tools = find("tools");

  // --- light and dark: nothing is stored, a page that is opened again follows the system again

  const theme = find("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));

  // --- search and filter

  const search = find("search");
  const choices = { action: find("by-action"), connection: find("by-connection"), kind: find("by-kind") };
  const status = find("shown");

  const textOf = (card) => {
    if (card.text === null) {
      const rows = Array.from(card.fold.querySelectorAll("tbody"), (body) => body.textContent);
      card.text = [card.fold.firstElementChild.textContent, ...rows].join(" ").toLowerCase();
    }
    return card.text;
  };
  const wanted = (card, words) =>
    Object.entries(choices).every(([name, choice]) => !choice.value || card.fold.dataset[name] === choice.value) &&
    words.every((word) => textOf(card).includes(word));
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const card of cards) {
      const shown = wanted(card, words);
      count += shown;
      if (card.fold.hidden === shown) card.fold.hidden = !shown;
    }
    for (const group of groups) {
      const folds = group.querySelectorAll(":scope > details[data-action]");
      group.hidden = folds.length > 0 && Array.from(folds).every((fold) => fold.hidden);
    }
    for (const button of document.querySelectorAll(".counts button")) {
      const { action, connection = "", kind = "" } = button.parentElement.dataset;
      const chosen = action === choices.action.value && connection === choices.connection.value && kind === choices.kind.value;
      button.setAttribute("aria-pressed", String(chosen));
    }
    status.textContent = `${count} of ${cards.length} shown`;
  };
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(filter, 150);
  };
  const clear = () => {
    search.value = "";
    for (const choice of Object.values(choices)) choice.value = "";
    filter();
  };
  const choose = ({ action, connection = "", kind = "" }, pressed) => {
    choices.action.value = pressed ? "" : action;
    choices.connection.value = pressed ? "" : connection;
    choices.kind.value = pressed ? "" : kind;
    filter();
  };
  const numbersToButtons = () => {
    for (const cell of document.querySelectorAll(".counts td[data-action]")) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.setAttribute("aria-label", `Only the ${cell.textContent} ${cell.dataset.says}`);
      button.setAttribute("aria-pressed", "false");
      button.addEventListener("click", () => choose(cell.dataset, button.getAttribute("aria-pressed") === "true"));
      cell.replaceChildren(button);
    }
  };
  const foldAll = (open) => {
    for (const card of cards) if (!card.fold.hidden) card.fold.open = open;
  };

  // --- a link to a change unfolds it, and brings back what a filter had hidden

  const follow = () => {
    let name = "";
    try {
      name = decodeURIComponent(location.hash.slice(1));
    } catch {
      return;
    }
    const place = name && find(name);
    const fold = place && place.closest("details[data-action]");
    if (!fold) return;
    if (fold.hidden) clear();
    fold.open = true;
    fold.firstElementChild.focus({ preventScroll: true });
    fold.scrollIntoView({ block: "start" });
  };

  // --- the graph: one stop for the Tab key, arrow keys go to the nearest box in their direction

  const nodes = Array.from(document.querySelectorAll("#drawing a"));
  const near = (number, on) => {
    for (const line of document.querySelectorAll(`#drawing [data-from="${number}"], #drawing [data-to="${number}"]`))
      line.classList.toggle("near", on);
  };
  const corner = (node) => {
    const box = node.querySelector("rect");
    return [Number(box.getAttribute("x")), Number(box.getAttribute("y"))];
  };
  const directions = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  const towards = (node, [x, y]) => {
    const [fromX, fromY] = corner(node);
    let best = null;
    let least = Infinity;
    for (const other of nodes) {
      const [toX, toY] = corner(other);
      const ahead = (toX - fromX) * x + (toY - fromY) * y;
      const aside = Math.abs((toX - fromX) * y) + Math.abs((toY - fromY) * x);
      if (ahead > 0 && ahead + 3 * aside < least) {
        best = other;
        least = ahead + 3 * aside;
      }
    }
    return best;
  };
  const steer = (event) => {
    const next = event.key in directions && towards(event.currentTarget, directions[event.key]);
    if (!next) return;
    event.preventDefault();
    for (const node of nodes) node.setAttribute("tabindex", node === next ? "0" : "-1");
    next.focus();
  };
  nodes.forEach((node, number) => {
    node.setAttribute("tabindex", number ? "-1" : "0");
    node.addEventListener("keydown", steer);
    for (const [event, on] of [["focus", true], ["blur", false], ["mouseenter", true], ["mouseleave", false]])
      node.addEventListener(event, () => near(node.dataset.node, on));
    node.addEventListener("click", () => setTimeout(follow)); // the address bar may say so already, and then nothing else tells
  });

  addEventListener("hashchange", follow);
  addEventListener("beforeprint", () => {
    for (const fold of document.querySelectorAll("details")) fold.open = true;
  });
  if (!tools) return;

  tools.hidden = false;
  numbersToButtons();
  showTheme();
  dark.addEventListener("change", showTheme);
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    showTheme();
  });
  search.addEventListener("input", soon);
  for (const choice of Object.values(choices)) choice.addEventListener("change", filter);
  find("clear").addEventListener("click", clear);
  find("unfold").addEventListener("click", () => foldAll(true));
  find("fold").addEventListener("click", () => foldAll(false));
  addEventListener("keydown", (event) => {
    const typing = event.target.closest && event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape") {
      clear();
    }
  });
  addEventListener("load", () => setTimeout(follow)); // after the browser has gone there, which drops the focus
})();
