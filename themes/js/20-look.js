/* How it looks: light or dark as the reader chooses (boot.js: as chosen before), and how long ago a story came. The page's own
   bytes tell full dates and follow the system; they work without this file. */
(() => {
  var root = document.documentElement, key = "theme";
  function wear(theme) {
    if (theme === "light" || theme === "dark") root.setAttribute("data-theme", theme);
    else root.removeAttribute("data-theme");
  }
  function each(what, act) {
    document.querySelectorAll(what).forEach(act);
  }
  function tell() {
    var now = root.getAttribute("data-theme"), paper = getComputedStyle(root).getPropertyValue("--paper");
    each(".appearance button", b => {
      b.setAttribute("aria-pressed", String(b.value === (now || "auto")));
    });
    each("meta[name=theme-color]", m => {
      m.dataset.own = m.dataset.own || m.content;
      m.content = now ? paper.trim() : m.dataset.own;
    });
  }
  function ages() {
    if (!window.Intl || !Intl.RelativeTimeFormat) return;
    var say = new Intl.RelativeTimeFormat(root.lang + "-u-nu-latn"), now = Date.now();
    each(".stamp time", t => {
      var minutes = Math.floor((now - Date.parse(t.dateTime)) / 60000);
      t.title = t.title || t.textContent;
      if (minutes < 0 || minutes >= 1440) t.textContent = t.title;
      else t.textContent = minutes < 60 ? say.format(-Math.max(minutes, 1), "minute") : say.format(-Math.floor(minutes / 60), "hour");
    });
  }
  document.addEventListener("DOMContentLoaded", () => { tell(); ages(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ages(); });
  document.addEventListener("click", e => {
    var b = e.target.closest && e.target.closest(".appearance button");
    if (!b) return;
    wear(b.value);
    tell();
    try { localStorage.setItem(key, b.value); } catch (x) { /* a private window */ }
  });
})();
