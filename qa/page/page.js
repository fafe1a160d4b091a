// What a browser does by itself: links to passages, copying, dropping files, colours, and what must be
// in view after an update. Everything that needs the documents asks the server (see LISTEN in page.py).
(() => {
  const NARROW = matchMedia("(max-width: 900px)"); // as in page.css
  const SURE_MS = 4000; // how long a button that asks whether it is meant waits for the second click
  let wanted = null; // the id of a passage that is to be shown once it is there

  // -- showing ----------------------------------------------------------------------------------

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const show = (target, block) =>
    target.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });

  const passage = (id) => {
    const target = document.getElementById(id);
    if (!target) return false;
    sheet(true);
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    document.querySelectorAll(".qa .found").forEach((old) => old.classList.remove("found"));
    target.classList.add("found");
    (target.querySelector("summary") || target).focus({ preventScroll: true });
    show(target, "nearest");
    return true;
  };

  // On a narrow screen the passages lie over the conversation.
  const sheet = (open) => mark("qa-sheet", open && NARROW.matches);
  const mark = (name, on) => document.getElementById("columns")?.classList.toggle(name, on);

  const put = (text) => {
    const box = document.querySelector("#question textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  const openDocuments = () => {
    const button = document.querySelector("#documents > button");
    if (!document.querySelector("#files input[type=file]")) button.click();
    button.focus();
  };

  // -- clicks -----------------------------------------------------------------------------------

  // Whether a click on a button or link is for the server, and now.
  window.qaMeant = (at) => {
    if (at.hash && document.getElementById(at.hash.slice(1))) return false;
    if (at.dataset.sure === undefined || at.classList.contains("sure")) return true;
    const [text, label] = [at.textContent, at.ariaLabel || at.textContent];
    const say = (word, name) => ([at.textContent, at.ariaLabel] = [word, name]);
    at.classList.add("sure");
    say(`Really ${text.toLowerCase()}?`, `Really ${label}?`);
    setTimeout(() => {
      at.classList.remove("sure");
      say(text, label);
    }, SURE_MS);
    return false;
  };

  const copy = async (text, button) => {
    const label = button.textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.createElement("textarea"); // where the address is not a secure one
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 1500);
  };

  document.addEventListener("click", (event) => {
    const at = event.target.closest && event.target.closest(".qa :is(a, button)");
    if (!at) return;
    const { put: text, copy: words, link, open, closeSheet, theme, sheet: over } = at.dataset;
    if (text !== undefined) put(text);
    if (words !== undefined) copy(words, at);
    if (link !== undefined) copy(location.origin + location.pathname + link, at);
    if (open !== undefined) openDocuments();
    if (over !== undefined) sheet(true);
    if (closeSheet !== undefined) sheet(false);
    if (theme !== undefined) chooseTheme(dark() ? "light" : "dark");
    if (at.hash) {
      event.preventDefault();
      const id = at.hash.slice(1);
      wanted = passage(id) ? null : id;
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const close = document.querySelector(".qa.source [data-do=close]");
    if (close) close.click();
    else sheet(false);
  });

  let touched = null;
  document.addEventListener("touchstart", (event) => {
    const right = event.target.closest && event.target.closest("#right");
    touched = right && right.scrollTop === 0 ? event.touches[0].clientY : null;
  });
  document.addEventListener("touchend", (event) => {
    if (touched !== null && event.changedTouches[0].clientY - touched > 80) sheet(false);
  });

  // -- links and files --------------------------------------------------------------------------

  // The question that the page's address asks, once: a reload does not ask it again.
  window.qaLink = () => {
    const asked = location.search;
    if (new URLSearchParams(asked).has("q")) history.replaceState(null, "", location.pathname);
    return asked;
  };

  window.saveFile = (text, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  const hasFiles = (event) => event.dataTransfer && [...event.dataTransfer.types].includes("Files");

  // The files of what was dropped, those within folders too.
  const filesOf = async (entry) => {
    if (entry.isFile) return [await new Promise((good, bad) => entry.file(good, bad))];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((good, bad) => reader.readEntries(good, bad));
      if (!some.length) return found;
      for (const each of some) found.push(...(await filesOf(each)));
    }
  };

  window.qaAdd = async (files) => {
    openDocuments();
    let input = null;
    for (let tries = 0; !input && tries < 100; tries++) {
      input = document.querySelector("#files input[type=file]");
      if (!input) await new Promise((good) => setTimeout(good, 50));
    }
    if (!input) return;
    const all = new DataTransfer();
    files.forEach((file) => all.items.add(file));
    input.files = all.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };

  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark("qa-drop", true);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark("qa-drop", false);
  });
  document.addEventListener(
    "drop",
    async (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      mark("qa-drop", false);
      const entries = [...event.dataTransfer.items]
        .map((item) => item.webkitGetAsEntry && item.webkitGetAsEntry())
        .filter(Boolean);
      const loose = entries.length ? [] : [...event.dataTransfer.files];
      const found = await Promise.all(entries.map(filesOf));
      window.qaAdd([...found.flat(), ...loose]);
    },
    true
  );

  // -- colours ----------------------------------------------------------------------------------

  const chosenTheme = () => localStorage.getItem("qa-theme") || window.qaTheme;
  const dark = () => {
    const chosen = chosenTheme();
    if (chosen === "auto") return matchMedia("(prefers-color-scheme: dark)").matches;
    return chosen === "dark";
  };
  const paint = () => {
    if (document.body.classList.contains("dark") !== dark())
      document.body.classList.toggle("dark", dark());
  };
  const chooseTheme = (name) => {
    localStorage.setItem("qa-theme", name);
    paint();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(paint));

  // -- after an update --------------------------------------------------------------------------

  let newest = null; // the last answer at the last update

  // Where the page scrolls as a whole, a new question, and then its answer, must be seen.
  const showNewest = () => {
    const turns = document.querySelectorAll(".qa .turns > li");
    const last = turns.length ? `${turns.length} ${!turns[turns.length - 1].querySelector(".waiting")}` : "";
    if (last && last !== newest && NARROW.matches) show(turns[turns.length - 1], "start");
    newest = last;
  };

  new MutationObserver(() => {
    if (document.body) paint();
    showNewest();
    if (wanted && passage(wanted)) wanted = null;
    const source = document.querySelector(".qa.source:not(.shown)");
    if (!source) return;
    source.classList.add("shown");
    sheet(true);
    const here = source.querySelector("#here");
    const text = source.querySelector(".text");
    if (here) text.scrollTop = here.offsetTop - text.offsetTop - 40;
    show(source, "nearest");
    source.querySelector(".close").focus({ preventScroll: true });
  }).observe(document, { childList: true, subtree: true });
})();
