/* The reader's text size, kept in the browser; boot.js has put the page into it. Without this file the form asks the server, which gives a cookie. */
(() => {
  var sizes = { s: 1, m: 1, l: 1 }, key = "size", root = document.documentElement;
  function kept() {
    try { return localStorage.getItem(key); } catch (e) { return null; }
  }
  function show(size) {
    if (!sizes[size]) size = "m";
    root.setAttribute("data-size", size);
    document.querySelectorAll(".sizes button").forEach(b => b.setAttribute("aria-pressed", b.value === size));
  }
  document.addEventListener("DOMContentLoaded", () => show(kept()));
  document.addEventListener("click", e => {
    var b = e.target.closest(".sizes button");
    if (!b) return;
    try { localStorage.setItem(key, b.value); } catch (x) { return; /* a private window: the form asks */ }
    e.preventDefault();
    show(b.value);
  });
})();
