/* A frame of others takes its link's place when the reader asks for it. */
document.addEventListener("click", e => {
  var a = e.target.closest("[data-frame]"), f = document.createElement("iframe");
  if (!a || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  f.title = a.textContent;
  f.sandbox = "allow-scripts allow-same-origin allow-popups allow-popups-to-escape-sandbox";
  f.referrerPolicy = "strict-origin";
  f.allow = "fullscreen";
  f.src = a.dataset.frame;
  a.closest(".embed").replaceChildren(f);
  f.focus();
});
