// The links to passages, the buttons within the markup, and what must be in view after an update.
// Everything that needs the documents asks the server (see LISTEN in app.py).
(() => {
  let wanted = null;

  const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;
  const show = (target, block) =>
    target.scrollIntoView({ behavior: calm() ? "auto" : "smooth", block });

  const open = (id) => {
    const target = document.getElementById(id);
    if (!target) return false;
    for (let at = target; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
    document.querySelectorAll(".qa .found").forEach((old) => old.classList.remove("found"));
    target.classList.add("found");
    (target.querySelector("summary") || target).focus({ preventScroll: true });
    show(target, "nearest");
    return true;
  };

  const put = (text) => {
    const box = document.querySelector("#question textarea");
    box.value = text;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.focus();
  };

  document.addEventListener("click", (event) => {
    const at = event.target.closest && event.target.closest(".qa a[href^='#'], .qa [data-edit]");
    if (!at) return;
    event.preventDefault();
    if (at.dataset.edit !== undefined) return put(at.dataset.edit);
    const id = at.getAttribute("href").slice(1);
    wanted = open(id) ? null : id;
  });

  window.saveFile = (text, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  };

  document.addEventListener("keydown", (event) => {
    const close = document.querySelector(".qa.source [data-close]");
    if (event.key === "Escape" && close) close.click();
  });

  new MutationObserver(() => {
    if (wanted && open(wanted)) wanted = null;
    const source = document.querySelector(".qa.source:not(.shown)");
    if (!source) return;
    source.classList.add("shown");
    const here = source.querySelector("#here");
    const text = source.querySelector(".text");
    if (here) text.scrollTop = here.offsetTop - text.offsetTop - 40;
    show(source, "nearest");
    source.querySelector(".close").focus({ preventScroll: true });
  }).observe(document, { childList: true, subtree: true });
})();
