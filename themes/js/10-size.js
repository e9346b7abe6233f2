/* The reader's text size, kept in the browser. Pages work without this file. */
(function () {
  var sizes = { s: 1, m: 1, l: 1 }, key = "size", root = document.documentElement;
  function kept() {
    try { return localStorage.getItem(key); } catch (e) { return null; }
  }
  function show(size) {
    if (sizes[size]) root.setAttribute("data-size", size);
  }
  show(kept());
  document.addEventListener("DOMContentLoaded", function () {
    var now = document.getElementById("size-" + root.getAttribute("data-size"));
    if (now) now.checked = true;
  });
  document.addEventListener("change", function (e) {
    if (e.target.name !== "size") return;
    show(e.target.value);
    try { localStorage.setItem(key, e.target.value); } catch (x) { /* a private window */ }
  });
})();
