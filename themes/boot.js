/* Stands in every page, before anything is painted: what the reader has chosen before, and what this browser can. */
(() => {
  var root = document.documentElement, n = navigator, can = [], theme, size;
  try { theme = localStorage.getItem("theme"); size = localStorage.getItem("size"); } catch (e) { /* a private window */ }
  if (n.clipboard) can.push("copy");
  if (n.share) can.push("system");
  root.setAttribute("data-script", "");
  root.setAttribute("data-can", can.join(" "));
  root.setAttribute("data-size", /^[sl]$/.test(size) ? size : "m");
  if (/^(light|dark)$/.test(theme)) root.setAttribute("data-theme", theme);
})();
